// What becomes of sealed batches, whatever the storage is made of: links, gaps, forks, counts, sightings, duplicates.

import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { signReceipt } from '../../src/core/log/receipt.ts';
import type { ScanRecord } from '../../src/core/log/record.ts';
import { signBatch } from '../../src/core/log/sealed/batch.ts';
import { encodeSealedEnvelope, parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type { GateRecord } from '../../src/core/log/sealed/record.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import {
  createSealedServer,
  createSealedTablet,
  type SealedServer,
  type SealedTablet,
} from '../support/sealed-tablet.ts';
import { hashOf, scanOf, TEST_DAY, TEST_MINUTE } from '../support/test-batch.ts';
import type { StorageUnderTest } from './storage.contract.ts';

const SITE = 'lindenhof';

const siteScan = (overrides: Partial<ScanRecord> = {}): ScanRecord =>
  scanOf({ isOwnKey: false, ...overrides });
const beat = (kind: 'heartbeat' | 'shift-start' | 'shift-end', minute = TEST_MINUTE): GateRecord => ({
  kind,
  minute,
  gate: 'gate-1',
  direction: 'in',
});

const readDay = (storage: Storage, day = TEST_DAY) =>
  storage.readDay({ site: SITE, day, dayBefore: '2026-02-23', tabletsSince: 0, latestPerTablet: 1000 });

const alarmsOf = async (storage: Storage) =>
  (await readDay(storage)).alarms.map(({ kind, from, to }) => `${kind} ${from}-${to}`).sort();

const seqsHeld = async (storage: Storage) =>
  (await readDay(storage)).latest.map(({ seq }) => seq).sort((a, b) => a - b);

const allSightings = (storage: Storage, days = [TEST_DAY]) =>
  storage.readSightings({
    site: SITE,
    days,
    after: { receivedAt: 0, device: '', epoch: 0, seq: 0 },
    limit: 1000,
  });

function changed(bytes: Bytes, change: Partial<Parameters<typeof encodeSealedEnvelope>[0]>): Bytes {
  const parsed = parseSealedEnvelope(bytes);
  if (!parsed.ok) throw new Error(parsed.error);
  return encodeSealedEnvelope({ ...parsed.value, ...change });
}

