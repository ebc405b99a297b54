// A whole tablet on a bare page, before a server that signs and hands out for real: what it takes in, what it refuses and
// says, how two tabs share one refresh, and how a clock that runs ahead is found out.

import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { parseHex } from '../../../src/core/bytes/hex.ts';
import { signTime } from '../../../src/core/trust/signed-time.ts';
import { createTestIssuer } from '../../support/test-issuer.ts';
import { TEST_SITE } from '../../support/test-trust.ts';
import { type Handed, TrustHouse } from '../../support/trust-house.ts';
import { openPage } from './open-page.ts';

const DAY = 86_400;

/** What stands at the other end of the line, and what it was asked for. */
class Server {
  readonly asked: string[] = [];
  handed: Handed;
  /** Holds every answer back until it is done. */
  gate: Promise<void> = Promise.resolve();
  isLoginPage = false;

  constructor(
    readonly house: TrustHouse,
    readonly context: BrowserContext,
  ) {
    this.handed = house.hand();
  }

  /** The server's clock is the house's. */
  async open(): Promise<void> {
    await this.context.route('**/api/**', async (route) => {
      const url = new URL(route.request().url());
      this.asked.push(url.pathname);
      await this.gate;
      if (this.isLoginPage) return route.fulfill({ contentType: 'text/html', body: '<h1>Sign in</h1>' });
      const found = url.pathname === '/api/time' ? await this.time(url) : this.file(url.pathname);
      return found === null
        ? route.fulfill({ status: 404, json: { error: 'not-found' } })
        : route.fulfill({ body: Buffer.from(found) });
    });
  }

  private file(path: string): Uint8Array | null {
    const { files, settings, listsByPlace } = this.handed;
    if (path === `/api/sites/${TEST_SITE.id}/settings`) return settings;
    const list = listsByPlace.get(path.replace('/api/status/', ''));
    return list ?? files.get(path.replace('/api/trust/', '')) ?? null;
  }

  private async time(url: URL): Promise<Uint8Array | null> {
    const nonce = parseHex(url.searchParams.get('nonce') ?? '');
    return nonce.ok ? signTime(nonce.value, this.house.nowSeconds, this.house.signers.time) : null;
  }
}

let house: TrustHouse;
let server: Server;

test.beforeEach(async ({ context }) => {
  house = await TrustHouse.open();
  const city = await createTestIssuer({ id: 'city' });
  house.issuersById.set('city', house.entryOf(city));
  await house.publish();
  await house.publishList('city');
  server = new Server(house, context);
  await server.open();
  await context.clock.setFixedTime(house.nowSeconds * 1000);
});

/** Opens the tablet as the page does, enrolled, and tells once its first refresh is over. */
async function openTablet(page: Page): Promise<void> {
  await openPage(page);
  await enrol(page);
  await page.evaluate(async () => {
    window.tablet = await window.memory.openTablet();
    await window.tablet.refresh();
  });
}

/** As an enrolment leaves it; it stays enrolled. */
async function enrol(page: Page): Promise<void> {
  const place = { site: TEST_SITE.id, device: '1'.repeat(32) };
  const rootHash = [...(await house.rootHash())];
  const serverKey = [...house.signers.receipt.publicKey];
  await page.evaluate(
    async ({ place, rootHash, serverKey }) => {
      const database = await window.memory.openDatabase();
      if ((await window.memory.readFact(database, 'identity')) === undefined) {
        await window.memory.writeFact(database, 'identity', {
          ...place,
          origin: location.origin,
          gate: 'gate-1',
          serverKey: new Uint8Array(serverKey),
          rootHash: new Uint8Array(rootHash),
          key: await window.memory.makeDeviceKey(Date.now() / 1000),
          nextKey: null,
          isRevoked: false,
          isWiping: false,
        });
        await window.memory.writePosition(database, { ...place, epoch: 1 });
      }
      database.close();
    },
    { place, rootHash, serverKey },
  );
}

const refresh = (page: Page) => page.evaluate(() => window.tablet.refresh());

const stateOf = (page: Page) =>
  page.evaluate(() => {
    const { trust, trustTrouble, network, clock } = window.tablet.state;
    const [issuer] = trust?.held.issuers ?? [];
    const lists = issuer === undefined || issuer.status === 'none' ? [] : [...issuer.status.values()];
    return {
      policy: trust?.held.policy.name ?? null,
      hasLists: lists.length > 0 && lists.every((list) => list !== null),
      trustTrouble,
      isReachable: network.isReachable,
      clock,
    };
  });

