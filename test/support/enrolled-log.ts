// A tablet that enrols over HTTP, asks for its day keys, and seals its log to them.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { SealKey } from '../../src/core/log/sealed/day-keys.ts';
import { type EnrolledTablet, enrolOver, fetchSealKeys, sendSigned } from './enrolled-tablet.ts';
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
  { server, receiptKey, nowSeconds }: EnrolledWorld,
  tablet: EnrolledTablet,
): Promise<(day: string) => Promise<SealKey>> {
  const keys = await fetchSealKeys(server, tablet, [receiptKey], nowSeconds());
  return async (day) => {
    const key = keys.get(day);
    if (key === undefined) throw new Error(`no seal key of ${day}`);
    return key;
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
