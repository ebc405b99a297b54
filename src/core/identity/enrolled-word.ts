// The server's signed word that a tablet is enrolled: which site and gate, under which device id and epoch. external_aad
// 'gatelight-enrolled-1', payload [ site, gate, device, epoch, SHA-256 of the tablet's key ].

import { type Bytes, isSameBytes } from '../bytes/bytes.ts';
import { isCborBytes } from '../bytes/cbor.ts';
import { sha256 } from '../bytes/sha256.ts';
import { isDeviceId, isPositive } from '../log/identity.ts';
import { ok, type Result, refused } from '../result.ts';
import type { Ed25519Engine } from '../signature/engine.ts';
import type { Signer } from '../signature/signer.ts';
import { isId } from '../trust/ids.ts';
import type { DevicePublicKey } from './device-key.ts';
import {
  openServerStatement,
  STATEMENT_REFUSALS,
  type StatementRefusal,
  signServerStatement,
} from './server-statement.ts';

export interface Enrolled {
  readonly site: string;
  readonly gate: string;
  readonly device: string;
  readonly epoch: number;
}

export const ENROLLED_REFUSALS = [...STATEMENT_REFUSALS, 'enrolled-other-key'] as const;
export type EnrolledRefusal = StatementRefusal | 'enrolled-other-key';

export async function signEnrolled(
  { site, gate, device, epoch }: Enrolled,
  tablet: DevicePublicKey,
  signer: Signer,
): Promise<Bytes> {
  return signServerStatement('enrolled', [site, gate, device, epoch, await sha256(tablet.bytes)], signer);
}

export async function verifyEnrolled(
  bytes: Bytes,
  tablet: DevicePublicKey,
  serverKey: Bytes,
  engine: Ed25519Engine,
): Promise<Result<Enrolled, EnrolledRefusal>> {
  const opened = await openServerStatement('enrolled', bytes, [serverKey], engine);
  if (!opened.ok) return opened;
  const [site, gate, device, epoch, keyHash, ...rest] = opened.value;
  if (!isId(site) || !isId(gate) || !isDeviceId(device) || !isPositive(epoch) || rest.length > 0)
    return refused('statement-shape');
  if (!isCborBytes(keyHash)) return refused('statement-shape');
  if (!isSameBytes(keyHash, await sha256(tablet.bytes))) return refused('enrolled-other-key');
  return ok({ site, gate, device, epoch });
}
