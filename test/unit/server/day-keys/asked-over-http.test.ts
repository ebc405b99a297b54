// Day keys of a whole server: made in its data folder before it answers, given to an enrolled tablet over HTTP, the same
// after a restart, and others once a tablet was revoked.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { type DayKeys, openDayKeys } from '../../../../src/core/log/sealed/day-key-message.ts';
import { boxKeyPairOf } from '../../../../src/core/nacl/box.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { siteDayAt } from '../../../../src/core/trust/site-day.ts';
import { type EnrolledTablet, enrolOver, sendSigned } from '../../../support/enrolled-tablet.ts';
import { chance } from '../../../support/memory-key-files.ts';
import { askAsOperator } from '../../../support/operator-fetch.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../../support/test-server.ts';
import { createTestStation, type TestStation } from '../../../support/test-station.ts';
import { TEST_SITE } from '../../../support/test-trust.ts';

let station: TestStation;
let server: TestServer;
let tablet: EnrolledTablet;
let other: EnrolledTablet;

beforeAll(async () => {
  station = await createTestStation(Math.floor(Date.now() / 1000));
  server = await startTestServer({ station });
  const place = { site: TEST_SITE.id, gate: TEST_SITE.gates[0]?.id ?? '' };
  tablet = await enrolOver(server, place, await testEd25519Device(1));
  other = await enrolOver(server, place, await testP256Device());
}, 120_000);
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

async function ask(by: EnrolledTablet): Promise<DayKeys | number> {
  const [own, nonce] = [boxKeyPairOf(chance(32)), chance(16)];
  const request = {
    method: 'POST',
    target: `/api/sites/${by.site}/day-keys`,
    body: own.publicKey,
    type: 'application/octet-stream',
  };
  const answer = await sendSigned(server, by, request, undefined, nonce);
  if (answer.status !== 200) return answer.status;
  const opened = await openDayKeys(
    new Uint8Array(await answer.arrayBuffer()),
    { site: by.site, device: by.device, nonce },
    own.secretKey,
    [station.receiptSigner.publicKey],
    await chooseEngine(),
  );
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

async function keysOf(by: EnrolledTablet): Promise<DayKeys> {
  const given = await ask(by);
  if (typeof given === 'number') throw new Error(`answered ${given}`);
  return given;
}

const hexOf = ({ pseudonymKeys }: DayKeys) => pseudonymKeys.map(({ key }) => encodeHex(key));

it('lie in keys/ of the data folder and nowhere else', async () => {
  const given = await keysOf(tablet);
  const today = siteDayAt(Date.now(), TEST_SITE);
  expect([given.sealKeys.length, given.sealKeys[0]?.day]).toEqual([36, today]);
  const entries = await readdir(server.dataDir, { recursive: true });
  const files = entries.filter((name) => /\.(seal|pseudonym)$/.test(name));
  expect(files.length).toBe(36 + 4);
  expect(files.every((name) => name.startsWith(join('keys', TEST_SITE.id)))).toBe(true);
  const file = await readFile(join(server.dataDir, 'keys', TEST_SITE.id, `${today}.pseudonym`));
  expect(encodeHex(new Uint8Array(file))).toBe(hexOf(given)[0]);
});

it('are the same for every tablet of the site, and after a restart', async () => {
  const before = await keysOf(tablet);
  expect(await keysOf(other)).toEqual(before);
  await server.stop();
  await server.startAgain();
  expect(await keysOf(tablet)).toEqual(before);
  expect(server.said).toEqual([]);
}, 60_000);

it('are given to no stranger', async () => {
  expect(await ask({ ...tablet, signer: await testEd25519Device(9) })).toBe(401);
});

it('are others once a tablet was revoked, which gets none', async () => {
  const before = await keysOf(tablet);
  const path = `/sites/${other.site}/devices/${other.device}/revoke`;
  expect((await askAsOperator(server.dataDir, 'POST', path)).status).toBe(200);
  expect(await ask(other)).toBe(403);
  const after = await keysOf(tablet);
  expect(after.sealKeys).toEqual(before.sealKeys);
  expect(hexOf(after)).toHaveLength(4);
  expect(hexOf(after).filter((key) => hexOf(before).includes(key))).toEqual([]);
});
