// `gatelight devices` at a running server, with a tablet that really enrols.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devicesCommand } from '../../../src/cli/devices.ts';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { encodeCbor } from '../../../src/core/bytes/cbor.ts';
import { sha256 } from '../../../src/core/bytes/sha256.ts';
import { encodeClaim, parseClaimAnswer } from '../../../src/core/identity/enrolment-messages.ts';
import { makeClaim, startEnrolment, takeAnswer } from '../../../src/core/identity/enrolment-tablet.ts';
import { parsePublicOrigin } from '../../../src/core/identity/public-origin.ts';
import { parseTypedCode } from '../../../src/core/identity/typed-code.ts';
import { signBatch } from '../../../src/core/log/sealed/batch.ts';
import { createSealKeyPair, sealKeyOf } from '../../../src/core/log/sealed/day-keys.ts';
import { hashBeforeFirst } from '../../../src/core/log/sealed/envelope.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { type EnrolledTablet, enrolOver, sendSigned } from '../../support/enrolled-tablet.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation } from '../../support/test-station.ts';
import { TEST_SITE } from '../../support/test-trust.ts';
import { runCommand } from './run-command.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12);
const SITE = TEST_SITE.id;
const GATE = TEST_SITE.gates[0]?.id ?? '';

let server: TestServer;
let tablet: EnrolledTablet;

const run = (...args: readonly string[]) => runCommand(devicesCommand, ...args, '--data', server.dataDir);
const statusOf = async (who: EnrolledTablet) =>
  (await sendSigned(server, who, { method: 'GET', target: `/api/sites/${SITE}/orders` }, NOW_MS / 1000))
    .status;

