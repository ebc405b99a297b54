// A tablet's signed request at a real server: over a real socket where fields are dropped or doubled, with a real database
// where something is to be remembered.

import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { type DeviceSigner, deviceKeyId } from '../../../../src/core/identity/device-key.ts';
import { verifyOrder } from '../../../../src/core/identity/device-order.ts';
import { signRotation } from '../../../../src/core/identity/key-rotation.ts';
import { verifyTimeAnswer } from '../../../../src/core/identity/time-answer.ts';
import { openDayKeys } from '../../../../src/core/log/sealed/day-key-message.ts';
import { boxKeyPairOf } from '../../../../src/core/nacl/box.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { type EnrolledTablet, enrolOver, fieldsFor, sendSigned } from '../../../support/enrolled-tablet.ts';
import { askAsOperator } from '../../../support/operator-fetch.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../../support/test-server.ts';
import { createTestStation, type TestStation } from '../../../support/test-station.ts';
import { TEST_SITE } from '../../../support/test-trust.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12);
const NOW = NOW_MS / 1000;
const YEAR = 365 * 86_400;
const SITE = TEST_SITE.id;
const GATE = TEST_SITE.gates[0]?.id ?? '';
const ORDERS = { method: 'GET', target: `/api/sites/${SITE}/orders` };
const DONE = { method: 'POST', target: `/api/sites/${SITE}/orders/done`, body: utf8ToBytes('wipe') };
const KEY = { method: 'POST', target: `/api/sites/${SITE}/key` };

let station: TestStation;
let server: TestServer;
let engine: Ed25519Engine;
let tablet: EnrolledTablet;
let seed = 40;

const anySigner = () => testEd25519Device(seed++);
const enrol = async (signer?: DeviceSigner) =>
  enrolOver(server, { site: SITE, gate: GATE }, signer ?? (await anySigner()));
const order = (device: string, what: string) =>
  askAsOperator(server.dataDir, 'POST', `/sites/${SITE}/devices/${device}/${what}`);

/** Days with their pseudonym keys, as the tablet opens them. */
async function dayKeysOf(who: EnrolledTablet): Promise<readonly { day: string; key: string }[]> {
  const pair = boxKeyPairOf(crypto.getRandomValues(new Uint8Array(32)));
  const nonce: Bytes = crypto.getRandomValues(new Uint8Array(16));
  const target = `/api/sites/${SITE}/day-keys`;
  const answer = await sendSigned(
    server,
    who,
    { method: 'POST', target, body: pair.publicKey, type: 'application/octet-stream' },
    NOW,
    nonce,
  );
  const own = { site: SITE, device: who.device, nonce };
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const opened = await openDayKeys(bytes, own, pair.secretKey, [station.receiptSigner.publicKey], engine);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value.pseudonymKeys.map(({ day, key }) => ({ day, key: encodeHex(key) }));
}

async function answerOf(sent: Promise<Response>): Promise<{ status: number; error?: unknown }> {
  const answer = await sent;
  if (answer.headers.get('Content-Type')?.startsWith('application/json') !== true)
    return { status: answer.status };
  return { status: answer.status, ...((await answer.json()) as { error: unknown }) };
}

