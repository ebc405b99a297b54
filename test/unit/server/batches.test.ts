// Batches through the whole server: HTTP, parsing, PostgreSQL, receipt. What is believed is only what the receipt's
// signature covers and what lies in the tables.

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { encodeBatch } from '../../../src/core/log/batch.ts';
import { type LogIdentity, MAX_BATCH_BYTES, MAX_ENVELOPE_BYTES } from '../../../src/core/log/envelope.ts';
import { signReceipt, verifyReceipt } from '../../../src/core/log/receipt.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import { type EnrolledTablet, enrolOver, sendSigned } from '../../support/enrolled-tablet.ts';
import { openFaultyProxy } from '../../support/faulty-proxy.ts';
import {
  batchOf,
  deviceOf,
  envelopeOf,
  hashOf,
  scanOf,
  scansBatch,
  TEST_MINUTE,
} from '../../support/test-batch.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation, type TestStation } from '../../support/test-station.ts';

const NOW_MS = TEST_MINUTE * 60_000;
const ours: LogIdentity = { site: 'lindenhof', device: deviceOf(7), epoch: 1 };

let station: TestStation;
let server: TestServer;
let tablet: EnrolledTablet;

beforeEach(async () => {
  station = await createTestStation(NOW_MS / 1000);
  server = await startTestServer({ station, nowMs: () => NOW_MS });
  tablet = await enrolOver(server, { site: 'lindenhof', gate: 'gate-1' }, await testEd25519Device(7));
});
afterEach(() => server.close());
afterAll(closeTestCluster);

/** Straight to the server, or by another way to it. */
const post = (body: Bytes, site = 'lindenhof', type = 'application/cbor', by: { origin: string } = server) =>
  sendSigned(by, tablet, { method: 'POST', target: `/api/sites/${site}/batches`, body, type }, NOW_MS / 1000);

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
    const receipt = await receiptOf(await post(scansBatch(ours, 1, 3)));
    expect(receipt).toMatchObject({
      ...ours,
      upTo: 3,
      head: hex(envelopeOf(ours, 3)),
      quarantined: [],
      serverTime: NOW_MS / 1000,
    });
    expect(await server.storedScans()).toEqual([1, 2, 3].map((seq) => `${ours.device} 1 ${seq}`));
  });

  it('is there once when its answer was lost', async () => {
    const network = await openFaultyProxy(server.port);
    await network.setWeather('answer-lost');
    const lost = post(scansBatch(ours, 1, 3), 'lindenhof', 'application/cbor', network);
    await expect(lost).rejects.toThrow();
    await network.close();
    expect(await server.storedScans()).toHaveLength(3);
    expect((await receiptOf(await post(scansBatch(ours, 1, 4)))).upTo).toBe(4);
    expect(await server.storedScans()).toHaveLength(4);
  });

  it('is kept byte for byte', async () => {
    await receiptOf(await post(scansBatch(ours, 1, 1)));
    const [row] = await server.query('SELECT envelope, hash FROM scan');
    expect(new Uint8Array(row?.envelope as Uint8Array)).toEqual(envelopeOf(ours, 1));
    expect(new Uint8Array(row?.hash as Uint8Array)).toEqual(hashOf(envelopeOf(ours, 1)));
  });
});

describe('what is quarantined and receipted while the rest goes through', () => {
  const good = [envelopeOf(ours, 1), envelopeOf(ours, 3)] as const;
  const strangers: readonly (readonly [string, Bytes])[] = [
    ['envelope-cbor', utf8ToBytes('noise')],
    ['envelope-too-large', new Uint8Array(MAX_ENVELOPE_BYTES + 1)],
    ['other-identity', envelopeOf({ ...ours, device: deviceOf(8) }, 2)],
    ['other-identity', envelopeOf({ ...ours, site: 'elsewhere' }, 2)],
    ['other-identity', envelopeOf({ ...ours, epoch: 2 }, 2)],
    ['other-identity', envelopeOf(ours, 5)],
    ['absurd-day', envelopeOf(ours, 2, scanOf(), '2019-12-31')],
    ['absurd-day', envelopeOf(ours, 2, scanOf(), '2027-04-07')],
  ];
  it.each(strangers)('%s', async (why, stranger) => {
    const receipt = await receiptOf(await post(encodeBatch(batchOf(ours, 1, [good[0], stranger, good[1]]))));
    expect(receipt).toMatchObject({ upTo: 3, head: hex(good[1]), quarantined: [[2, hex(stranger)]] });
    expect(await server.storedScans()).toEqual([`${ours.device} 1 1`, `${ours.device} 1 3`]);
    const [row] = await server.query(
      'SELECT site_id, device_id, epoch, seq, kind, why, envelope FROM quarantine',
    );
    expect(row).toMatchObject({
      site_id: 'lindenhof',
      device_id: ours.device,
      epoch: 1,
      seq: 2,
      kind: 'unreadable',
      why,
    });
    expect(new Uint8Array(row?.envelope as Uint8Array)).toEqual(stranger);
  });

  it('days at the bounds are none of it', async () => {
    const envelopes = [
      envelopeOf(ours, 1, scanOf(), '2020-01-01'),
      envelopeOf(ours, 2, scanOf(), '2027-04-06'),
    ];
    expect((await receiptOf(await post(encodeBatch(batchOf(ours, 1, envelopes))))).quarantined).toEqual([]);
  });
});

