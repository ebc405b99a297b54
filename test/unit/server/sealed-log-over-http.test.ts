// Two enrolled tablets and their server over HTTP and a real database: day keys, sealed batches, what the gates tell each
// other, the day's report, a file of waiting records, and the audit of the exported log.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCommand } from '../../../src/cli/audit.ts';
import { type Bytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import type { DayReport } from '../../../src/core/log/day-report.ts';
import { parseSightings } from '../../../src/core/log/sealed/sightings-message.ts';
import { enrolLog, type EnrolledLog as Tablet } from '../../support/enrolled-log.ts';
import { type EnrolledTablet, sendSigned } from '../../support/enrolled-tablet.ts';
import { hashOf, scanOf, TEST_DAY, TEST_MINUTE } from '../../support/test-batch.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import { testEd25519Device, testP256Device } from '../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation, type TestStation } from '../../support/test-station.ts';
import { TEST_SITE } from '../../support/test-trust.ts';
import { runCommand } from '../cli/run-command.ts';

const NOW_MS = TEST_MINUTE * 60_000;
const SITE = TEST_SITE.id;
const [GATE_1 = '', GATE_2 = GATE_1] = TEST_SITE.gates.map(({ id }) => id);

let nowMs = NOW_MS;
let folder: string;
let station: TestStation;
let server: TestServer;
let first: Tablet;
let second: Tablet;

const send = (tablet: EnrolledTablet, method: string, path: string, body?: Bytes, type?: string) =>
  sendSigned(
    server,
    tablet,
    {
      method,
      target: `/api/sites/${SITE}${path}`,
      ...(body !== undefined && { body }),
      ...(type !== undefined && { type }),
    },
    nowMs / 1000,
  );

const enrol = (signer: EnrolledTablet['signer'], gate: string): Promise<Tablet> => {
  const receiptKey = station.receiptSigner.publicKey;
  return enrolLog({ server, receiptKey, site: SITE, nowSeconds: () => nowMs / 1000 }, signer, gate);
};

const sendBatch = async ({ enrolled, log }: Tablet, from: number, to?: number) =>
  (await send(enrolled, 'POST', '/batches', await log.batch(from, to), 'application/cbor')).status;

