// What a tablet that asks for day keys gets. That only an enrolled one may ask is the gatekeeper's, and tested there.

import { beforeAll, beforeEach, expect, it } from 'vitest';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { openDayKeys } from '../../../../src/core/log/sealed/day-key-message.ts';
import { boxKeyPairOf } from '../../../../src/core/nacl/box.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import {
  createGuardedRoutes,
  type GuardedRoutes,
  type TabletAtHand,
} from '../../../../src/server/access/guarded-routes.ts';
import { type DayKeyBook, openBookOn } from '../../../../src/server/day-keys/day-key-book.ts';
import { addDayKeyRoutes } from '../../../../src/server/day-keys/day-key-routes.ts';
import { chance, MemoryKeyFiles } from '../../../support/memory-key-files.ts';
import { testEd25519Device } from '../../../support/test-device.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12);
const SITE = { id: 'lindenhof', timeZone: 'Europe/Berlin', dayStartMinutes: 240 };
const DEVICE = '0123456789abcdef0123456789abcdef';
const tabletPair = boxKeyPairOf(chance(32));

let engine: Ed25519Engine;
let receipt: Signer;
let book: DayKeyBook;
let routes: GuardedRoutes;
let atHand: TabletAtHand;

beforeAll(async () => {
  engine = await chooseEngine();
  receipt = await createSigner(new Uint8Array(32).fill(4));
});

beforeEach(async () => {
  book = await openBookOn(new MemoryKeyFiles(), 'keys', chance, { monotonicMs: () => 0, say: () => {} });
  await book.look([{ site: SITE, seenBeforeWindowSeconds: 900, retentionDays: 7 }], NOW_MS);
  const { publicKey: key } = await testEd25519Device(1);
  atHand = {
    site: SITE.id,
    device: DEVICE,
    epoch: 1,
    key,
    keyId: 'k',
    gate: 'gate-1',
    nonce: chance(16),
    isLeaving: false,
    body: tabletPair.publicKey,
  };
  routes = createGuardedRoutes({
    tablet: async () => atHand,
    person: async (c) => c.json({ error: 'nobody' }, 401),
  });
  addDayKeyRoutes(routes, {
    dayKeys: book,
    trust: { signers: { receipt } },
    findSite: (id) => (id === SITE.id ? SITE : null),
    nowMs: () => NOW_MS,
  });
});

const ask = () => routes.app.request(`/sites/${atHand.site}/day-keys`, { method: 'POST' });

it('the site’s keys, sealed to its own, as an answer to this request', async () => {
  const answer = await ask();
  expect([answer.status, answer.headers.get('Content-Type'), answer.headers.get('Cache-Control')]).toEqual([
    200,
    'application/cose',
    'no-store',
  ]);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const own = { site: SITE.id, device: DEVICE, nonce: atHand.nonce };
  const opened = await openDayKeys(bytes, own, tabletPair.secretKey, [receipt.publicKey], engine);
  if (!opened.ok) throw new Error(opened.error);
  expect(opened.value.sealKeys).toEqual(
    book.sealKeys(SITE.id, '2026-03-02').map(({ day, publicKey }) => ({ day, publicKey })),
  );
  expect(opened.value.sealKeys).toHaveLength(36);
  expect(opened.value.pseudonymKeys).toEqual(book.pseudonymKeys(SITE.id));
  expect(opened.value.pseudonymKeys.map(({ day }) => day)).toEqual([
    '2026-03-02',
    '2026-03-03',
    '2026-03-04',
    '2026-03-05',
  ]);
  const secret = book.findSealKey(
    SITE.id,
    '2026-03-02',
    book.sealKeys(SITE.id, '2026-03-02')[0]?.name ?? chance(4),
  );
  expect(encodeHex(bytes)).not.toContain(encodeHex(secret?.secretKey ?? bytes));
});

it.each([0, 31, 33])('nothing for a body of %i bytes', async (length) => {
  atHand = { ...atHand, body: chance(length) };
  const answer = await ask();
  expect([answer.status, await answer.json()]).toEqual([400, { error: 'bad-box-key' }]);
});

it('nothing for a key whose box anybody could open', async () => {
  atHand = { ...atHand, body: new Uint8Array(32) };
  expect((await ask()).status).toBe(400);
});

it('nothing at a site that is none of ours, and none while it is ordered to wipe itself', async () => {
  atHand = { ...atHand, site: 'westtor' };
  expect((await ask()).status).toBe(404);
  atHand = { ...atHand, site: SITE.id, isLeaving: true };
  expect((await ask()).status).toBe(403);
});

it('is a route for tablets', () => {
  expect(routes.rows).toEqual([{ method: 'POST', path: '/sites/:site/day-keys', who: 'tablet' }]);
});