describe('a gap', () => {
  it('is refused with what we have', async () => {
    await receiptOf(await post(scansBatch(ours, 1, 2)));
    expect(await errorOf(await post(scansBatch(ours, 4, 5)))).toEqual([409, { error: 'gap', upTo: 2 }]);
    expect(await server.storedScans()).toHaveLength(2);
  });

  it('is taken, with an alarm, for our own receipt of the record before it', async () => {
    const { bytes } = await receiptOf(await post(scansBatch(ours, 1, 4)));
    await server.query('DELETE FROM scan; DELETE FROM device_head; DELETE FROM hourly');
    expect((await receiptOf(await post(scansBatch(ours, 5, 6, bytes)))).upTo).toBe(6);
    expect(await server.query('SELECT kind, first_seq, last_seq FROM alarm')).toMatchObject([
      { kind: 'gap', first_seq: 1, last_seq: 4 },
    ]);
  });

  it('is not taken for any other receipt', async () => {
    const head = hashOf(envelopeOf(ours, 4));
    const right = { ...ours, upTo: 4, head, quarantined: [], serverTime: NOW_MS / 1000 };
    const stranger = await createSigner(new Uint8Array(32).fill(9));
    const wrong = [
      await signReceipt(right, stranger),
      await signReceipt({ ...right, upTo: 3 }, station.receiptSigner),
      await signReceipt({ ...right, epoch: 2 }, station.receiptSigner),
      await signReceipt({ ...right, device: deviceOf(8) }, station.receiptSigner),
      await signReceipt({ ...right, site: 'elsewhere' }, station.receiptSigner),
      utf8ToBytes('a receipt, honestly'),
    ];
    for (const receipt of wrong) {
      expect(await errorOf(await post(scansBatch(ours, 5, 6, receipt)))).toEqual([
        409,
        { error: 'gap', upTo: 0 },
      ]);
    }
    expect((await post(scansBatch(ours, 5, 6, await signReceipt(right, station.receiptSigner)))).status).toBe(
      200,
    );
  });

  it('is taken for a receipt that reaches further than the record before it', async () => {
    const further = { ...ours, upTo: 9, head: hashOf(envelopeOf(ours, 9)), quarantined: [], serverTime: 1 };
    const receipt = await signReceipt(further, station.receiptSigner);
    expect((await post(scansBatch(ours, 5, 6, receipt))).status).toBe(200);
  });
});

describe('what is no batch', () => {
  it('gets its code and stores nothing', async () => {
    const ofAnotherSite = scansBatch({ ...ours, site: 'elsewhere' }, 1, 1);
    const wrongHead = encodeBatch({ ...batchOf(ours, 1, [envelopeOf(ours, 1)]), head: new Uint8Array(32) });
    expect(await errorOf(await post(utf8ToBytes('hello')))).toEqual([400, { error: 'batch-cbor' }]);
    expect(await errorOf(await post(ofAnotherSite))).toEqual([400, { error: 'batch-site' }]);
    expect(await errorOf(await post(wrongHead))).toEqual([400, { error: 'batch-head' }]);
    expect(await errorOf(await post(ofAnotherSite, 'elsewhere'))).toEqual([
      401,
      { error: 'signature-wrong' },
    ]);
    expect(await errorOf(await post(scansBatch(ours, 1, 1), 'lindenhof', 'text/plain'))).toEqual([
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
    const envelopes = [
      envelopeOf(ours, 1),
      envelopeOf(
        ours,
        2,
        scanOf({ verdict: 'check', reason: 'yellow', minute: TEST_MINUTE + 1, gate: 'gate-2' }),
      ),
      envelopeOf(ours, 3, {
        kind: 'decision',
        minute: TEST_MINUTE + 1,
        gate: 'gate-2',
        direction: 'in',
        decision: 'let-in',
        refersTo: 2,
      }),
      envelopeOf(ours, 4, scanOf({ minute: TEST_MINUTE + 60 })),
      utf8ToBytes('noise'),
    ];
    await receiptOf(await post(encodeBatch(batchOf(ours, 1, envelopes))));
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
        { shortId: '0000', gate: 'gate-1', lastSeenAt: NOW_MS / 1000, forks: 0, gaps: 0, quarantined: 1 },
      ],
    });
  });

  it('holds the latest 50 of many, and no pseudonym', async () => {
    const envelopes = Array.from({ length: 120 }, (_, at) =>
      envelopeOf(ours, at + 1, scanOf({ minute: TEST_MINUTE - 200 + at })),
    );
    await receiptOf(await post(encodeBatch(batchOf(ours, 1, envelopes))));
    const text = JSON.stringify(await today());
    const { latest } = JSON.parse(text);
    expect(latest.map(({ minute }: { minute: number }) => minute)).toEqual(
      Array.from({ length: 50 }, (_, at) => TEST_MINUTE - 81 - at),
    );
    expect(text).not.toContain('pseudony');
    expect(text).not.toContain(encodeHex(utf8ToBytes('pseudony')));
    expect(text).not.toContain(ours.device);
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
    await receiptOf(await post(scansBatch(ours, 1, 1)));
    await read('event: changed');
    await server.stop();
    await expect(read('never said')).rejects.toThrow();
  });
});

describe('the log', () => {
  it('has a line for each request and nothing of a person in it', async () => {
    await receiptOf(await post(scansBatch(ours, 1, 3)));
    await post(utf8ToBytes('hello'), 'some-person');
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
    for (const line of lines) expect(line).not.toMatch(/some-person|127\.0\.0\.1|::1|0{20}/);
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
