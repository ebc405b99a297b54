// An enrolled tablet on a bare page: what it records is sealed to the day's key, signed, sent and receipted; and what it does
// where a key, a number or the server is missing.

import { expect, type Page, test } from '@playwright/test';
import { isCborArray, isCborBytes, parseCbor } from '../../../src/core/bytes/cbor.ts';
import { pseudonymOf } from '../../../src/core/log/pseudonym.ts';
import { parseSealedBatch } from '../../../src/core/log/sealed/batch.ts';
import { verifyChain } from '../../../src/core/log/sealed/chain.ts';
import { openPseudonymKey } from '../../../src/core/log/sealed/day-keys.ts';
import { dayAfter } from '../../../src/core/log/sealed/key-ends.ts';
import { TEST_SITE } from '../../support/test-trust.ts';
import { openLogPage } from './open-page.ts';
import { DEVICE, SealedServer } from './sealed-server.ts';

const IDENTITY = { site: TEST_SITE.id, device: DEVICE, epoch: 1 };
const PLACE = { gate: 'gate-1', direction: 'in' } as const;

let server: SealedServer;

test.beforeEach(async ({ page, context }) => {
  server = await SealedServer.open(context);
  await openLogPage(page);
  await server.enrol(page);
});

async function openTablet(page: Page): Promise<void> {
  await page.evaluate(async () => {
    window.sealedTablet = await window.log.openTablet();
    await window.sealedTablet.prepare();
    await window.sealedTablet.refresh();
  });
}

const scan = (page: Page, text: string) =>
  page.evaluate(
    async ({ text, place }) => {
      const outcome = await window.sealedTablet.scan(text, place);
      return outcome.kind === 'stopped'
        ? { kind: outcome.kind, why: outcome.why }
        : { kind: outcome.kind, reason: outcome.verdict.reason, seq: outcome.seq };
    },
    { text, place: PLACE },
  );

const note = (page: Page, kind: 'shift-start' | 'shift-end' | 'heartbeat' | 'entry-without-pass') =>
  page.evaluate(({ kind, place }) => window.sealedTablet.note(kind, place), { kind, place: PLACE });

const drained = (page: Page) =>
  expect.poll(() => page.evaluate(() => window.sealedTablet.state.waiting), { timeout: 15_000 }).toBe(0);

test('every kind of record is sealed, signed, sent and receipted, and the chain holds', async ({ page }) => {
  await openTablet(page);
  await note(page, 'shift-start');
  const seen = await scan(page, await server.issuer.issue());
  expect(seen).toEqual({ kind: 'recorded', reason: 'ok', seq: 2 });
  await note(page, 'entry-without-pass');
  await page.evaluate(async (place) => {
    await window.sealedTablet.undo(3, place);
    await window.sealedTablet.decide('let-in', 2, place);
  }, PLACE);
  await note(page, 'heartbeat');
  await note(page, 'shift-end');
  await drained(page);
  expect(server.records().map(({ kind }) => kind)).toEqual([
    'shift-start',
    'scan',
    'entry-without-pass',
    'undo',
    'decision',
    'heartbeat',
    'shift-end',
  ]);
  expect(server.records()[1]).toMatchObject({ verdict: 'admit', issuer: 'city', isOwnKey: false });
  const evidence = { identity: IDENTITY, witnesses: [], quarantined: [], after: null };
  const envelopes = server.batches.flatMap((batch) => batch.envelopes);
  expect(await verifyChain({ ...evidence, envelopes })).toMatchObject({ ok: true, value: { seq: 7 } });
});