beforeAll(async () => {
  server = await startTestServer({ station: await createTestStation(NOW_MS / 1000), nowMs: () => NOW_MS });
  tablet = await enrolOver(server, { site: SITE, gate: GATE }, await testEd25519Device(1));
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

describe('list', () => {
  it('shows each tablet by the first of its id', async () => {
    const listed = await run('list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toContain(tablet.device.slice(0, 8));
    expect(listed.out).toContain('in-service');
    expect(listed.out).not.toContain(tablet.device);
  });

  it('gives all of it as JSON', async () => {
    const { out } = await run('list', '--json', '--site', SITE);
    expect(JSON.parse(out)).toMatchObject([
      { device: tablet.device, gate: GATE, epoch: 1, state: 'in-service' },
    ]);
  });
});

describe('enrol and confirm', () => {
  it('bring a tablet in by the typed code', async () => {
    const offered = await run('enrol', '--gate', GATE, '--no-wait');
    expect(offered.code).toBe(0);
    const typed = /([0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(offered.out)?.[0] ?? '';
    const [, id = ''] = /enrolment +([0-9a-f]+)/.exec(offered.out) ?? [];
    const [, originText = ''] = /type there +(\S+)/.exec(offered.out) ?? [];
    const [code, origin] = [parseTypedCode(typed), parsePublicOrigin(originText)];
    if (!code.ok || !origin.ok) throw new Error(offered.out);

    const signer = await testEd25519Device(2);
    const invited = { origin: origin.value, code: code.value, hashes: null };
    const started = startEnrolment(invited, signer.publicKey, 0);
    const answer = await fetch(`${server.origin}/api/enrolments/claim`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/cbor' },
      body: encodeClaim(await makeClaim(started, null)),
    });
    const parsed = parseClaimAnswer(new Uint8Array(await answer.arrayBuffer()));
    const claimed = parsed.ok ? await takeAnswer(started, parsed.value, 0) : parsed;
    if (!claimed.ok) throw new Error(claimed.error);

    const { digits } = claimed.value;
    const wrong = digits === '111111' ? '222222' : '111111';
    await expect(run('confirm', id, wrong)).rejects.toThrow('enrolment-other-digits');
    expect(await run('confirm', id, digits)).toMatchObject({ code: 0 });
    expect(await statusOf({ ...tablet, signer })).toBe(204);
  });

  it('waits for the tablet and says its digits', async () => {
    const { out, code } = await runCommand(
      {
        ...devicesCommand,
        run: (args, io) => devicesCommand.run(args, { ...io, stop: AbortSignal.timeout(50) }),
      },
      'enrol',
      '--gate',
      GATE,
      '--data',
      server.dataDir,
    );
    expect(code).toBe(1);
    expect(out).toContain('scan this');
  });

  it('refuses a gate that is not there', async () => {
    await expect(run('enrol', '--gate', 'nowhere')).rejects.toThrow('unknown-gate');
  });
});

describe('orders', () => {
  it('go to the one tablet that is meant', async () => {
    expect((await run('revoke', '')).code).toBe(2);
    expect((await run('revoke', 'zz')).code).toBe(2);
    expect((await run('revoke')).code).toBe(2);
    expect(await statusOf(tablet)).toBe(204);
    expect((await run('pin-reset', tablet.device.slice(0, 12))).out).toContain('forgets its PIN');
    expect((await run('wipe', tablet.device)).out).toContain('leaving');
    expect((await run('revoke', tablet.device.slice(0, 12))).out).toContain('revoked');
    expect(await statusOf(tablet)).toBe(403);
    await expect(run('wipe', tablet.device)).rejects.toThrow('device-revoked');
  });
});

describe('import', () => {
  const fileOf = (...batches: readonly Bytes[]) => encodeCbor(['gatelight-records-1', batches]);

  it('takes what a tablet saved, once, and says what it does not take', async () => {
    const identity = { site: SITE, device: tablet.device, epoch: tablet.epoch };
    const sealer = createSealer((length) => crypto.getRandomValues(new Uint8Array(length)));
    const dayKey = sealKeyOf(
      await createSealKeyPair(SITE, '2026-03-02', crypto.getRandomValues(new Uint8Array(32))),
    );
    const envelopes: Bytes[] = [];
    let prev = await hashBeforeFirst(identity);
    for (let seq = 1; seq <= 3; seq++) {
      const record = { kind: 'heartbeat', minute: NOW_MS / 60_000, gate: GATE, direction: 'in' } as const;
      const sealing = sealer.seal({ identity, seq, dayKey, atMs: seq, prev, record });
      sealing.committed();
      envelopes.push(sealing.envelope);
      prev = await sha256(sealing.envelope);
    }
    const saved = await signBatch(identity, 1, envelopes, null, tablet.signer);
    const forged = await signBatch(identity, 1, envelopes, null, await testEd25519Device(9));
    const path = join(server.dataDir, 'saved');
    await writeFile(path, fileOf(saved));
    expect(await run('import', path)).toMatchObject({ code: 0, out: '1 of 1 batches taken, 3 records new' });
    expect(await run('import', path)).toMatchObject({ code: 0, out: '1 of 1 batches taken, 0 records new' });
    await writeFile(path, fileOf(forged, saved));
    expect(await run('import', path)).toMatchObject({
      code: 1,
      out: '1 of 2 batches taken, 0 records new',
      err: 'batch 1 was not taken: batch-signature',
    });
    await writeFile(path, 'no file of records');
    await expect(run('import', path)).rejects.toThrow('records-file');
    expect(await server.storedScans()).toHaveLength(3);
  });
});

describe('without what it needs', () => {
  it('says so', async () => {
    await expect(runCommand(devicesCommand, 'list', '--data', '/nowhere')).rejects.toThrow('no server runs');
    expect((await run('list', 'more')).code).toBe(2);
    expect((await run('enrol')).code).toBe(2);
    expect((await run('confirm', 'x')).code).toBe(2);
    expect((await run('fly')).code).toBe(2);
    await expect(run('list', '--site', 'elsewhere')).rejects.toThrow('unknown-site');
  });
});
