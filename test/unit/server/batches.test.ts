// Batches through the whole server: HTTP, parsing, PostgreSQL, receipt. What is believed is only what the receipt's
// signature covers and what lies in the tables.

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { MAX_BATCH_BYTES } from '../../../src/core/log/envelope.ts';
import { signReceipt, verifyReceipt } from '../../../src/core/log/receipt.ts';
import { signBatch } from '../../../src/core/log/sealed/batch.ts';
import { sealKeyOf } from '../../../src/core/log/sealed/day-keys.ts';
import {
  encodeSealedEnvelope,
  MAX_SEALED_ENVELOPE_BYTES,
  parseSealedEnvelope,
  type SealedEnvelope,
} from '../../../src/core/log/sealed/envelope.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import { type EnrolledLog, enrolLog, sendBatch } from '../../support/enrolled-log.ts';
import { openFaultyProxy } from '../../support/faulty-proxy.ts';
import { createSealedTablet, type SealedTablet, sealAs, testSealKey } from '../../support/sealed-tablet.ts';
import { deviceOf, hashOf, scanOf, TEST_MINUTE } from '../../support/test-batch.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation, type TestStation } from '../../support/test-station.ts';

const NOW_MS = TEST_MINUTE * 60_000;

let station: TestStation;
let server: TestServer;
let tablet: EnrolledLog;
let log: SealedTablet;

beforeEach(async () => {
  station = await createTestStation(NOW_MS / 1000);
  server = await startTestServer({ station, nowMs: () => NOW_MS });
  const receiptKey = station.receiptSigner.publicKey;
  const world = { server, receiptKey, site: 'lindenhof', nowSeconds: () => NOW_MS / 1000 };
  tablet = await enrolLog(world, await testEd25519Device(7), 'gate-1');
  log = tablet.log;
});
afterEach(() => server.close());
afterAll(closeTestCluster);

const post = (body: Bytes, options: { site?: string; type?: string } = {}, by: { origin: string } = server) =>
  sendBatch(by, tablet, body, NOW_MS / 1000, options);

/** Scans up to number `to`, and the batch of those from `from` on. */
async function scans(from: number, to: number, lastReceipt: Bytes | null = null): Promise<Bytes> {
  while (log.envelopes.length < to) await log.add(scanOf());
  return log.batch(from, to, lastReceipt);
}
const envelope = (seq: number): Bytes => log.envelopes[seq - 1] ?? new Uint8Array();
const names = (...seqs: readonly number[]) => seqs.map((seq) => `${log.identity.device} 1 ${seq}`);

async function receiptOf(answer: Response) {
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  expect(answer.headers.get('Content-Type')).toBe('application/cose');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const receipt = await verifyReceipt(bytes, [station.receiptSigner.publicKey], await chooseEngine());
  if (!receipt.ok) throw new Error(receipt.error);
  const { head, quarantined, ...rest } = receipt.value;
  const listed = quarantined.map(({ seq, hash }) => [seq, encodeHex(hash)]);
  return { ...rest, head: encodeHex(head), quarantined: listed, bytes };
}

const errorOf = async (answer: Response) => [answer.status, await answer.json()];
const hex = (bytes: Bytes) => encodeHex(hashOf(bytes));

describe('a batch', () => {
  it('is answered by a signed receipt, and is in the table', async () => {
    const receipt = await receiptOf(await post(await scans(1, 3)));
    expect(receipt).toMatchObject({
      ...log.identity,
      upTo: 3,
      head: hex(envelope(3)),
      quarantined: [],
      serverTime: NOW_MS / 1000,
    });
    expect(await server.storedScans()).toEqual(names(1, 2, 3));
  });

  it('is there once when its answer was lost', async () => {
    const network = await openFaultyProxy(server.port);
    await network.setWeather('answer-lost');
    await expect(post(await scans(1, 3), {}, network)).rejects.toThrow();
    await network.close();
    expect(await server.storedScans()).toHaveLength(3);
    expect((await receiptOf(await post(await scans(1, 4)))).upTo).toBe(4);
    expect(await server.storedScans()).toHaveLength(4);
  });

  it('is kept byte for byte, with what its tablet signed and the receipt that it got', async () => {
    const { bytes } = await receiptOf(await post(await scans(1, 1)));
    const [row] = await server.query('SELECT s.envelope, s.hash, b.receipt FROM scan s, batch b');
    expect(new Uint8Array(row?.envelope as Uint8Array)).toEqual(envelope(1));
    expect(new Uint8Array(row?.hash as Uint8Array)).toEqual(hashOf(envelope(1)));
    expect(new Uint8Array(row?.receipt as Uint8Array)).toEqual(bytes);
  });

  it('of another tablet counts for nothing, whoever brings it', async () => {
    const stranger = await createSealedTablet(9);
    await stranger.add(scanOf());
    expect(await errorOf(await post(await stranger.batch(1)))).toEqual([400, { error: 'batch-signature' }]);
    const forged = await signBatch(log.identity, 1, stranger.envelopes, null, stranger.signer);
    expect(await errorOf(await post(forged))).toEqual([400, { error: 'batch-signature' }]);
    expect(await server.storedScans()).toEqual([]);
  });
});

