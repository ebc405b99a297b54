// What taking batches needs.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { DevicePublicKey, VerifyDeviceSignature } from '../../core/identity/device-key.ts';
import type { Head, LogIdentity } from '../../core/log/envelope.ts';
import { verifyReceipt } from '../../core/log/receipt.ts';
import type { SealedBatchRefusal } from '../../core/log/sealed/batch.ts';
import type { FindSealKey } from '../../core/log/sealed/opener.ts';
import type { KeyAgreement } from '../../core/nacl/box.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { JudgedBatch, Storage } from '../storage/port.ts';
import type { SiteTrust } from '../trust/site-trust.ts';
import type { LogRules } from './current-days.ts';

export interface IngestTools {
  readonly storage: Pick<Storage, 'takeBatch'>;
  readonly trust: {
    readonly inUse: { readonly server: Pick<SiteTrust['inUse']['server'], 'receiptKeys'> };
    readonly signers: Pick<SiteTrust['signers'], 'receipt'>;
  };
  readonly engine: Ed25519Engine;
  readonly sealed: SealedTools;
  nowMs(): number;
}

/** What opening a sealed log takes. */
export interface SealedTools {
  /** Every key that the tablet ever had at that site; none: it was never there. */
  deviceKeysOf(identity: LogIdentity): Promise<readonly DevicePublicKey[]>;
  /** Told when one of those keys has signed for it, before anything is kept; false: it is an unknown device all the same. */
  noteSigned?(identity: LogIdentity): Promise<boolean>;
  readonly verifyDevice: VerifyDeviceSignature;
  readonly findSealKey: FindSealKey;
  /** Another engine for opening sessions than tweetnacl. */
  readonly agreement?: KeyAgreement;
  rulesOf(site: string): LogRules;
}

export type IngestRefusal =
  | SealedBatchRefusal
  | 'batch-site'
  | 'batch-unknown-device'
  | 'batch-signature'
  | 'batch-other-envelopes';

/** A batch but for what the storage is told by the time and the server's key. */
export type Judged = Omit<JudgedBatch, 'receivedAt' | 'writeReceipt'>;

/** The last record of our own receipt about this very log, which the tablet shows; null for anything else. */
export async function readShownReceipt(
  identity: LogIdentity,
  bytes: Bytes | null,
  { trust, engine }: Pick<IngestTools, 'trust' | 'engine'>,
): Promise<Head | null> {
  if (bytes === null) return null;
  const receipt = await verifyReceipt(bytes, trust.inUse.server.receiptKeys, engine);
  if (!receipt.ok) return null;
  const { site, device, epoch, upTo, head } = receipt.value;
  const isOfThisLog = site === identity.site && device === identity.device && epoch === identity.epoch;
  return isOfThisLog ? { seq: upTo, hash: head } : null;
}