beforeAll(async () => {
  engine = await chooseEngine();
  station = await createTestStation(NOW);
  server = await startTestServer({ station, nowMs: () => NOW_MS });
  tablet = await enrol();
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

describe('over a raw socket', () => {
  type Line = readonly [name: string, value: string];

  /** The status and the code of the answer. */
  const exchange = (lines: readonly Line[], target: string, body = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('error', reject).on('close', () => {
        const [, status = ''] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
        const [, code] = /"error":"([a-z-]+)"/.exec(text) ?? [];
        resolve(code === undefined ? status : `${status} ${code}`);
      });
      const fields = [['Host', `127.0.0.1:${server.port}`], ['Connection', 'close'], ...lines] as const;
      const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const method = body === '' ? 'GET' : 'POST';
      socket.write(
        `${method} ${target} HTTP/1.1\r\n${head}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`,
      );
    });
  const signed = async (
    request: { method: string; target: string; body?: Bytes } = ORDERS,
  ): Promise<Line[]> => Object.entries(await fieldsFor(tablet, request, NOW));

  it('is taken as it was signed, whatever the names’ case and order', async () => {
    expect(await exchange(await signed(), ORDERS.target)).toBe('204');
    const shouted = (await signed()).reverse().map(([name, value]): Line => [name.toUpperCase(), value]);
    expect(await exchange(shouted, ORDERS.target)).toBe('204');
  });

  it.each(['content-digest', 'signature-input', 'signature'])('is refused without %s', async (name) => {
    const left = (await signed()).filter(([field]) => field !== name);
    expect(await exchange(left, ORDERS.target)).toBe('401 field-missing');
  });

  it.each(['content-digest', 'signature-input', 'signature'])('is refused with %s twice', async (name) => {
    const fields = await signed();
    const again = fields.filter(([field]) => field === name);
    expect(await exchange([...fields, ...again], ORDERS.target)).toBe('401 field-doubled');
    const other = (await signed()).filter(([field]) => field === name);
    expect(await exchange([...other, ...fields], ORDERS.target)).toBe('401 field-doubled');
  });

  it.each([
    ['content-digest', 'digest-syntax'],
    ['signature-input', 'signature-several'],
    ['signature', 'signature-several'],
  ])('is refused with %s twice in one line', async (name, code) => {
    const joined = (await signed()).map(
      ([field, value]): Line => (field === name ? [field, `${value}, ${value}`] : [field, value]),
    );
    expect(await exchange(joined, ORDERS.target)).toBe(`401 ${code}`);
  });

  it.each([
    ['another query', `${ORDERS.target}?a=1`, '401 signature-wrong'],
    ['an empty query', `${ORDERS.target}?`, '401 request-target'],
    ['another spelling of the path', ORDERS.target.replace('orders', '%6frders'), '401 signature-wrong'],
    ['a longer way there', ORDERS.target.replace('/api/', '/api/./'), '401 request-target'],
  ])('is refused for %s', async (_, target, expected) => {
    expect(await exchange(await signed(), target)).toBe(expected);
  });

  it('is refused with any one byte of its body changed', async () => {
    const body = 'wipe';
    const request = { ...DONE, body: utf8ToBytes(body) };
    for (let at = 0; at < body.length; at++) {
      const changed = `${body.slice(0, at)}x${body.slice(at + 1)}`;
      expect(await exchange(await signed(request), DONE.target, changed)).toBe('401 digest-mismatch');
    }
    expect(await exchange(await signed(request), DONE.target, `${body}x`)).toBe('401 digest-mismatch');
    expect(await exchange(await signed(request), DONE.target, body)).toBe('409 order-unknown');
  });
});

describe('who it is', () => {
  it('tells a stranger nothing about which tablets exist', async () => {
    const stranger = await anySigner();
    const p256 = await testP256Device();
    const unknown = await answerOf(sendSigned(server, { ...tablet, signer: stranger }, ORDERS, NOW));
    expect(unknown).toEqual({ status: 401, error: 'signature-wrong' });
    // Under the name of a key that is known, with either algorithm, in time and out of it, with a wrong body.
    const forgeries = [stranger, p256].map(({ publicKey, sign }) => ({
      ...tablet,
      signer: { sign, publicKey: { ...tablet.signer.publicKey, algorithm: publicKey.algorithm } },
    }));
    for (const forged of [...forgeries, { ...tablet, signer: p256 }]) {
      expect(await answerOf(sendSigned(server, forged, ORDERS, NOW))).toEqual(unknown);
      expect(await answerOf(sendSigned(server, forged, ORDERS, NOW + YEAR))).toEqual(unknown);
    }
  });

  it('is nobody at another site', async () => {
    const elsewhere = { method: 'GET', target: '/api/sites/elsewhere/orders' };
    expect(await answerOf(sendSigned(server, tablet, elsewhere, NOW))).toEqual({
      status: 401,
      error: 'signature-wrong',
    });
  });

  it('is refused from its next request on when it was revoked, whatever it asks', async () => {
    const lost = await enrol();
    expect((await sendSigned(server, lost, ORDERS, NOW)).status).toBe(204);
    expect((await order(lost.device, 'revoke')).status).toBe(200);
    for (const request of [ORDERS, DONE, { ...KEY, body: utf8ToBytes('x') }])
      expect(await answerOf(sendSigned(server, lost, request, NOW))).toEqual({
        status: 403,
        error: 'device-revoked',
      });
  });

  it('holds no day key that is worth anything once it was revoked', async () => {
    const [staying, lost] = [await enrol(), await enrol()];
    const before = await dayKeysOf(staying);
    expect(await dayKeysOf(lost)).toEqual(before);
    await order(lost.device, 'revoke');
    const after = await dayKeysOf(staying);
    expect(after.map(({ day }) => day)).toEqual(before.map(({ day }) => day));
    const today = before.filter(({ day }) => day >= '2026-03-02');
    expect(today.length).toBeGreaterThan(0);
    const known = new Set(today.map(({ key }) => key));
    expect(after.filter(({ key }) => known.has(key))).toEqual([]);
  });

  it('leaves the others other day keys too once it says that it wiped itself', async () => {
    const [staying, wiped] = [await enrol(), await enrol()];
    const before = (await dayKeysOf(staying)).filter(({ day }) => day >= '2026-03-02');
    await order(wiped.device, 'wipe');
    expect((await sendSigned(server, wiped, DONE, NOW)).status).toBe(204);
    const known = new Set(before.map(({ key }) => key));
    expect((await dayKeysOf(staying)).filter(({ key }) => known.has(key))).toEqual([]);
  });

  it('may come back by a new enrolment, under the same id', async () => {
    const lost = await enrol();
    await order(lost.device, 'revoke');
    const again = await enrol(lost.signer);
    expect(again).toMatchObject({ device: lost.device, epoch: 2 });
    expect((await sendSigned(server, again, ORDERS, NOW)).status).toBe(204);
  });
});

describe('a request that was taken', () => {
  it('is not taken again, after a restart of the server either', async () => {
    const nonce: Bytes = crypto.getRandomValues(new Uint8Array(16));
    const send = () => sendSigned(server, tablet, ORDERS, NOW, nonce);
    expect((await send()).status).toBe(204);
    expect(await answerOf(send())).toEqual({ status: 401, error: 'nonce-replayed' });
    await server.stop();
    await server.startAgain();
    expect(await answerOf(send())).toEqual({ status: 401, error: 'nonce-replayed' });
  });

  it('is taken once of many at a time', async () => {
    const nonce: Bytes = crypto.getRandomValues(new Uint8Array(16));
    const sent = Array.from({ length: 12 }, () => sendSigned(server, tablet, ORDERS, NOW, nonce));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(11);
  });

  it('is one of so many in its time', async () => {
    const busy = await enrol();
    const keyId = await deviceKeyId(busy.signer.publicKey);
    await server.query(
      `INSERT INTO request_nonce (site_id, key_id, nonce, expires_at)
       SELECT '${SITE}', '${keyId}', decode(lpad(to_hex(n), 32, '0'), 'hex'), to_timestamp(${NOW + 300}) FROM generate_series(1, 2000) AS n`,
    );
    const answer = await sendSigned(server, busy, ORDERS, NOW);
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '60']);
    expect(await answer.json()).toEqual({ error: 'nonce-too-many' });
    expect((await sendSigned(server, tablet, ORDERS, NOW)).status).toBe(204);
  });

  it('is not longer than its route allows', async () => {
    const body = new Uint8Array(4097);
    expect(await answerOf(sendSigned(server, tablet, { ...DONE, body }, NOW))).toEqual({
      status: 413,
      error: 'body-too-large',
    });
  });
});