test('a session ends at lock and at the end of a shift, and serves one day', async ({ page, context }) => {
  await openTablet(page);
  const lock = (isHidden: boolean) =>
    page.evaluate(
      (state) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
        window.dispatchEvent(new Event('visibilitychange'));
      },
      isHidden ? 'hidden' : 'visible',
    );
  await scan(page, 'one');
  await scan(page, 'two');
  await lock(true);
  await lock(false);
  await scan(page, 'three');
  await note(page, 'shift-end');
  await scan(page, 'five');
  await context.clock.setFixedTime((server.house.nowSeconds + 86_400) * 1000);
  await scan(page, 'six');
  await drained(page);
  const sessions = server.envelopes().map(({ session }) => session.join());
  const numbers = sessions.map((session) => sessions.indexOf(session) + 1);
  expect(numbers).toEqual([1, 1, 3, 3, 5, 6]);
  expect(server.envelopes().map(({ day }) => day)).toEqual([
    ...Array(5).fill(server.today),
    dayAfter(server.today, 1),
  ]);
});

test('what is still being recorded when the tablet is locked leaves no session behind', async ({ page }) => {
  await openTablet(page);
  await scan(page, 'one');
  await page.evaluate(async (place) => {
    const scanning = window.sealedTablet.scan('two', place);
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    window.dispatchEvent(new Event('visibilitychange'));
    await scanning;
  }, PLACE);
  await scan(page, 'three');
  await drained(page);
  expect(new Set(server.envelopes().map(({ session }) => session.join())).size).toBe(3);
});

test('without a seal key for the day nothing is judged; the key ends that stop by itself', async ({
  page,
}) => {
  server.givesDayKeys = false;
  await openTablet(page);
  expect(await scan(page, 'one')).toEqual({ kind: 'stopped', why: 'no-day-key' });
  expect(await page.evaluate(() => window.sealedTablet.state.hasDayKey)).toBe(false);
  server.givesDayKeys = true;
  await page.evaluate(() => window.sealedTablet.refresh());
  expect(await page.evaluate(() => window.sealedTablet.state.hasDayKey)).toBe(true);
  expect(await scan(page, 'two')).toMatchObject({ kind: 'recorded', seq: 1 });
});

test('35 days ahead it goes on without its server, under keys of its own; a day later it stops', async ({
  page,
  context,
}) => {
  await openTablet(page);
  server.isDown = true;
  const pass = await server.issuer.issue({ expiresAt: server.house.nowSeconds + 90 * 86_400 });
  await context.clock.setFixedTime((server.house.nowSeconds + 35 * 86_400) * 1000);
  expect(await scan(page, pass)).toMatchObject({ kind: 'recorded' });
  await context.clock.setFixedTime((server.house.nowSeconds + 36 * 86_400) * 1000);
  expect(await scan(page, pass)).toEqual({ kind: 'stopped', why: 'no-day-key' });
  server.isDown = false;
  await context.clock.setFixedTime((server.house.nowSeconds + 35 * 86_400) * 1000);
  await page.evaluate(() => window.sealedTablet.refresh());
  await drained(page);
  expect(server.records()).toEqual([expect.objectContaining({ kind: 'scan', isOwnKey: true })]);
});

test('a pass that another gate has seen is seen before here', async ({ page }) => {
  await openTablet(page);
  const mac = await openPseudonymKey(server.pseudonymKey(server.today));
  const pseudonym = await pseudonymOf('city', { list: 7, index: 4242 }, mac);
  const minute = Math.floor(server.house.nowSeconds / 60) - 4;
  server.sightings = [{ day: server.today, pseudonym, minute, gate: 'gate-2', direction: 'in' }];
  await page.evaluate(() => window.sealedTablet.refresh());
  expect(await scan(page, await server.issuer.issue())).toMatchObject({ reason: 'seen-before' });
  const other = await server.issuer.issue({ id: { list: 7, index: 4243 } });
  expect(await scan(page, other)).toMatchObject({ reason: 'ok' });
});

