// Rounds over all sites: tables for the days of every time zone, and a stop that leaves nothing at hand.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepSites } from '../../../../src/server/sites/keep-sites.ts';
import { createSiteHouse, kiosk, type SiteHouse, type SiteServer } from '../../../support/site-house.ts';

/** In Berlin 2 March, 00:30, so the site's day is still the first; in Kolkata 05:00, and in Auckland 12:30. */
const NOW = Date.UTC(2026, 2, 1, 23, 30) / 1000;

let house: SiteHouse;
let server: SiteServer;
let prepared: (readonly string[])[];
let said: string[];

beforeEach(async () => {
  house = await createSiteHouse(NOW);
  server = await house.openServer();
  prepared = [];
  said = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

const start = (prepareDays = async (days: readonly string[]) => void prepared.push(days)) =>
  keepSites({
    sites: server.sites,
    storage: { prepareDays },
    nowMs: () => house.nowSeconds * 1000,
    say: (line) => void said.push(line),
  });

it('prepares yesterday, today and tomorrow wherever a site is, and not twice', async () => {
  const stop = await start();
  expect(prepared).toEqual([['2026-02-28', '2026-03-01', '2026-03-02']]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(prepared).toHaveLength(1);
  vi.useRealTimers();
  const other = await house.openServer();
  expect((await other.sites.create(kiosk({ timeZone: 'Pacific/Auckland' }))).ok).toBe(true);
  vi.useFakeTimers();
  await stop();
  const stopAgain = await start();
  expect(prepared.at(-1)).toEqual(['2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03']);
  await stopAgain();
});

it('does not start without tables for today', async () => {
  await expect(start(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
});

it('says what fails later, and tries again', async () => {
  let isFull = false;
  const stop = await start(async (days) => {
    if (isFull) throw new Error('no room');
    prepared.push(days);
  });
  isFull = true;
  house.nowSeconds += 86_400;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual([expect.stringMatching(/tables were not made.*no room/)]);
  isFull = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(prepared.at(-1)).toEqual(['2026-03-01', '2026-03-02', '2026-03-03']);
  await stop();
  const { length } = prepared;
  house.nowSeconds += 86_400;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(prepared).toHaveLength(length);
});
