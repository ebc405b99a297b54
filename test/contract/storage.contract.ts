// What every storage must do, whatever it is made of. Given a factory, runs the whole examination.

import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { BatchOutcome, Storage } from '../../src/server/storage/port.ts';
import {
  batchOf,
  COUNT,
  entryOf,
  mixedBatch,
  plainBatch,
  RECEIVED_AT,
  range,
  SITE,
  unreadableOf,
} from '../support/judged-batch.ts';
import { deviceOf, hashOf, TEST_DAY } from '../support/test-batch.ts';

export interface StorageUnderTest {
  /** A storage without any table. */
  openEmpty(): Promise<OpenedStorage>;
}

export interface OpenedStorage {
  readonly storage: Storage;
  /** Another connection to the same data, as after a restart. */
  reopen(): Promise<Storage>;
}

function takenOf(outcome: BatchOutcome) {
  const quarantined = outcome.quarantined.map(({ seq, hash }) => [seq, encodeHex(hash)]);
  return { head: encodeHex(outcome.head), quarantined, added: outcome.added };
}

const hexHash = (text: string): string => encodeHex(hashOf(utf8ToBytes(text)));

async function dayOf(storage: Storage, day = TEST_DAY, site = SITE) {
  const stored = await storage.readDay({
    site,
    day,
    dayBefore: '2026-02-23',
    tabletsSince: 0,
    latestPerTablet: 1000,
  });
  const records = stored.latest.map(
    ({ device, epoch, seq, envelope }) =>
      `${Number.parseInt(device, 16)}/${epoch}/${seq} ${textOf(envelope)}`,
  );
  const total = stored.counts.reduce((sum, { count }) => sum + count, 0);
  return { ...stored, records: records.sort(), total };
}

const textOf = (bytes: Bytes): string => Buffer.from(bytes).toString('utf8');