describe('a tablet whose clock is wrong', () => {
  it.each([YEAR, -YEAR, 10 * YEAR, 301, -301])('by %i seconds goes on by the signed time', async (off) => {
    const nonce: Bytes = crypto.getRandomValues(new Uint8Array(16));
    const refused = await sendSigned(server, tablet, ORDERS, NOW + off, nonce);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('Content-Type')).toBe('application/cose');
    const offset = await verifyTimeAnswer(
      new Uint8Array(await refused.arrayBuffer()),
      { nonce, createdSeconds: NOW + off, expiresSeconds: NOW + off + 300 },
      NOW + off,
      [station.parts.signers.time.publicKey],
      engine,
    );
    expect(offset).toEqual({ ok: true, value: -off });
    expect((await sendSigned(server, tablet, ORDERS, NOW + off - off)).status).toBe(204);
  });
});

describe('orders', () => {
  async function orderFor(who: EnrolledTablet, kind: 'wipe' | 'pin-reset') {
    const nonce: Bytes = crypto.getRandomValues(new Uint8Array(16));
    const answer = await sendSigned(server, who, ORDERS, NOW, nonce);
    const address = { site: SITE, device: who.device, nonce };
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return verifyOrder(kind, bytes, address, [station.receiptSigner.publicKey], engine);
  }
  const done = (who: EnrolledTablet, what: string) =>
    answerOf(sendSigned(server, who, { ...DONE, body: utf8ToBytes(what) }, NOW));

  it('a wipe: nothing but handing over is left, and then nothing', async () => {
    const leaving = await enrol();
    expect((await order(leaving.device, 'wipe')).json).toMatchObject({ state: 'leaving' });
    expect((await orderFor(leaving, 'wipe')).ok).toBe(true);
    const dayKeys = { method: 'POST', target: `/api/sites/${SITE}/day-keys`, body: utf8ToBytes('x') };
    expect(await answerOf(sendSigned(server, leaving, dayKeys, NOW))).toEqual({
      status: 403,
      error: 'device-leaving',
    });
    expect(await done(leaving, 'pin-reset')).toEqual({ status: 409, error: 'order-unknown' });
    expect(await done(leaving, 'wipe')).toEqual({ status: 204 });
    expect(await done(leaving, 'wipe')).toEqual({ status: 403, error: 'device-revoked' });
    const { json } = await askAsOperator(server.dataDir, 'GET', `/sites/${SITE}/devices`);
    const { devices } = json as { devices: { device: string; state: string }[] };
    expect(devices.find(({ device }) => device === leaving.device)?.state).toBe('wiped');
  });

  it('a new PIN: until it is done', async () => {
    const forgetful = await enrol();
    expect((await order(forgetful.device, 'pin-reset')).json).toMatchObject({ isPinResetOrdered: true });
    expect((await orderFor(forgetful, 'pin-reset')).ok).toBe(true);
    expect((await orderFor(forgetful, 'wipe')).ok).toBe(false);
    expect(await done(forgetful, 'pin-reset')).toEqual({ status: 204 });
    expect((await sendSigned(server, forgetful, ORDERS, NOW)).status).toBe(204);
  });

  it('are for tablets that are there, and not revoked', async () => {
    const lost = await enrol();
    await order(lost.device, 'revoke');
    expect((await order(lost.device, 'revoke')).status).toBe(200);
    expect(await order(lost.device, 'wipe')).toEqual({ status: 409, json: { error: 'device-revoked' } });
    expect(await order('0'.repeat(32), 'wipe')).toEqual({ status: 404, json: { error: 'device-unknown' } });
    const elsewhere = `/sites/elsewhere/devices/${tablet.device}/revoke`;
    expect((await askAsOperator(server.dataDir, 'POST', elsewhere)).status).toBe(404);
    expect((await sendSigned(server, tablet, ORDERS, NOW)).status).toBe(204);
  });
});

