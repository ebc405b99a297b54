// Those who sign the demo's trust, in trust/keys: anna, ben and chris, and the server's online key. Their passphrase is
// known to all, so that everybody can try the trust command on the demo's folder.

import { isSameBytes } from '../../core/bytes/bytes.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { HeldKey } from '../../core/trust/publish/build-metadata.ts';
import { findTrustKey, LEAST_LOG2_COST, makeTrustKey, openTrustKeyFile } from '../trust-key-file.ts';

export const OFFLINE_HOLDERS = ['anna', 'ben', 'chris'] as const;
export const ONLINE_HOLDER = 'server';
const PASSPHRASE = 'demo';

export interface OpenHolder extends HeldKey {
  readonly signer: Signer;
}

/** That holder's key, made where there is none. Throws a sentence for one that cannot be opened. */
export async function openOrMakeHolder(folder: string, holder: string): Promise<OpenHolder> {
  const made = await makeTrustKey(folder, holder, PASSPHRASE, LEAST_LOG2_COST);
  if (made.ok) return made.value;
  const found = await findTrustKey(folder, holder);
  const opened = found === null ? null : await openHolder(folder, found);
  if (opened !== null) return opened;
  throw new Error(
    `${folder}/${holder}.json cannot be opened. Put the right file back, or move the data folder away to begin anew.`,
  );
}

/** Null where that very key is not here, or has another passphrase than the demo's. */
export async function openHolder(folder: string, { holder, publicKey }: HeldKey): Promise<OpenHolder | null> {
  const signer = await openTrustKeyFile(folder, holder, async () => PASSPHRASE);
  if (!signer.ok || !isSameBytes(signer.value.publicKey, publicKey)) return null;
  return { holder, publicKey, signer: signer.value };
}
