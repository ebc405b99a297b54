// What ends of the log, and when: by the day keys that a real book holds, over the storage in memory.

import { beforeEach, describe, expect, it } from 'vitest';
import { dayAfter } from '../../../src/core/log/sealed/key-ends.ts';
import { openBookOn } from '../../../src/server/day-keys/day-key-book.ts';
import { endLog, type LogRounds } from '../../../src/server/keep-log.ts';
import type { Storage } from '../../../src/server/storage/port.ts';
import { chance, MemoryKeyFiles } from '../../support/memory-key-files.ts';
import { emptyTables, type MemoryTables, openMemoryStorage } from '../../support/memory-storage.ts';
import {
  createSealedServer,
  createSealedTablet,
  SEALED_SITE,
  type SealedServer,
  type SealedTablet,
} from '../../support/sealed-tablet.ts';
import { scanOf, TEST_DAY, TEST_MINUTE } from '../../support/test-batch.ts';

const NOW_MS = TEST_MINUTE * 60_000;
const DAY_MS = 86_400_000;
const RETENTION = 7;
const OTHER_SITE = { ...SEALED_SITE, id: 'elsewhere', timeZone: 'Pacific/Honolulu' };

let tables: MemoryTables;
let storage: Storage;
let server: SealedServer;
let tablet: SealedTablet;
let nowMs: number;
let monotonicMs: number;
let sites: { site: typeof SEALED_SITE; retentionDays: number }[];
let look: () => Promise<void>;
let rounds: LogRounds;

beforeEach(async () => {
  tables = emptyTables();
  storage = openMemoryStorage(tables);
  server = await createSealedServer(storage);
  tablet = await createSealedTablet(1);
  server.enrol(tablet);
  nowMs = NOW_MS;
  monotonicMs = 0;
  sites = [{ site: SEALED_SITE, retentionDays: RETENTION }];
  const book = await openBookOn(new MemoryKeyFiles(), 'keys', chance, {
    monotonicMs: () => monotonicMs,
    say: () => {},
  });
  rounds = {
    storage,
    dayKeys: book,
    signer: server.receiptSigner,
    sites: () => sites,
    nowMs: () => nowMs,
    say: () => {},
  };
  look = async () => {
    await book.look(
      sites.map((ends) => ({ ...ends, seenBeforeWindowSeconds: 600 })),
      nowMs,
    );
    await endLog(rounds);
  };
  await look();
});

const pass = async (ms: number) => {
  nowMs += ms;
  monotonicMs += ms;
  await look();
};

const scanNow = async (day = TEST_DAY) => {
  await tablet.add(scanOf({ isOwnKey: false }), day);
  await server.take(await tablet.batch(tablet.envelopes.length));
};

/** 04:00 in Berlin, when the next day begins; the test's clock stands at 12:40. */
const TO_DAY_END = (15 * 60 + 20) * 60_000;

describe('the end of a day', () => {
  it('drops the sightings of days whose key is gone, and no others', async () => {
    await scanNow();
    await pass(TO_DAY_END + 599_000);
    expect(tables.sightings).toHaveLength(1);
    await pass(1000);
    expect(tables.sightings).toEqual([]);
  });

  it('drops a day once every site is past it and none has its key', async () => {
    sites.push({ site: OTHER_SITE, retentionDays: RETENTION });
    await look();
    await scanNow();
    await pass(TO_DAY_END + RETENTION * DAY_MS);
    expect(await storage.listDays()).toEqual([TEST_DAY]);
    await pass(12 * 3_600_000);
    expect(await storage.listDays()).toEqual([]);
    expect((await storage.readWords(tablet.identity)).dropped).toHaveLength(1);
  });

  it('drops nothing of a site that is out of service for now, and has a key for the day', async () => {
    sites.push({ site: OTHER_SITE, retentionDays: 4 * RETENTION });
    await look();
    await scanNow();
    sites.pop();
    await pass(TO_DAY_END + (RETENTION + 1) * DAY_MS);
    expect(await storage.listDays()).toEqual([TEST_DAY]);
  });

  it('drops nothing for a clock that jumped', async () => {
    await scanNow();
    nowMs += 400 * DAY_MS;
    await look();
    expect(await storage.listDays()).toEqual([TEST_DAY]);
    expect(tables.sightings).toHaveLength(1);
    expect(tables.countsByName.size).toBe(1);
  });

  it('drops nothing where no site is known', async () => {
    await scanNow();
    sites = [];
    await pass(TO_DAY_END + 400 * DAY_MS);
    expect(await storage.listDays()).toEqual([TEST_DAY]);
  });

  it('keeps days to come, and counts for 90 days', async () => {
    await scanNow();
    await scanNow('2026-03-03');
    await pass(TO_DAY_END + RETENTION * DAY_MS);
    expect(await storage.listDays()).toEqual(['2026-03-03']);
    // Two hours short of it: the zone goes over to summer time on the way.
    await pass(83 * DAY_MS - 2 * 3_600_000);
    const days = () => [...tables.countsByName.values()].map(({ day }) => day);
    expect(days()).toEqual([TEST_DAY, dayAfter(TEST_DAY, 1)]);
    await pass(DAY_MS);
    expect(days()).toEqual([dayAfter(TEST_DAY, 1)]);
  });
});
