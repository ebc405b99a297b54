// A tablet that was enrolled anew because its server was set back: what waits under the id that was lost is taken from it,
// and from nobody else.

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceSigner } from '../../../../src/core/identity/device-key.ts';
import { signBatch } from '../../../../src/core/log/sealed/batch.ts';
import { sealKeyOf } from '../../../../src/core/log/sealed/day-keys.ts';
import { MOST_ADOPTED } from '../../../../src/server/storage/device-store.ts';
import { type EnrolledTablet, enrolOver, sendSigned } from '../../../support/enrolled-tablet.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../../support/test-server.ts';
import { createTestStation } from '../../../support/test-station.ts';
import { TEST_SITE } from '../../../support/test-trust.ts';
import { heartbeat, identityOf, keyPairOf, sealRun } from '../../core/log/sealed/sealed-fixtures.ts';

let server: TestServer;
let tablet: EnrolledTablet;
let other: EnrolledTablet;

beforeAll(async () => {
  server = await startTestServer({ station: await createTestStation(Math.floor(Date.now() / 1000)) });
  const place = { site: TEST_SITE.id, gate: TEST_SITE.gates[0]?.id ?? '' };
  tablet = await enrolOver(server, place, await testEd25519Device(1));
  other = await enrolOver(server, place, await testP256Device());
}, 120_000);
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

async function send(by: EnrolledTablet, number: number, signer: DeviceSigner = by.signer): Promise<number> {
  const lost = identityOf(number, TEST_SITE.id);
  const envelopes = await sealRun(lost, [heartbeat()], sealKeyOf(await keyPairOf(TEST_SITE.id)));
  const body = await signBatch(lost, 1, envelopes, null, signer);
  const target = `/api/sites/${TEST_SITE.id}/batches`;
  return (await sendSigned(server, by, { method: 'POST', target, body, type: 'application/cbor' })).status;
}

it('takes the log of an id that nobody has had, by the keys of whoever brings it first', async () => {
  expect(await send(tablet, 7)).toBe(200);
  expect(await send(tablet, 7)).toBe(200);
  expect(await send(other, 7)).toBe(400);
});

it('takes none that its bringer did not sign, and that gives the bringer no claim to it', async () => {
  expect(await send(other, 8, tablet.signer)).toBe(400);
  expect(await send(tablet, 8)).toBe(200);
  expect(await send(other, 8)).toBe(400);
});

it('takes so many lost ids from one tablet and no more', async () => {
  const taken = [];
  for (let number = 20; number <= 20 + MOST_ADOPTED; number++) taken.push(await send(other, number));
  expect(taken).toEqual([...new Array(MOST_ADOPTED).fill(200), 400]);
  expect([await send(other, 20), await send(tablet, 20 + MOST_ADOPTED)]).toEqual([200, 200]);
});

it("takes no log of another tablet's id", async () => {
  const envelopes = await sealRun(other, [heartbeat()], sealKeyOf(await keyPairOf(TEST_SITE.id)));
  const body = await signBatch(other, 1, envelopes, null, tablet.signer);
  const target = `/api/sites/${TEST_SITE.id}/batches`;
  const request = { method: 'POST', target, body, type: 'application/cbor' };
  expect((await sendSigned(server, tablet, request)).status).toBe(400);
});