export function storageContract(name: string, { openEmpty }: StorageUnderTest): void {
  describe(name, () => {
    let opened: OpenedStorage;
    let storage: Storage;

    beforeEach(async () => {
      opened = await openEmpty();
      storage = opened.storage;
      await storage.migrate();
      return () => storage.close();
    });

    describe('tables', () => {
      it('can be brought up to date again, and by two programs at once', async () => {
        await storage.takeBatch(plainBatch(1, 2));
        const other = await opened.reopen();
        await Promise.all([
          storage.migrate(),
          other.migrate(),
          other.prepareDays([TEST_DAY]),
          storage.prepareDays([TEST_DAY]),
        ]);
        await other.close();
        expect((await dayOf(storage)).records).toEqual(['1/1/1 record 1', '1/1/2 record 2']);
      });

      it('can be made by two programs at once from nothing', async () => {
        const fresh = await openEmpty();
        const other = await fresh.reopen();
        await Promise.all([fresh.storage.migrate(), other.migrate()]);
        expect(takenOf(await other.takeBatch(plainBatch(1, 1))).added).toBe(1);
        await fresh.storage.close();
        await other.close();
      });

      it('keep the records that came before their day was prepared, and their identity', async () => {
        await storage.takeBatch(plainBatch(1, 3));
        await storage.prepareDays(['2026-03-01', TEST_DAY, '2026-03-03']);
        expect(takenOf(await storage.takeBatch(plainBatch(1, 4))).added).toBe(1);
        expect((await dayOf(storage)).records).toHaveLength(4);
      });
    });

    describe('identity', () => {
      it('keeps the same number apart by site, device and epoch', async () => {
        await storage.takeBatch(batchOf([entryOf(1, 'a')]));
        await storage.takeBatch(batchOf([entryOf(1, 'b')], { device: 2 }));
        await storage.takeBatch(batchOf([entryOf(1, 'c')], { site: 'elsewhere' }));
        await storage.takeBatch(
          batchOf([entryOf(1, 'd')], { identity: { site: SITE, device: deviceOf(1), epoch: 2 } }),
        );
        expect((await dayOf(storage)).records).toEqual(['1/1/1 a', '1/2/1 d', '2/1/1 b']);
        expect((await dayOf(storage, TEST_DAY, 'elsewhere')).records).toEqual(['1/1/1 c']);
      });

      it('keeps days apart in one batch, wild ones too', async () => {
        await storage.prepareDays([TEST_DAY]);
        await storage.takeBatch(batchOf([entryOf(1), entryOf(2, 'wild', { day: '2020-01-01' })]));
        expect((await dayOf(storage)).records).toEqual(['1/1/1 record 1']);
        expect((await dayOf(storage, '2020-01-01')).records).toEqual(['1/1/2 wild']);
      });
    });

    describe('duplicates', () => {
      it('are taken once, counted once, and answered like the first time', async () => {
        const first = takenOf(await storage.takeBatch(plainBatch(1, 5)));
        const again = takenOf(await storage.takeBatch(plainBatch(1, 5)));
        expect(first).toEqual({ head: hexHash('record 5'), quarantined: [], added: 5 });
        expect(again).toEqual({ ...first, added: 0 });
        expect((await dayOf(storage)).total).toBe(5);
      });

      it('may overlap with what is new', async () => {
        await storage.takeBatch(plainBatch(1, 5));
        expect(takenOf(await storage.takeBatch(plainBatch(3, 9)))).toEqual({
          head: hexHash('record 9'),
          quarantined: [],
          added: 4,
        });
        expect((await dayOf(storage)).total).toBe(9);
      });

      it('of an older part leave the head where it is, and are answered for their own last number', async () => {
        await storage.takeBatch(plainBatch(1, 9));
        expect(takenOf(await storage.takeBatch(plainBatch(2, 4))).head).toBe(hexHash('record 4'));
        expect(takenOf(await storage.takeBatch(plainBatch(10, 10))).added).toBe(1);
      });
    });

    describe('a fork', () => {
      it('is put apart under its own hash with an alarm, and the first record stays', async () => {
        await storage.takeBatch(plainBatch(1, 3));
        const outcome = takenOf(
          await storage.takeBatch(batchOf([entryOf(2, 'other'), entryOf(3), entryOf(4)])),
        );
        expect(outcome).toEqual({
          head: hexHash('record 4'),
          quarantined: [[2, hexHash('other')]],
          added: 1,
        });
        const { records, tablets, total } = await dayOf(storage);
        expect(records).toEqual(['1/1/1 record 1', '1/1/2 record 2', '1/1/3 record 3', '1/1/4 record 4']);
        expect(total).toBe(4);
        expect(tablets).toMatchObject([{ forks: 1, gaps: 0, quarantined: 1 }]);
      });

      it('at the last number is answered with the hash that was there first', async () => {
        await storage.takeBatch(plainBatch(1, 3));
        const outcome = takenOf(await storage.takeBatch(batchOf([entryOf(3, 'other')])));
        expect(outcome).toEqual({
          head: hexHash('record 3'),
          quarantined: [[3, hexHash('other')]],
          added: 0,
        });
      });

      it('is found on another day as well', async () => {
        await storage.prepareDays([TEST_DAY, '2026-03-03']);
        await storage.takeBatch(plainBatch(1, 3));
        const outcome = takenOf(
          await storage.takeBatch(batchOf([entryOf(2, 'other', { day: '2026-03-03' })])),
        );
        expect(outcome.quarantined).toEqual([[2, hexHash('other')]]);
        expect((await dayOf(storage, '2026-03-03')).records).toEqual([]);
      });

      it('sent again is listed again and alarms once; a second fork of the same number alarms anew', async () => {
        await storage.takeBatch(plainBatch(1, 3));
        const fork = batchOf([entryOf(2, 'other')]);
        await storage.takeBatch(fork);
        expect(takenOf(await storage.takeBatch(fork)).quarantined).toEqual([[2, hexHash('other')]]);
        expect((await dayOf(storage)).tablets).toMatchObject([{ forks: 1, quarantined: 1 }]);
        await storage.takeBatch(batchOf([entryOf(2, 'third')]));
        expect((await dayOf(storage)).tablets).toMatchObject([{ forks: 2, quarantined: 2 }]);
      });
    });

    describe('quarantine', () => {
      it('takes what cannot be read, moves the head over it, and lets the rest through', async () => {
        const batch = batchOf([entryOf(1), unreadableOf(2, 'noise'), entryOf(3)]);
        expect(takenOf(await storage.takeBatch(batch))).toEqual({
          head: hexHash('record 3'),
          quarantined: [[2, hexHash('noise')]],
          added: 2,
        });
        expect(takenOf(await storage.takeBatch(plainBatch(4, 4))).added).toBe(1);
        const { records, tablets, total } = await dayOf(storage);
        expect(records).toEqual(['1/1/1 record 1', '1/1/3 record 3', '1/1/4 record 4']);
        expect(total).toBe(3);
        expect(tablets).toMatchObject([{ forks: 0, quarantined: 1 }]);
      });

      it('answers for an unreadable last record with its own hash, again when it is sent again', async () => {
        const batch = batchOf([entryOf(1), unreadableOf(2, 'noise')]);
        const expected = { head: hexHash('noise'), quarantined: [[2, hexHash('noise')]] };
        expect(takenOf(await storage.takeBatch(batch))).toMatchObject(expected);
        expect(takenOf(await storage.takeBatch(batch))).toMatchObject({ ...expected, added: 0 });
      });

      it('makes a readable record under a number of an unreadable one a fork', async () => {
        await storage.takeBatch(batchOf([unreadableOf(1, 'noise')]));
        const outcome = takenOf(await storage.takeBatch(batchOf([entryOf(1)])));
        expect(outcome).toEqual({
          head: hexHash('noise'),
          quarantined: [[1, hexHash('record 1')]],
          added: 0,
        });
        expect((await dayOf(storage)).tablets).toMatchObject([{ forks: 1 }]);
      });
    });

    describe('a gap', () => {
      it('is taken with an alarm, once', async () => {
        await storage.takeBatch(plainBatch(1, 2));
        const batch = plainBatch(5, 6);
        expect(takenOf(await storage.takeBatch(batch)).added).toBe(2);
        expect(takenOf(await storage.takeBatch(batch)).added).toBe(0);
        expect((await dayOf(storage)).tablets).toMatchObject([{ gaps: 1, forks: 0 }]);
      });

      it('can be filled by records that turn up later', async () => {
        await storage.takeBatch(plainBatch(5, 6));
        expect(takenOf(await storage.takeBatch(plainBatch(1, 6))).added).toBe(4);
        expect((await dayOf(storage)).total).toBe(6);
      });
    });

    describe('counts', () => {
      it('are exact for every key, and leave out what is no scan', async () => {
        const entries = [
          entryOf(1),
          entryOf(2, 'b', { count: { ...COUNT, verdict: 'check', reason: 'yellow' } }),
          entryOf(3, 'c', { count: null }),
          entryOf(4, 'd', { count: { ...COUNT, gate: 'gate "2", {north}\\' } }),
          entryOf(5, 'e', { count: { ...COUNT, direction: 'out', hour: 23 } }),
          entryOf(6),
        ];
        await storage.takeBatch(batchOf(entries));
        const { counts } = await dayOf(storage);
        expect(counts).toHaveLength(4);
        expect(counts).toContainEqual({ ...COUNT, count: 2 });
        expect(counts).toContainEqual({ ...COUNT, verdict: 'check', reason: 'yellow', count: 1 });
        expect(counts).toContainEqual({ ...COUNT, gate: 'gate "2", {north}\\', count: 1 });
        expect(counts).toContainEqual({ ...COUNT, direction: 'out', hour: 23, count: 1 });
      });

      it('stand beside those of the day to compare with', async () => {
        await storage.takeBatch(batchOf([entryOf(1, 'a', { day: '2026-02-23' }), entryOf(2)]));
        const { counts, countsBefore } = await dayOf(storage);
        expect([counts, countsBefore]).toEqual([[{ ...COUNT, count: 1 }], [{ ...COUNT, count: 1 }]]);
      });

      it('are exact when tablets send the same and other batches at once, on two connections', async () => {
        const other = await opened.reopen();
        const devices = range(1, 6);
        const sends = devices.flatMap((device) =>
          [storage, other, storage].map((through) => ({ device, through })),
        );
        for (const [from, to] of [
          [1, 40],
          [20, 90],
          [91, 120],
        ] as const) {
          await Promise.all(
            sends.map(({ device, through }) => through.takeBatch(mixedBatch(from, to, device))),
          );
        }
        await other.close();
        const { counts, records, total } = await dayOf(storage);
        expect(records).toHaveLength(6 * 120);
        expect(total).toBe(6 * 120);
        for (const verdict of ['admit', 'refuse', 'check'] as const) {
          expect(counts.find((line) => line.verdict === verdict)?.count).toBe(6 * 40);
        }
      });
    });

    describe('after a restart', () => {
      it('goes on where it was', async () => {
        await storage.takeBatch(plainBatch(1, 3));
        const again = await opened.reopen();
        await again.migrate();
        expect(takenOf(await again.takeBatch(plainBatch(1, 5)))).toEqual({
          head: hexHash('record 5'),
          quarantined: [],
          added: 2,
        });
        expect((await dayOf(again)).total).toBe(5);
        await again.close();
      });
    });

    describe('a day', () => {
      it('shows the last records of each tablet, and how each is', async () => {
        await storage.takeBatch(batchOf([entryOf(1), entryOf(2, 'x', { gate: 'gate-2' })]));
        await storage.takeBatch(plainBatch(1, 5, 2));
        const { latest, tablets } = await storage.readDay({
          site: SITE,
          day: TEST_DAY,
          dayBefore: '2026-02-23',
          tabletsSince: RECEIVED_AT,
          latestPerTablet: 2,
        });
        expect(latest.map(({ device, seq }) => `${Number(device)}/${seq}`).sort()).toEqual([
          '1/1',
          '1/2',
          '2/4',
          '2/5',
        ]);
        expect(tablets.map(({ device, gate, lastSeenAt }) => [Number(device), gate, lastSeenAt])).toEqual([
          [1, 'gate-2', RECEIVED_AT],
          [2, 'gate-1', RECEIVED_AT],
        ]);
      });

      it('leaves out tablets that were silent too long', async () => {
        await storage.takeBatch(plainBatch(1, 1));
        const question = { site: SITE, day: TEST_DAY, dayBefore: '2026-02-23', latestPerTablet: 1 };
        expect((await storage.readDay({ ...question, tabletsSince: RECEIVED_AT + 1 })).tablets).toEqual([]);
      });
    });
  });
}
