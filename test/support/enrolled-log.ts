// A tablet that enrols over HTTP, asks for its day keys, and seals its log to them.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { openDayKeys } from '../../src/core/log/sealed/day-key-message.ts';
import { keyNameOf, type SealKey } from '../../src/core/log/sealed/day-keys.ts';
import { boxKeyPairOf } from '../../src/core/nacl/box.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import { type EnrolledTablet, enrolOver, sendSigned } from './enrolled-tablet.ts';
import { type SealedTablet, sealAs } from './sealed-tablet.ts';
import type { TestServer } from './test-server.ts';

export interface EnrolledLog {
  readonly enrolled: EnrolledTablet;
  readonly log: SealedTablet;
}

export interface EnrolledWorld {
  readonly server: TestServer;
  readonly receiptKey: Bytes;
  readonly site: string;
  nowSeconds(): number;
}

export async function enrolLog(
  world: EnrolledWorld,
  signer: EnrolledTablet['signer'],
  gate: string,
): Promise<EnrolledLog> {
  const { server, site } = world;
  const enrolled = await enrolOver(server, { site, gate }, signer);
  const { device, epoch } = enrolled;
  return { enrolled, log: await sealAs({ site, device, epoch }, signer, await sealKeysFor(world, enrolled)) };
}

async function sealKeysFor(
  { server, receiptKey, site, nowSeconds }: EnrolledWorld,
  tablet: EnrolledTablet,
): Promise<(day: string) => Promise<SealKey>> {
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const pair = boxKeyPairOf(crypto.getRandomValues(new Uint8Array(32)));
  const target = `/api/sites/${site}/day-keys`;
  const request = { method: 'POST', target, body: pair.publicKey, type: 'application/octet-stream' };
  const answer = await sendSigned(server, tablet, request, nowSeconds(), nonce);
  const keys = await openDayKeys(
    new Uint8Array(await answer.arrayBuffer()),
    { site, device: tablet.device, nonce },
    pair.secretKey,
    [receiptKey],
    await chooseEngine(),
  );
  if (!keys.ok) throw new Error(keys.error);
  return async (day) => {
    const key = keys.value.sealKeys.find((one) => one.day === day);
    if (key === undefined) throw new Error(`no seal key of ${day}`);
    return { site, ...key, name: await keyNameOf(key.publicKey) };
  };
}

/** As on the wire, straight to the server or by another way to it. */
export const sendBatch = (
  by: { readonly origin: string },
  { enrolled }: Pick<EnrolledLog, 'enrolled'>,
  body: Bytes,
  nowSeconds: number,
  { site = enrolled.site, type = 'application/cbor' } = {},
): Promise<Response> =>
  sendSigned(by, enrolled, { method: 'POST', target: `/api/sites/${site}/batches`, body, type }, nowSeconds);
