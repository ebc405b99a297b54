// What a manager orders of one tablet at its next contact: to wipe itself, or to forget its PIN. The order answers one signed
// request: external_aad 'gatelight-wipe-1' or 'gatelight-pin-reset-1', payload [ site, device, the request's nonce ]. In the
// same form, as 'gatelight-key-taken-1', a server says that it has taken the tablet's next key.

import { type Bytes, isSameBytes } from '../bytes/bytes.ts';
import { isCborBytes } from '../bytes/cbor.ts';
import { isDeviceId } from '../log/identity.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Ed25519Engine } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';
import { isId } from '../trust/ids.ts';
import {
  openServerStatement,
  STATEMENT_REFUSALS,
  type StatementKind,
  type StatementRefusal,
  signServerStatement,
} from './server-statement.ts';

export type OrderKind = Extract<StatementKind, 'wipe' | 'pin-reset'>;

export interface OrderAddress {
  readonly site: string;
  readonly device: string;
  /** Of the request that this answers. */
  readonly nonce: Bytes;
}

export const ORDER_REFUSALS = [...STATEMENT_REFUSALS, 'order-other-device', 'order-other-nonce'] as const;
export type OrderRefusal = StatementRefusal | (typeof ORDER_REFUSALS)[number];

export const signOrder = (
  kind: OrderKind,
  { site, device, nonce }: OrderAddress,
  signer: Signer,
): Promise<Bytes> => signServerStatement(kind, [site, device, nonce], signer);

export const signKeyTaken = ({ site, device, nonce }: OrderAddress, signer: Signer): Promise<Bytes> =>
  signServerStatement('key-taken', [site, device, nonce], signer);

export async function verifyOrder(
  kind: OrderKind | 'key-taken',
  bytes: Bytes,
  own: OrderAddress,
  keys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<null, OrderRefusal>> {
  const opened = await openServerStatement(kind, bytes, keys, engine);
  if (!opened.ok) return opened;
  const [site, device, nonce, ...rest] = opened.value;
  if (!isId(site) || !isDeviceId(device) || !isCborBytes(nonce) || rest.length > 0)
    return refused('statement-shape');
  if (site !== own.site || device !== own.device) return refused('order-other-device');
  return isSameBytes(nonce, own.nonce) ? ok(null) : refused('order-other-nonce');
}
