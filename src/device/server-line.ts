// The enrolled tablet's signed line to its server, in the page and in the service worker.

import type { Bytes } from '../core/bytes/bytes.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import type { MakeBatch, Net } from '../sync/ports.ts';
import { createBatchSigner } from '../sync/sealed-log.ts';
import { createSignedNet, type SignedNet } from './identity/signed-net.ts';
import type { TabletIdentity } from './identity/tablet-identity.ts';

export interface ServerLine {
  readonly identity: TabletIdentity;
  readonly net: SignedNet;
}

/** Null for a tablet that is not enrolled. */
export const openServerLine = (
  identity: TabletIdentity | null,
  timeKeys: () => readonly Bytes[],
  engine: Ed25519Engine,
): ServerLine | null =>
  identity === null ? null : { identity, net: createSignedNet(identity, timeKeys, engine) };

/** What sync sends over it. */
export const batchesOver = ({
  identity,
  net,
}: ServerLine): { readonly net: Net; readonly makeBatch: MakeBatch } => ({
  makeBatch: createBatchSigner(async () => identity.signer),
  net: {
    sendBatch: (site, body) =>
      net.send({ method: 'POST', target: `${siteAddress(site)}/batches`, body, type: 'application/cbor' }),
  },
});

export const siteAddress = (site: string): string => `/api/sites/${encodeURIComponent(site)}`;