/** Later by so much, everything is signed anew. */
async function publishLater(seconds: number, policyName: string): Promise<void> {
  house.desk.nowSeconds += seconds;
  await house.publish();
  await house.publishList('city');
  await house.setPolicy({ name: policyName });
  server.handed = house.hand();
}

test('first and later: repository, settings and lists come, and are there without a server', async ({
  page,
  context,
}) => {
  await openTablet(page);
  const well = { hasLists: true, trustTrouble: null, isReachable: true, clock: 'good' };
  expect(await stateOf(page)).toEqual({ ...well, policy: 'Lindenhof rules' });
  await publishLater(60, 'Newer rules');
  await context.clock.setFixedTime(house.nowSeconds * 1000);
  await refresh(page);
  expect(await stateOf(page)).toEqual({ ...well, policy: 'Newer rules' });
  await context.unroute('**/api/**');
  await context.route('**/api/**', (route) => route.abort());
  await openTablet(page);
  expect(await stateOf(page)).toEqual({ ...well, policy: 'Newer rules', isReachable: false });
});

test('a login page is a server that is not there; an older repository is refused, and said', async ({
  page,
}) => {
  const older = house.hand();
  await publishLater(60, 'Newer rules');
  await openTablet(page);
  server.isLoginPage = true;
  await refresh(page);
  expect(await stateOf(page)).toMatchObject({
    policy: 'Newer rules',
    trustTrouble: null,
    isReachable: false,
  });
  server.isLoginPage = false;
  server.handed = older;
  await refresh(page);
  const { policy, trustTrouble } = await stateOf(page);
  expect([policy, trustTrouble]).toEqual(['Newer rules', expect.stringContaining('rollback')]);
  server.handed = house.hand();
  await refresh(page);
  expect((await stateOf(page)).trustTrouble).toBeNull();
});

test('of two tabs one asks, and the other takes what it brought', async ({ page, context }) => {
  await openTablet(page);
  const other = await context.newPage();
  await openTablet(other);
  await publishLater(60, 'Newer rules');
  let letGo = () => {};
  server.gate = new Promise((resolve) => {
    letGo = resolve;
  });
  server.asked.length = 0;
  const first = refresh(page);
  await expect.poll(() => server.asked.length).toBe(1);
  const second = refresh(other);
  await other.waitForTimeout(300);
  letGo();
  await Promise.all([first, second]);
  expect(server.asked.filter((path) => path.endsWith('/timestamp.json'))).toHaveLength(1);
  for (const tab of [page, other])
    await expect.poll(async () => (await stateOf(tab)).policy).toBe('Newer rules');
});

test('a clock a year ahead does not shut the tablet off, is found out, and is good one refresh after it is right', async ({
  page,
  context,
}) => {
  await openTablet(page);
  await context.clock.setFixedTime((house.nowSeconds + 365 * DAY) * 1000);
  await publishLater(3600, 'Newer rules');
  await refresh(page);
  expect(await stateOf(page)).toMatchObject({ policy: 'Newer rules', trustTrouble: null });
  await expect.poll(async () => (await stateOf(page)).clock, { timeout: 45_000 }).toBe('ahead');
  await context.clock.setFixedTime(house.nowSeconds * 1000);
  await refresh(page);
  await expect.poll(async () => (await stateOf(page)).clock, { timeout: 45_000 }).toBe('good');
});

test('a date that a stolen key set is undone by a root with other timestamp keys', async ({
  page,
  context,
}) => {
  await openTablet(page);
  const rightly = house.nowSeconds;
  house.desk.nowSeconds = rightly + 20 * DAY;
  await refresh(page);
  await openTablet(page);
  expect((await stateOf(page)).clock).toBe('behind');

  house.desk.nowSeconds = rightly + 3600;
  await context.clock.setFixedTime(house.nowSeconds * 1000);
  await house.desk.stageRoot(house.desk.keysOf(['anna', 'ben', 'carol'], ['server-2']));
  await house.publish('server-2');
  await house.setPolicy({ name: 'Newer rules' });
  server.handed = house.hand();
  await refresh(page);
  expect(await stateOf(page)).toMatchObject({ policy: 'Newer rules', trustTrouble: null });
  await openTablet(page);
  expect((await stateOf(page)).clock).toBe('good');
});