export function sealedIngestContract(name: string, { openEmpty }: StorageUnderTest): void {
  describe(name, () => {
    let storage: Storage;
    let server: SealedServer;
    let tablet: SealedTablet;

    beforeEach(async () => {
      storage = (await openEmpty()).storage;
      await storage.migrate();
      server = await createSealedServer(storage);
      tablet = await createSealedTablet(1);
      server.enrol(tablet);
      return () => storage.close();
    });

    const fill = async (count: number, of: SealedTablet = tablet) => {
      for (let at = 0; at < count; at++) await of.add(beat('heartbeat'));
    };
    const hashAt = (seq: number, of = tablet) => hashOf(of.envelopes[seq - 1] ?? new Uint8Array());
    const put = (seq: number, envelope: Bytes) => tablet.envelopes.splice(seq - 1, 1, envelope);

    describe('a batch', () => {
      it('is taken, receipted by its head, and taken once', async () => {
        await fill(3);
        const first = await server.take(await tablet.batch(1));
        expect(first).toMatchObject({ upTo: 3, head: hashAt(3), quarantined: [], added: 3 });
        expect(await server.take(await tablet.batch(1))).toMatchObject({
          upTo: 3,
          head: hashAt(3),
          added: 0,
        });
        await fill(2);
        expect(await server.take(await tablet.batch(2, 5))).toMatchObject({ upTo: 5, added: 2 });
        expect(await seqsHeld(storage)).toEqual([1, 2, 3, 4, 5]);
        expect(await alarmsOf(storage)).toEqual([]);
      });

      it('of a stranger, of another key and with other envelopes is refused', async () => {
        await fill(2);
        const stranger = await createSealedTablet(2);
        await fill(2, stranger);
        await expect(server.take(await stranger.batch(1))).rejects.toThrow('batch-unknown-device');
        const forged = await signBatch(tablet.identity, 1, tablet.envelopes, null, stranger.signer);
        await expect(server.take(forged)).rejects.toThrow('batch-signature');
        const whole = await tablet.batch(1);
        const spoilt = whole.with(whole.length - 40, (whole[whole.length - 40] ?? 0) ^ 1) as Bytes;
        await expect(server.take(spoilt)).rejects.toThrow('batch-other-envelopes');
        const elsewhere = await createSealedTablet(1, { site: 'elsewhere' });
        await fill(1, elsewhere);
        await expect(server.take(await elsewhere.batch(1))).rejects.toThrow('batch-site');
        expect((await readDay(storage)).tablets).toEqual([]);
      });

      it('of another epoch, lower ones too, is a log of its own', async () => {
        await fill(2);
        const earlier = await createSealedTablet(1, { epoch: 3 });
        await fill(2, earlier);
        const earliest = await createSealedTablet(1, { epoch: 2 });
        await fill(1, earliest);
        for (const log of [earlier, earliest, tablet])
          expect((await server.take(await log.batch(1))).quarantined).toEqual([]);
        expect((await readDay(storage)).latest).toHaveLength(5);
      });
    });

    describe('a broken link', () => {
      it('is put apart where the next number names another one than is held', async () => {
        await fill(2);
        await server.take(await tablet.batch(1));
        await fill(3);
        put(3, changed(tablet.envelopes[2] ?? new Uint8Array(), { prev: new Uint8Array(32).fill(1) }));
        put(4, changed(tablet.envelopes[3] ?? new Uint8Array(), { prev: hashAt(3) }));
        put(5, changed(tablet.envelopes[4] ?? new Uint8Array(), { prev: hashAt(4) }));
        const receipt = await server.take(await tablet.batch(3));
        expect(receipt).toMatchObject({ upTo: 5, head: hashAt(5), added: 2 });
        expect(receipt.quarantined).toEqual([{ seq: 3, hash: hashAt(3) }]);
        expect(await alarmsOf(storage)).toEqual(['broken-link 3-3']);
        await fill(1);
        put(6, changed(tablet.envelopes[5] ?? new Uint8Array(), { prev: hashAt(5) }));
        expect((await server.take(await tablet.batch(6))).quarantined).toEqual([]);
      });

      it('of the very first record, which must name its own log', async () => {
        await fill(2);
        put(1, changed(tablet.envelopes[0] ?? new Uint8Array(), { prev: new Uint8Array(32) }));
        put(2, changed(tablet.envelopes[1] ?? new Uint8Array(), { prev: hashAt(1) }));
        const receipt = await server.take(await tablet.batch(1));
        expect(receipt.quarantined.map(({ seq }) => seq)).toEqual([1]);
        expect(await seqsHeld(storage)).toEqual([2]);
      });

      it('is laid to the record that was altered, where its broken seal shows it', async () => {
        await fill(4);
        put(2, changed(tablet.envelopes[1] ?? new Uint8Array(), { sealed: new Uint8Array(144) }));
        const receipt = await server.take(await tablet.batch(1));
        expect(receipt.quarantined).toEqual([{ seq: 2, hash: hashAt(2) }]);
        expect(await seqsHeld(storage)).toEqual([1, 3, 4]);
        expect(await alarmsOf(storage)).toEqual([]);
        expect((await readDay(storage)).tablets).toMatchObject([{ quarantined: 1 }]);
      });

      it('is not laid to a record behind one that cannot be read', async () => {
        await fill(4);
        put(2, utf8ToBytes('torn'));
        expect((await server.take(await tablet.batch(1, 2))).quarantined).toEqual([
          { seq: 2, hash: hashOf(utf8ToBytes('torn')) },
        ]);
        expect((await server.take(await tablet.batch(3))).quarantined).toEqual([]);
        expect(await seqsHeld(storage)).toEqual([1, 3, 4]);
      });
    });

    describe('a fork', () => {
      it('is put apart with an alarm, and what was written behind it goes through', async () => {
        await fill(3);
        await server.take(await tablet.batch(1));
        const restored = await createSealedTablet(1, { seed: 'after the restore' });
        await fill(6, restored);
        const receipt = await server.take(await restored.batch(1));
        expect(receipt).toMatchObject({ upTo: 6, head: hashAt(6, restored) });
        expect(receipt.quarantined.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
        expect(await alarmsOf(storage)).toEqual(['broken-link 4-4', 'fork 1-1', 'fork 2-2', 'fork 3-3']);
        expect(await seqsHeld(storage)).toEqual([1, 2, 3, 5, 6]);
      });

      it('under the same session is a nonce that was used twice', async () => {
        await fill(3);
        await server.take(await tablet.batch(1));
        const twin = await createSealedTablet(1);
        await fill(2, twin);
        await twin.add(beat('shift-end'));
        await server.take(await twin.batch(1));
        expect(await alarmsOf(storage)).toEqual(['fork 3-3', 'nonce-twice 3-3']);
      });
    });

    describe('missing numbers', () => {
      it('that the tablet itself has lost are a hole: an alarm, and the queue drains', async () => {
        await fill(10);
        const { bytes } = await server.take(await tablet.batch(1, 3));
        expect(await server.take(await tablet.batch(6, 10, bytes))).toMatchObject({ upTo: 10, added: 5 });
        expect(await alarmsOf(storage)).toEqual(['hole 4-5']);
      });

      it('that we receipted and lost are a gap, also before a hole, whichever receipt shows it', async () => {
        await fill(20);
        const lost = async (upTo: number) =>
          signReceipt(
            { ...tablet.identity, upTo, head: hashAt(upTo), quarantined: [], serverTime: 1 },
            server.receiptSigner,
          );
        await server.take(await tablet.batch(1, 3));
        await server.take(await tablet.batch(8, 9, await lost(5)));
        await server.take(await tablet.batch(13, 14, await lost(20)));
        await server.take(await tablet.batch(16, 20, await lost(15)));
        expect(await alarmsOf(storage)).toEqual(['gap 10-12', 'gap 15-15', 'gap 4-5', 'hole 6-7']);
      });

      it('leave nothing to check a link by, but for a receipt of the very number before', async () => {
        await fill(9);
        const other = await signReceipt(
          { ...tablet.identity, upTo: 4, head: new Uint8Array(32), quarantined: [], serverTime: 1 },
          server.receiptSigner,
        );
        const receipt = await server.take(await tablet.batch(5, 9, other));
        expect(receipt.quarantined.map(({ seq }) => seq)).toEqual([5]);
        expect(await alarmsOf(storage)).toEqual(['broken-link 5-5', 'gap 1-4']);
      });

      it('can be filled later by what links to both sides, and by nothing else', async () => {
        await fill(6);
        await server.take(await tablet.batch(1, 2));
        await server.take(await tablet.batch(5, 6));
        const other = await createSealedTablet(1, { seed: 'another' });
        await fill(4, other);
        other.envelopes.splice(0, 2, ...tablet.envelopes.slice(0, 2));
        other.envelopes[2] = changed(other.envelopes[2] ?? new Uint8Array(), { prev: hashAt(2) });
        other.envelopes[3] = changed(other.envelopes[3] ?? new Uint8Array(), {
          prev: hashOf(other.envelopes[2] ?? new Uint8Array()),
        });
        expect((await server.take(await other.batch(4, 4))).quarantined.map(({ seq }) => seq)).toEqual([4]);
        expect((await server.take(await tablet.batch(3, 3))).quarantined).toEqual([]);
        expect(await seqsHeld(storage)).toEqual([1, 2, 3, 5, 6]);
      });
    });

    describe('what is inside', () => {
      it('is counted by hour, and by what is no scan not at all', async () => {
        await tablet.add(siteScan());
        await tablet.add(siteScan({ verdict: 'refuse', reason: 'expired' }));
        await tablet.add(beat('shift-start'));
        await server.take(await tablet.batch(1));
        const { counts } = await readDay(storage);
        expect(counts.map(({ verdict, hour, count }) => [verdict, hour, count]).sort()).toEqual([
          ['admit', 8, 1],
          ['refuse', 8, 1],
        ]);
      });

      it('tells whether the tablet is on shift', async () => {
        const since = async () => (await readDay(storage)).tablets.map(({ shiftSince }) => shiftSince);
        await tablet.add(beat('heartbeat', TEST_MINUTE - 5));
        await server.take(await tablet.batch(1));
        expect(await since()).toEqual([TEST_MINUTE - 5]);
        await tablet.add(beat('shift-start', TEST_MINUTE));
        await tablet.add(beat('heartbeat', TEST_MINUTE + 15));
        await server.take(await tablet.batch(2));
        expect(await since()).toEqual([TEST_MINUTE]);
        await tablet.add(beat('shift-end', TEST_MINUTE + 20));
        await server.take(await tablet.batch(4));
        expect(await since()).toEqual([null]);
      });

      it('is counted as unopened, with why, where nobody can look; and receipted all the same', async () => {
        await tablet.add(siteScan(), '2026-03-01');
        await tablet.add(siteScan());
        put(2, changed(tablet.envelopes[1] ?? new Uint8Array(), { sealed: new Uint8Array(144) }));
        server.ended.add('2026-03-01');
        expect((await server.take(await tablet.batch(1))).added).toBe(2);
        expect((await readDay(storage)).tallies).toEqual([
          { kind: 'unopened', what: 'open-sealed', count: 1 },
        ]);
        expect((await readDay(storage, '2026-03-01')).tallies).toEqual([
          { kind: 'unopened', what: 'open-no-key', count: 1 },
        ]);
        await tablet.add(siteScan(), '2026-03-01');
        put(3, changed(tablet.envelopes[2] ?? new Uint8Array(), { prev: hashAt(2) }));
        server.nowMs += 8 * 86_400_000;
        await server.take(await tablet.batch(3));
        expect((await readDay(storage, '2026-03-01')).tallies).toEqual([
          { kind: 'unopened', what: 'after-the-end', count: 1 },
          { kind: 'unopened', what: 'open-no-key', count: 1 },
        ]);
        expect((await readDay(storage, '2026-03-01')).counts).toEqual([]);
      });

      it('is counted apart where the tablet had no key of the site', async () => {
        await tablet.add(siteScan({ isOwnKey: true }));
        await tablet.add(siteScan());
        await server.take(await tablet.batch(1));
        expect((await readDay(storage)).tallies).toEqual([{ kind: 'own-key', what: 'gate-1', count: 1 }]);
      });
    });

    describe('sightings', () => {
      it('are of passes that would have gone in, under the site’s key, of current days', async () => {
        const yesterday = '2026-03-01';
        await tablet.add(siteScan());
        await tablet.add(siteScan({ isOwnKey: true }));
        await tablet.add(siteScan({ verdict: 'refuse', reason: 'revoked' }));
        await tablet.add(siteScan({ verdict: 'unverifiable', reason: 'malformed', pseudonym: null }));
        await tablet.add(siteScan({ verdict: 'check', reason: 'seen-before', direction: 'out' }));
        await tablet.add(siteScan(), yesterday);
        await server.take(await tablet.batch(1));
        const seen = await allSightings(storage, [yesterday, TEST_DAY]);
        expect(seen.map(({ day, place, direction }) => [day, place.seq, direction])).toEqual([
          [TEST_DAY, 1, 'in'],
          [TEST_DAY, 5, 'out'],
        ]);
        expect(seen[0]).toMatchObject({ minute: TEST_MINUTE, gate: 'gate-1', pseudonym: scanOf().pseudonym });
      });

      it('come in order of arrival, from a place on, and go with their day', async () => {
        const other = await createSealedTablet(2);
        server.enrol(other);
        for (let at = 0; at < 3; at++) await tablet.add(siteScan());
        await other.add(siteScan({ gate: 'gate-2' }));
        await server.take(await other.batch(1));
        server.nowMs += 5000;
        await server.take(await tablet.batch(1));
        const [first, second, ...rest] = await allSightings(storage);
        expect(first?.gate).toBe('gate-2');
        expect(rest).toHaveLength(2);
        if (second === undefined) throw new Error('no second sighting');
        const question = { site: SITE, days: [TEST_DAY], after: second.place, limit: 1 };
        expect(await storage.readSightings(question)).toEqual([rest[0]]);
        await storage.dropSightings('elsewhere', []);
        await storage.dropSightings(SITE, [TEST_DAY]);
        expect(await allSightings(storage)).toHaveLength(4);
        await storage.dropSightings(SITE, ['2026-03-03']);
        expect(await allSightings(storage)).toEqual([]);
      });
    });

    describe('duplicates across gates', () => {
      const pairs = async () =>
        (await readDay(storage)).duplicates.map(
          ({ gate, minute, otherGate, otherMinute, direction }) =>
            `${gate} ${minute - TEST_MINUTE} after ${otherGate} ${otherMinute - TEST_MINUTE} ${direction}`,
        );

      it('are found whichever tablet comes first, and both scans stay', async () => {
        const other = await createSealedTablet(2);
        server.enrol(other);
        await tablet.add(siteScan({ minute: TEST_MINUTE + 4 }));
        await other.add(siteScan({ gate: 'gate-2' }));
        await server.take(await tablet.batch(1));
        expect(await pairs()).toEqual([]);
        await server.take(await other.batch(1));
        await server.take(await other.batch(1));
        expect(await pairs()).toEqual(['gate-1 4 after gate-2 0 in']);
        expect((await readDay(storage)).latest).toHaveLength(2);
        expect((await readDay(storage)).counts.reduce((sum, { count }) => sum + count, 0)).toBe(2);
      });

      it('are none out of the window, the other way, of another pass, or at the same tablet', async () => {
        const other = await createSealedTablet(2);
        server.enrol(other);
        await tablet.add(siteScan());
        await tablet.add(siteScan());
        await other.add(siteScan({ minute: TEST_MINUTE + 11 }));
        await other.add(siteScan({ direction: 'out' }));
        await other.add(siteScan({ pseudonym: utf8ToBytes('another!') }));
        await server.take(await tablet.batch(1));
        await server.take(await other.batch(1));
        expect(await pairs()).toEqual([]);
        await other.add(siteScan({ minute: TEST_MINUTE + 10, gate: 'gate-2' }));
        await server.take(await other.batch(4));
        expect(await pairs()).toEqual(['gate-2 10 after gate-1 0 in', 'gate-2 10 after gate-1 0 in']);
      });

      it('are found when both tablets send at the same moment', async () => {
        const tablets = await Promise.all([2, 3, 4, 5].map((number) => createSealedTablet(number)));
        for (const each of tablets) {
          server.enrol(each);
          await each.add(siteScan({ gate: 'gate-2' }));
        }
        await Promise.all(tablets.map(async (each) => server.take(await each.batch(1))));
        expect(await pairs()).toHaveLength(6);
      });
    });

    it('forgets duplicates and counts of a site by their days', async () => {
      const other = await createSealedTablet(2);
      server.enrol(other);
      await tablet.add(siteScan());
      await tablet.add(siteScan({ isOwnKey: true }));
      await other.add(siteScan());
      await server.take(await tablet.batch(1));
      await server.take(await other.batch(1));
      const known = async () => {
        const { counts, tallies, duplicates } = await readDay(storage);
        return [counts.length, tallies.length, duplicates.length];
      };
      await storage.dropFacts('elsewhere', { duplicates: '2026-04-01', counts: '2026-04-01' });
      await storage.dropFacts(SITE, { duplicates: TEST_DAY, counts: TEST_DAY });
      expect(await known()).toEqual([1, 1, 1]);
      await storage.dropFacts(SITE, { duplicates: '2026-03-03', counts: TEST_DAY });
      expect(await known()).toEqual([1, 1, 0]);
      await storage.dropFacts(SITE, { duplicates: '2026-03-03', counts: '2026-03-03' });
      expect(await known()).toEqual([0, 0, 0]);
    });

    it('answers a batch that it took before in the same way, also when the day is gone', async () => {
      await fill(3);
      put(2, utf8ToBytes('torn'));
      const { bytes: _, added: __, ...first } = await server.take(await tablet.batch(1));
      expect(encodeHex(first.head)).toBe(encodeHex(hashAt(3)));
      server.ended.add(TEST_DAY);
      expect(await server.take(await tablet.batch(1))).toMatchObject({ ...first, added: 0 });
      expect((await readDay(storage)).tallies).toEqual([]);
    });
  });
}