describe('a new key', () => {
  const rotate = (who: EnrolledTablet, body: Bytes) =>
    answerOf(sendSigned(server, who, { ...KEY, body }, NOW));

  it('stands beside the old one until it is first used', async () => {
    const before = await enrol();
    const next = await testP256Device();
    const after = { ...before, signer: next };
    const rotation = await signRotation(before, NOW, before.signer, next);
    expect(await rotate(before, rotation)).toEqual({ status: 200 });
    // The answer was lost: the same again.
    expect(await rotate(before, rotation)).toEqual({ status: 200 });
    expect((await sendSigned(server, before, ORDERS, NOW)).status).toBe(204);
    expect((await sendSigned(server, after, ORDERS, NOW)).status).toBe(204);
    expect(await answerOf(sendSigned(server, before, ORDERS, NOW))).toEqual({
      status: 401,
      error: 'key-replaced',
    });
    expect((await sendSigned(server, after, ORDERS, NOW)).status).toBe(204);
  });

  it('is one of so many that a tablet ever has', async () => {
    const greedy = await enrol();
    await server.query(
      `INSERT INTO device_key (site_id, key_id, device_id, public_key, since_at)
       SELECT '${SITE}', 'old-' || n, '${greedy.device}', decode(repeat('00', 32), 'hex'), now() FROM generate_series(1, 250) AS n`,
    );
    const rotation = await signRotation(greedy, NOW, greedy.signer, await anySigner());
    expect(await rotate(greedy, rotation)).toEqual({ status: 409, error: 'rotation-too-many' });
  });

  it('is refused when another tablet has it, when it was had before, and when it is no rotation', async () => {
    const first = await enrol();
    const second = await enrol();
    const taken = await signRotation(first, NOW, first.signer, second.signer);
    expect(await rotate(first, taken)).toEqual({ status: 409, error: 'rotation-known-key' });
    const foreign = await signRotation(second, NOW, second.signer, await anySigner());
    expect(await rotate(first, foreign)).toEqual({ status: 409, error: 'rotation-header' });
    expect(await rotate(first, utf8ToBytes('x'))).toEqual({ status: 409, error: 'rotation-cose' });
    expect((await sendSigned(server, first, ORDERS, NOW)).status).toBe(204);
  });
});