describe('what is quarantined and receipted while the rest goes through', () => {
  const changed = (change: Partial<SealedEnvelope>): Bytes => {
    const parsed = parseSealedEnvelope(envelope(2));
    if (!parsed.ok) throw new Error(parsed.error);
    return encodeSealedEnvelope({ ...parsed.value, ...change });
  };
  const strangers: readonly (readonly [string, () => Bytes])[] = [
    ['envelope-cbor', () => utf8ToBytes('noise')],
    ['envelope-too-large', () => new Uint8Array(MAX_SEALED_ENVELOPE_BYTES + 1)],
    ['other-identity', () => changed({ device: deviceOf(8) })],
    ['other-identity', () => changed({ site: 'elsewhere' })],
    ['other-identity', () => changed({ epoch: 2 })],
    ['other-identity', () => changed({ seq: 5 })],
    ['absurd-day', () => changed({ day: '2019-12-31' })],
    ['absurd-day', () => changed({ day: '2027-04-07' })],
  ];
  it.each(strangers)('%s', async (why, make) => {
    await scans(1, 3);
    const stranger = make();
    log.envelopes.splice(1, 1, stranger);
    const receipt = await receiptOf(await post(await log.batch(1)));
    expect(receipt).toMatchObject({ upTo: 3, head: hex(envelope(3)), quarantined: [[2, hex(stranger)]] });
    expect(await server.storedScans()).toEqual(names(1, 3));
    const [row] = await server.query(
      'SELECT site_id, device_id, epoch, seq, kind, why, envelope FROM quarantine',
    );
    expect(row).toMatchObject({
      site_id: 'lindenhof',
      device_id: log.identity.device,
      epoch: 1,
      seq: 2,
      kind: 'unreadable',
      why,
    });
    expect(new Uint8Array(row?.envelope as Uint8Array)).toEqual(stranger);
  });

  it('days at the bounds are none of it', async () => {
    await scans(1, 2);
    log.envelopes.splice(1, 1, changed({ day: '2027-04-06' }));
    expect((await receiptOf(await post(await log.batch(1)))).quarantined).toEqual([]);
    log.envelopes.splice(1, 1, changed({ day: '2020-01-01' }));
    expect((await receiptOf(await post(await log.batch(1)))).quarantined).toHaveLength(1);
    expect(await server.query('SELECT why FROM quarantine')).toMatchObject([{ why: 'number-taken' }]);
  });
});

describe('a gap', () => {
  it('is taken, with an alarm, when this server was set back', async () => {
    const { bytes } = await receiptOf(await post(await scans(1, 4)));
    await server.query('DELETE FROM scan; DELETE FROM device_head; DELETE FROM hourly; DELETE FROM batch');
    expect((await receiptOf(await post(await scans(5, 6, bytes)))).upTo).toBe(6);
    expect(await server.query('SELECT kind, first_seq, last_seq FROM alarm')).toMatchObject([
      { kind: 'gap', first_seq: 1, last_seq: 4 },
    ]);
  });

  it('is a hole for any receipt that is not ours, or not of this log', async () => {
    await scans(1, 10);
    const right = { ...log.identity, upTo: 1, head: hashOf(envelope(1)), quarantined: [], serverTime: 1 };
    const stranger = await createSigner(new Uint8Array(32).fill(9));
    const wrong = [
      await signReceipt({ ...right, upTo: 2 }, stranger),
      await signReceipt({ ...right, upTo: 4, epoch: 2 }, station.receiptSigner),
      await signReceipt({ ...right, upTo: 6, device: deviceOf(8) }, station.receiptSigner),
      utf8ToBytes('a receipt, honestly'),
    ];
    for (const [at, receipt] of wrong.entries())
      expect((await post(await scans(3 + 2 * at, 3 + 2 * at, receipt))).status).toBe(200);
    expect(await server.query('SELECT kind, first_seq FROM alarm ORDER BY first_seq')).toMatchObject([
      { kind: 'hole', first_seq: 1 },
      { kind: 'hole', first_seq: 4 },
      { kind: 'hole', first_seq: 6 },
      { kind: 'hole', first_seq: 8 },
    ]);
  });
});

describe('what is no batch', () => {
  it('gets its code and stores nothing', async () => {
    const elsewhere = await sealAs({ ...log.identity, site: 'elsewhere' }, log.signer, async (day) =>
      sealKeyOf(await testSealKey(day, 'elsewhere')),
    );
    await elsewhere.add(scanOf());
    const ofAnotherSite = await elsewhere.batch(1);
    const inClear = encodeCbor([1, 'lindenhof', log.identity.device, 1, 1, 1, new Uint8Array(32), [], null]);
    expect(await errorOf(await post(utf8ToBytes('hello')))).toEqual([400, { error: 'batch-cbor' }]);
    expect(await errorOf(await post(inClear))).toEqual([400, { error: 'batch-shape' }]);
    expect(await errorOf(await post(ofAnotherSite))).toEqual([400, { error: 'batch-site' }]);
    expect(await errorOf(await post(ofAnotherSite, { site: 'elsewhere' }))).toEqual([
      401,
      { error: 'signature-wrong' },
    ]);
    expect(await errorOf(await post(await scans(1, 1), { type: 'text/plain' }))).toEqual([
      415,
      { error: 'not-cbor' },
    ]);
    expect(await errorOf(await post(new Uint8Array(MAX_BATCH_BYTES + 1)))).toEqual([
      413,
      { error: 'body-too-large' },
    ]);
    expect(await server.storedScans()).toEqual([]);
  });
});

