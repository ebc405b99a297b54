// What a log says once its days have ended. 10,000 travellers visit both sites on two days; then somebody comes who has every
// key that is left, every pass that was ever issued, and a backup of every evening.

import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { pseudonymOf } from '../../../src/core/log/pseudonym.ts';
import { verifyChain } from '../../../src/core/log/sealed/chain.ts';
import { createSealKeyPair } from '../../../src/core/log/sealed/day-keys.ts';
import { parseSealedEnvelope, type SealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import { createOpener, type FindSealKey } from '../../../src/core/log/sealed/opener.ts';
import { MAX_SESSION_RECORDS } from '../../../src/core/log/sealed/session-rule.ts';
import type { PassId } from '../../../src/core/pass/pass.ts';
import { openDayKeyBook } from '../../../src/server/day-keys/day-key-book.ts';
import type { SqlTarget } from '../../../src/server/storage/sql.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import {
  type Backup,
  chance,
  countSightings,
  ISSUER,
  readEverything,
  readLog,
  SITES,
  TwoSites,
} from './two-sites.ts';

const TRAVELLERS = 10_000;
const DAYS = ['2026-03-02', '2026-03-03'] as const;
const [FIRST_DAY, SECOND_DAY] = DAYS;
/** By then two whole days of retention have passed since the second. */
const OVER_DAY = '2026-03-06';
const at = (day: string, hourUtc: number): number =>
  Date.parse(`${day}T${String(hourUtc).padStart(2, '0')}:00:00Z`);

/** Every pass that was issued: the issuer knows them all, and so may whoever links. */
const passes: readonly PassId[] = Array.from({ length: TRAVELLERS }, (_, index) => ({
  list: 3,
  index: index * 17,
}));

interface DayLog {
  readonly site: string;
  readonly day: string;
  readonly envelopes: readonly SealedEnvelope[];
  /** In hex; of those records that opened. */
  readonly pseudonyms: readonly string[];
}

let sites: TwoSites;
const backups: Backup[] = [];
/** What must never be in a backup: keys/ as it was on the second evening. */
let stolenFolder: string;
/** Read on the second evening, with every key that was left. */
let logs: readonly DayLog[];
/** Every key that lay in keys/ on the second evening, by its file. */
let keysLeft: ReadonlyMap<string, Bytes>;

beforeAll(async () => {
  sites = await TwoSites.open();
  await sites.prepareDays(DAYS);
  for (const day of DAYS) {
    await sites.look(at(day, 8));
    for (const { id } of SITES) await sites.scanAll(id, day, passes);
    await sites.look(at(day, 19));
    backups.push(await sites.backUp(day));
  }
  stolenFolder = await sites.copyFolder(() => true);
  keysLeft = await readKeys(join(sites.folder, 'keys'));
  logs = await openLogs(sites.database, sites.book.findSealKey);
  for (const day of ['2026-03-04', '2026-03-05']) {
    await sites.look(at(day, 19));
    backups.push(await sites.backUp(day));
  }
}, 600_000);

afterAll(async () => {
  await sites.close();
  await closeTestCluster();
});

async function readKeys(folder: string): Promise<ReadonlyMap<string, Bytes>> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(seal|pseudonym)$/.test(name));
  return new Map(
    await Promise.all(
      files.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const),
    ),
  );
}

async function openLogs(database: SqlTarget, findKey: FindSealKey): Promise<readonly DayLog[]> {
  const all: DayLog[] = [];
  for (const { id: site } of SITES) {
    const envelopes = (await readLog(database, site)).map((bytes) => {
      const parsed = parseSealedEnvelope(bytes);
      if (!parsed.ok) throw new Error(parsed.error);
      return parsed.value;
    });
    for (const day of DAYS) {
      const ofDay = envelopes.filter((envelope) => envelope.day === day);
      const opener = createOpener(findKey);
      const pseudonyms = ofDay.flatMap((envelope) => {
        const opened = opener.open(envelope);
        if (!opened.ok) expect(opened.error).toBe('open-no-key');
        return opened.ok && opened.value.kind === 'scan' && opened.value.pseudonym !== null
          ? [encodeHex(opened.value.pseudonym)]
          : [];
      });
      all.push({ site, day, envelopes: ofDay, pseudonyms });
    }
  }
  return all;
}

const opened = (all: readonly DayLog[]) =>
  all.map(({ site, day, pseudonyms }) => [site, day, pseudonyms.length]);

it('opens all of it while it is kept', () => {
  expect(opened(logs)).toEqual(
    SITES.flatMap(({ id }) => [
      [id, FIRST_DAY, TRAVELLERS],
      [id, SECOND_DAY, TRAVELLERS],
    ]),
  );
});