test('what the others saw before this tablet had a key is asked for once it has one', async ({ page }) => {
  const mac = await openPseudonymKey(server.pseudonymKey(server.today));
  const pseudonym = await pseudonymOf('city', { list: 7, index: 4242 }, mac);
  const minute = Math.floor(server.house.nowSeconds / 60) - 4;
  server.sightings = [{ day: server.today, pseudonym, minute, gate: 'gate-2', direction: 'in' }];
  server.givesDayKeys = false;
  await openTablet(page);
  server.givesDayKeys = true;
  await page.evaluate(() => window.sealedTablet.refresh());
  expect(await scan(page, await server.issuer.issue())).toMatchObject({ reason: 'seen-before' });
});

test('a log with a hole drains: what stands before it, then what stands behind it', async ({ page }) => {
  await openTablet(page);
  server.isDown = true;
  for (const text of ['1', '2', '3', '4', '5']) await scan(page, text);
  await page.evaluate(async ({ site, device, epoch }) => {
    const database = await window.log.openDatabase();
    await database.delete('records', [site, device, epoch, 3]);
    database.close();
  }, IDENTITY);
  server.isDown = false;
  await page.evaluate(() => window.sealedTablet.refresh());
  await expect
    .poll(() => server.envelopes().map(({ seq }) => seq), { timeout: 15_000 })
    .toEqual([1, 2, 4, 5]);
  const [, behind] = server.batches;
  expect([behind?.head.from, behind?.lastReceipt === null]).toEqual([4, false]);
});

test('what waits can be saved as a file: signed batches as they would be sent, and nothing leaves', async ({
  page,
}) => {
  await openTablet(page);
  expect(await page.evaluate(() => window.sealedTablet.exportWaiting())).toBeNull();
  server.isDown = true;
  for (const text of ['1', '2', '3']) await scan(page, text);
  const bytes = await page.evaluate(async () => {
    const file = await window.sealedTablet.exportWaiting();
    return file === null ? [] : [...new Uint8Array(await file.arrayBuffer())];
  });
  expect(await page.evaluate(() => window.sealedTablet.state.waiting)).toBe(3);
  const cbor = parseCbor(new Uint8Array(bytes), { maxDepth: 3 });
  if (!cbor.ok || !isCborArray(cbor.value)) throw new Error('not a file of records');
  const [form, batches] = cbor.value;
  expect(form).toBe('gatelight-records-1');
  if (!isCborArray(batches)) throw new Error('no batches');
  const parsed = batches.map((batch) => (isCborBytes(batch) ? parseSealedBatch(batch) : null));
  expect(parsed.map((batch) => batch?.ok && [batch.value.head.from, batch.value.head.to])).toEqual([[1, 3]]);
});

test('the first record of an epoch marks it, whoever has begun the epoch', async ({ page }) => {
  await openTablet(page);
  await scan(page, 'one');
  // As the service worker does after a fork: it has no place for a mark.
  await page.evaluate(async (identity) => {
    const database = await window.log.openDatabase();
    await window.log.writePosition(database, { ...identity, epoch: 2 });
    database.close();
  }, IDENTITY);
  expect(await page.evaluate(() => window.log.readLogMark()?.epoch)).toBe(1);
  expect(await scan(page, 'two')).toMatchObject({ kind: 'recorded', seq: 1 });
  expect(await page.evaluate(() => window.log.readLogMark()?.epoch)).toBe(2);
});

test("an idle tab sends what another tab's record left to it", async ({ page, context }) => {
  await openTablet(page);
  const other = await context.newPage();
  await openLogPage(other);
  await openTablet(other);
  // The other tab writes and does not send.
  await other.evaluate(() => {
    navigator.locks.request = ((name: string, ...rest: [never, never]) =>
      name === 'gatelight-sync'
        ? (rest[1] as (lock: null) => unknown)(null)
        : LockManager.prototype.request.call(navigator.locks, name, ...rest)) as LockManager['request'];
  });
  await scan(other, 'one');
  await expect.poll(() => server.envelopes().length, { timeout: 5000 }).toBe(1);
});