const sightingsFor = async ({ enrolled }: Tablet, after = '') => {
  const answer = await send(enrolled, 'GET', `/sightings${after === '' ? '' : `?after=${after}`}`);
  if (answer.status !== 200) return answer.status;
  const parsed = parseSightings(new Uint8Array(await answer.arrayBuffer()));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const reportOf = async () =>
  (await (await server.askAsOwner(`/api/sites/${SITE}/days/today`)).json()) as DayReport;

const save = async (name: string, content: Uint8Array | string) => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

const siteScan = (gate: string, minute: number, pass = 'one pass') =>
  scanOf({ gate, minute, isOwnKey: false, pseudonym: hashOf(utf8ToBytes(pass)).slice(0, 8) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelight-log-'));
  station = await createTestStation(NOW_MS / 1000);
  server = await startTestServer({ station, nowMs: () => nowMs });
  first = await enrol(await testEd25519Device(1), GATE_1);
  second = await enrol(await testP256Device(), GATE_2);
  await first.log.add({ kind: 'shift-start', minute: TEST_MINUTE, gate: GATE_1, direction: 'in' });
  await first.log.add(siteScan(GATE_1, TEST_MINUTE));
  await first.log.add(siteScan(GATE_1, TEST_MINUTE, 'another'));
  await second.log.add(siteScan(GATE_2, TEST_MINUTE + 1));
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
  await rm(folder, { recursive: true, force: true });
});

describe('what two tablets sealed', () => {
  it('is taken, opened for its counts, and told to the other gates', async () => {
    expect(await sendBatch(first, 1)).toBe(200);
    const seen = await sightingsFor(second);
    if (typeof seen === 'number') throw new Error(`${seen}`);
    expect(seen.sightings).toHaveLength(2);
    expect(seen.sightings[0]).toMatchObject({
      day: TEST_DAY,
      minute: TEST_MINUTE,
      gate: GATE_1,
      direction: 'in',
    });
    nowMs += 60_000;
    expect(await sightingsFor(second, seen.cursor)).toMatchObject({ sightings: seen.sightings });
    const later = await sightingsFor(second, `${nowMs / 1000 - 30}`);
    expect(later).toMatchObject({ sightings: [] });
    expect(await sightingsFor(second, 'nonsense')).toBe(400);
  });

  it('shows the pass that went in at two gates, and no pseudonym', async () => {
    expect(await sendBatch(second, 1)).toBe(200);
    const report = await reportOf();
    expect(report.duplicates).toEqual([
      { minute: TEST_MINUTE + 1, gate: GATE_2, otherMinute: TEST_MINUTE, otherGate: GATE_1, direction: 'in' },
    ]);
    expect(report.latest).toHaveLength(3);
    expect(report.hours.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    const pseudonym = hashOf(utf8ToBytes('one pass')).slice(0, 8);
    const text = JSON.stringify(report);
    for (const form of [encodeHex(pseudonym), Buffer.from(pseudonym).toString('base64'), pseudonym.join()])
      expect(text).not.toContain(form);
  });

  it('tells of a tablet on shift that falls silent', async () => {
    const silent = async () =>
      (await reportOf()).tablets.map(({ gate, isSilent }) => `${gate} ${isSilent}`).sort();
    expect(await silent()).toEqual([`${GATE_1} false`, `${GATE_2} false`].sort());
    nowMs += 31 * 60_000;
    expect(await silent()).toEqual([`${GATE_1} true`, `${GATE_2} false`].sort());
  });

  it('can come in a file, once', async () => {
    await second.log.add(siteScan(GATE_2, TEST_MINUTE + 40, 'a third'));
    const file = encodeCbor(['gatelight-records-1', [await second.log.batch(2), utf8ToBytes('noise')]]);
    const give = async (body: Bytes, type = 'application/cbor') => {
      const answer = await server.askAsOwner(`/api/sites/${SITE}/import`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
      });
      return [answer.status, await answer.json()];
    };
    const noise = { added: 0, error: 'batch-cbor' };
    expect(await give(file)).toEqual([200, { batches: [{ added: 1, error: null }, noise] }]);
    expect(await give(file)).toEqual([200, { batches: [{ added: 0, error: null }, noise] }]);
    expect(await give(utf8ToBytes('noise'))).toEqual([400, { error: 'records-file-form' }]);
    expect((await give(file, 'text/plain'))[0]).toBe(415);
  });
});

describe('gatelight audit', () => {
  const exportLog = async () =>
    new Uint8Array(await (await server.askAsOwner(`/api/sites/${SITE}/log/export`)).arrayBuffer());
  const exportKeys = async () => (await server.askAsOwner(`/api/sites/${SITE}/log/keys`)).text();

  it('finds the exported log sound, with public keys alone', async () => {
    const [log, keys] = [await save('log', await exportLog()), await save('keys.json', await exportKeys())];
    const ran = await runCommand(auditCommand, log, '--keys', keys);
    expect(ran.out).toMatch(/logs: sound/);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain(`${first.enrolled.device} epoch 1: sound; 3 records, signed up to 3`);
    expect(ran.out).toContain(`${second.enrolled.device} epoch 1: sound; 2 records, signed up to 2`);
    expect(await exportKeys()).toContain(encodeHex(station.receiptSigner.publicKey));
  });

  it('names the first bad number, and says 20', async () => {
    const bytes = await exportLog();
    const envelope = first.log.envelopes[1] ?? new Uint8Array();
    const place = Buffer.from(bytes).indexOf(Buffer.from(envelope)) + envelope.length - 60;
    const log = await save('spoilt', bytes.with(place, (bytes[place] ?? 0) ^ 1));
    const ran = await runCommand(auditCommand, log, '--keys', await save('keys.json', await exportKeys()));
    expect(ran.code).toBe(20);
    expect(ran.out).toContain(`${first.enrolled.device} epoch 1: BAD at 2: altered`);
  });

  it('believes no other keys', async () => {
    const log = await save('log', await exportLog());
    const keys = await save('keys.json', await exportKeys());
    const stranger = 'ab'.repeat(32);
    const ran = await runCommand(auditCommand, log, '--keys', keys, '--receipt-key', stranger);
    expect(ran.code).toBe(20);
    expect(ran.out).toContain('receipt 1 counts for nothing: receipt-signature');
    const none = await save('none.json', JSON.stringify({ receiptKeys: [], devices: {} }));
    expect((await runCommand(auditCommand, log, '--keys', none)).out).toContain('batch-no-key');
  });

  it('finds a server that was set back by what a tablet exported', async () => {
    const log = await save('log', await exportLog());
    const keys = await save('keys.json', await exportKeys());
    await second.log.add(siteScan(GATE_2, TEST_MINUTE + 41, 'a fourth'));
    const answer = await send(
      second.enrolled,
      'POST',
      '/batches',
      await second.log.batch(3),
      'application/cbor',
    );
    const receipt = new Uint8Array(await answer.arrayBuffer());
    await second.log.add(siteScan(GATE_2, TEST_MINUTE + 42, 'a fifth'));
    const batch = await second.log.batch(4, 4, receipt);
    const records = await save('records', encodeCbor(['gatelight-records-1', [batch]]));
    const ran = await runCommand(auditCommand, log, '--keys', keys, '--records', records);
    expect(ran.code).toBe(20);
    expect(ran.out).toContain(`${second.enrolled.device} epoch 1: BAD at 3: restored`);
  });

  it('says 30 for what is no whole export, and 2 for what makes no sense', async () => {
    const keys = await save('keys.json', await exportKeys());
    const cut = await save('cut', (await exportLog()).slice(0, -3));
    expect(await runCommand(auditCommand, cut, '--keys', keys)).toMatchObject({ code: 30 });
    expect((await runCommand(auditCommand, cut)).code).toBe(2);
    expect((await runCommand(auditCommand, '--keys', keys)).code).toBe(2);
    const spoilt = await save('spoilt.json', '{"receiptKeys":["xyz"],"devices":{}}');
    expect(
      (await runCommand(auditCommand, await save('log', await exportLog()), '--keys', spoilt)).code,
    ).toBe(2);
  });
});