it('no pseudonym and no session is in two logs, though everybody was at both sites on both days', () => {
  const pseudonyms = logs.flatMap((log) => log.pseudonyms);
  expect(new Set(pseudonyms).size).toBe(4 * TRAVELLERS);
  const sessions = logs.map((log) => new Set(log.envelopes.map(({ session }) => encodeHex(session))));
  const count = sessions.reduce((sum, { size }) => sum + size, 0);
  expect(count).toBeGreaterThanOrEqual(4 * Math.ceil(TRAVELLERS / MAX_SESSION_RECORDS));
  expect(new Set(sessions.flatMap((each) => [...each])).size).toBe(count);
});

it('a linker with every key that is left and every pass that was issued finds nobody in the ended day', async () => {
  const names = [...keysLeft.keys()];
  expect(names.filter((name) => name.includes(FIRST_DAY) && name.endsWith('.pseudonym'))).toEqual([]);
  expect(names.filter((name) => name.includes(SECOND_DAY) && name.endsWith('.pseudonym'))).toHaveLength(2);
  const known = new Set<string>();
  for (const key of keysLeft.values()) {
    const mac = async (message: Bytes) => new Uint8Array(createHmac('sha256', key).update(message).digest());
    for (const pass of passes) known.add(encodeHex(await pseudonymOf(ISSUER, pass, mac)));
  }
  expect(known.size).toBeGreaterThan(80 * TRAVELLERS);
  // Of the day that is still going on it finds everybody: that is said in SECURITY.md, and shows that it can.
  expect(
    logs.map(({ site, day, pseudonyms }) => [site, day, pseudonyms.filter((one) => known.has(one)).length]),
  ).toEqual(
    SITES.flatMap(({ id }) => [
      [id, FIRST_DAY, 0],
      [id, SECOND_DAY, TRAVELLERS],
    ]),
  );
}, 300_000);

it('no day key is in any backup, database or folder', async () => {
  for (const { day, database, folder } of backups) {
    const everything = await readEverything(database);
    expect([day, everything.length > 1_000_000]).toEqual([day, true]);
    const ofTheseDays = [...keysLeft].filter(([name]) => DAYS.some((one) => name.includes(one)));
    expect(ofTheseDays.length).toBe(2 * 3);
    for (const [name, key] of ofTheseDays)
      expect([day, name, everything.includes(encodeHex(key))]).toEqual([day, name, false]);
    expect((await readKeys(folder)).size).toBe(0);
  }
}, 300_000);

it('what was seen on a day that has ended is gone from the database by the evening', async () => {
  const seen = await Promise.all(backups.map(({ database }) => countSightings(database)));
  expect(seen).toEqual([[[FIRST_DAY, 2 * TRAVELLERS]], [[SECOND_DAY, 2 * TRAVELLERS]], [], []]);
});

it('after retention nothing opens, whichever evening’s backup is put back, and every chain still verifies', async () => {
  await sites.look(at(OVER_DAY, 3));
  const keys = join(sites.folder, 'keys');
  const left = await readKeys(keys);
  expect([...left.keys()].filter((name) => DAYS.some((day) => name.includes(day)))).toEqual([]);
  const restored = [
    ...backups.map(({ day, database }) => ({ day, database })),
    { day: OVER_DAY, database: sites.database },
  ];
  const book = await openDayKeyBook(keys, chance);
  for (const { day, database } of restored) {
    const counts = opened(await openLogs(database, book.findSealKey)).map(([, , count]) => count);
    expect([day, counts]).toEqual([day, [0, 0, 0, 0]]);
    for (const { id: site } of SITES) {
      const envelopes = await readLog(database, site);
      const isWhole = envelopes.length === 2 * TRAVELLERS;
      expect([day, isWhole || envelopes.length === TRAVELLERS]).toEqual([day, true]);
      const verified = await verifyChain({
        identity: sites.identityOf(site),
        envelopes,
        // The tablet shows its receipt: a database that was set back is found out by it.
        witnesses: [{ ...sites.headOf(site), held: 'elsewhere' }],
        quarantined: [],
        after: null,
      });
      expect([day, verified.ok ? 'sound' : verified.error.reason]).toEqual([
        day,
        isWhole ? 'sound' : 'restored',
      ]);
    }
  }
}, 300_000);

it('nor by any other key that is left', async () => {
  const left = [...(await readKeys(join(sites.folder, 'keys')))].filter(([name]) => name.endsWith('.seal'));
  expect(left.length).toBeGreaterThan(60);
  for (const [name, secret] of left) {
    const pair = await createSealKeyPair('lindenhof', OVER_DAY, secret);
    for (const { envelopes } of logs) {
      const [first] = envelopes;
      if (first === undefined) throw new Error('no record');
      expect([name, createOpener(() => pair).open(first)]).toEqual([
        name,
        { ok: false, error: 'open-sealed' },
      ]);
    }
  }
}, 60_000);

it('whoever had stolen keys/ in time would read it all: it is the keys that end a day', async () => {
  const book = await openDayKeyBook(join(stolenFolder, 'keys'), chance);
  expect(opened(await openLogs(sites.database, book.findSealKey))).toEqual(opened(logs));
}, 300_000);