describe('the report of the day', () => {
  const today = async () => (await server.askAsOwner('/api/sites/lindenhof/days/today')).json();

  it('counts what came and shows decisions beside their scans', async () => {
    await log.add(scanOf());
    await log.add(scanOf({ verdict: 'check', reason: 'yellow', minute: TEST_MINUTE + 1, gate: 'gate-2' }));
    await log.add({
      kind: 'decision',
      minute: TEST_MINUTE + 1,
      gate: 'gate-2',
      direction: 'in',
      decision: 'let-in',
      refersTo: 2,
    });
    await log.add(scanOf({ minute: TEST_MINUTE + 60 }));
    log.envelopes.push(utf8ToBytes('noise'));
    await receiptOf(await post(await log.batch(1)));
    expect(await today()).toMatchObject({
      site: { id: 'lindenhof', timeZone: 'Europe/Berlin', dayStartMinutes: 240 },
      day: '2026-03-02',
      now: NOW_MS / 1000,
      hours: [
        { gate: 'gate-1', direction: 'in', hour: 8, verdict: 'admit', count: 1 },
        { gate: 'gate-2', direction: 'in', hour: 8, verdict: 'check', count: 1 },
        { gate: 'gate-1', direction: 'in', hour: 9, verdict: 'admit', count: 1 },
      ],
      weekBefore: [],
      reasons: [
        { reason: 'ok', verdict: 'admit', count: 2 },
        { reason: 'yellow', verdict: 'check', count: 1 },
      ],
      latest: [
        { minute: TEST_MINUTE + 60, gate: 'gate-1', verdict: 'admit', reason: 'ok', decision: null },
        { minute: TEST_MINUTE + 1, gate: 'gate-2', verdict: 'check', reason: 'yellow', decision: 'let-in' },
        { minute: TEST_MINUTE, gate: 'gate-1', verdict: 'admit', reason: 'ok', decision: null },
      ],
      tablets: [
        {
          shortId: log.identity.device.slice(0, 4),
          gate: 'gate-1',
          lastSeenAt: NOW_MS / 1000,
          forks: 0,
          gaps: 0,
          quarantined: 1,
        },
      ],
    });
  });

  it('holds the latest 50 of many, and no pseudonym', async () => {
    for (let at = 0; at < 120; at++) await log.add(scanOf({ minute: TEST_MINUTE - 200 + at }));
    await receiptOf(await post(await log.batch(1)));
    const text = JSON.stringify(await today());
    const { latest } = JSON.parse(text);
    expect(latest.map(({ minute }: { minute: number }) => minute)).toEqual(
      Array.from({ length: 50 }, (_, at) => TEST_MINUTE - 81 - at),
    );
    expect(text).not.toContain('pseudony');
    expect(text).not.toContain(encodeHex(utf8ToBytes('pseudony')));
    expect(text).not.toContain(log.identity.device);
  });

  it('is announced to who listens, and the stream ends when the server stops', async () => {
    const answer = await server.askAsOwner('/api/sites/lindenhof/days/today/events');
    expect(answer.headers.get('Content-Type')).toBe('text/event-stream');
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const read = async (wanted: string) => {
      let text = '';
      while (!text.includes(wanted)) {
        const part = await reader?.read();
        if (part === undefined || part.done) throw new Error(`ended after ${text}`);
        text += part.value;
      }
    };
    await read('event: hello');
    await receiptOf(await post(await scans(1, 1)));
    await read('event: changed');
    await server.stop();
    await expect(read('never said')).rejects.toThrow();
  });
});

describe('the log', () => {
  it('has a line for each request and nothing of a person in it', async () => {
    await receiptOf(await post(await scans(1, 3)));
    await post(utf8ToBytes('hello'), { site: 'some-person' });
    await server.askAsOwner('/api/sites/lindenhof/days/today?who=some-person');
    // Those before are of the enrolment.
    const events = server.events.slice(-3);
    const lines = events.map((event) => JSON.stringify(event));
    expect(events).toMatchObject([
      { kind: 'request', method: 'POST', route: '/api/sites/:site/batches', status: 200 },
      { kind: 'request', method: 'POST', route: '/api/sites/:site/batches', status: 401 },
      { kind: 'request', method: 'GET', route: '/api/sites/:site/days/today', status: 200 },
    ]);
    for (const event of events) expect(event.kind === 'request' && event.bytes).toBeGreaterThan(10);
    for (const line of lines) expect(line).not.toMatch(/some-person|127\.0\.0\.1|::1|[0-9a-f]{20}/);
    expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual([
      'kind',
      'method',
      'route',
      'ms',
      'status',
      'bytes',
    ]);
  });
});
