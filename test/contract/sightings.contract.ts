// What sealed batches tell of passes at more than one gate, whatever the storage is made of: sightings and duplicates.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import { createSealedTablet, type SealedServer, type SealedTablet } from '../support/sealed-tablet.ts';
import { scanOf, TEST_DAY, TEST_MINUTE } from '../support/test-batch.ts';
import { openSealedLog, readDay, SITE, siteScan } from './sealed-ingest.contract.ts';
import type { StorageUnderTest } from './storage.contract.ts';

const allSightings = (storage: Storage, days = [TEST_DAY]) =>
  storage.readSightings({
    site: SITE,
    days,
    after: { receivedAt: 0, device: '', epoch: 0, seq: 0 },
    limit: 1000,
  });

export function sightingsContract(name: string, { openEmpty }: StorageUnderTest): void {
  describe(name, () => {
    let storage: Storage;
    let server: SealedServer;
    let tablet: SealedTablet;

    beforeEach(async () => {
      ({ storage, server, tablet } = await openSealedLog(openEmpty));
      return () => storage.close();
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
  });
}
