// What becomes of sealed batches, whatever the storage is made of: links, gaps, forks, counts.

import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { signReceipt } from '../../src/core/log/receipt.ts';
import type { GateRecord, ScanRecord } from '../../src/core/log/record.ts';
import { signBatch } from '../../src/core/log/sealed/batch.ts';
import { encodeSealedEnvelope, parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import {
  createSealedServer,
  createSealedTablet,
  type SealedServer,
  type SealedTablet,
} from '../support/sealed-tablet.ts';
import { hashOf, scanOf, TEST_DAY, TEST_MINUTE } from '../support/test-batch.ts';
import type { StorageUnderTest } from './storage.contract.ts';

export const SITE = 'lindenhof';

export const siteScan = (overrides: Partial<ScanRecord> = {}): ScanRecord =>
  scanOf({ isOwnKey: false, ...overrides });
const beat = (kind: 'heartbeat' | 'shift-start' | 'shift-end', minute = TEST_MINUTE): GateRecord => ({
  kind,
  minute,
  gate: 'gate-1',
  direction: 'in',
});

export const readDay = (storage: Storage, day = TEST_DAY) =>
  storage.readDay({ site: SITE, day, dayBefore: '2026-02-23', tabletsSince: 0, latestPerTablet: 1000 });

const alarmsOf = async (storage: Storage) =>
  (await readDay(storage)).alarms.map(({ kind, from, to }) => `${kind} ${from}-${to}`).sort();

const seqsHeld = async (storage: Storage) =>
  (await readDay(storage)).latest.map(({ seq }) => seq).sort((a, b) => a - b);

function changed(bytes: Bytes, change: Partial<Parameters<typeof encodeSealedEnvelope>[0]>): Bytes {
  const parsed = parseSealedEnvelope(bytes);
  if (!parsed.ok) throw new Error(parsed.error);
  return encodeSealedEnvelope({ ...parsed.value, ...change });
}

/** A server over an empty storage, and a tablet that it knows. */
export async function openSealedLog(openEmpty: StorageUnderTest['openEmpty']) {
  const { storage } = await openEmpty();
  await storage.migrate();
  const server = await createSealedServer(storage);
  const tablet = await createSealedTablet(1);
  server.enrol(tablet);
  return { storage, server, tablet };
}

export function sealedIngestContract(name: string, { openEmpty }: StorageUnderTest): void {
  describe(name, () => {
    let storage: Storage;
    let server: SealedServer;
    let tablet: SealedTablet;

    beforeEach(async () => {
      ({ storage, server, tablet } = await openSealedLog(openEmpty));
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
