// The enrolled tablet as what signs and sends needs it: page and service worker read it from the same database. Its key may
// be changed by another tab; renew looks again.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { DeviceSigner } from '../../core/identity/device-key.ts';
import { type PublicOrigin, parsePublicOrigin } from '../../core/identity/public-origin.ts';
import { committed, type Database, readFact, strictTransaction } from '../database.ts';
import { tellNews } from '../news.ts';
import { signerOf } from './device-keys.ts';
import type { StoredIdentity } from './stored-identity.ts';

export interface TabletIdentity {
  readonly origin: PublicOrigin;
  readonly site: string;
  readonly gate: string;
  readonly device: string;
  readonly serverKey: Bytes;
  readonly rootHash: Bytes;
  readonly isRevoked: boolean;
  /** Its wipe has begun. */
  readonly isWiping: boolean;
  /** Of the key that signs now. */
  readonly keySinceSeconds: number;
  readonly signer: DeviceSigner;
  /** By the keys that were replaced, the latest first. */
  readonly signersBefore: readonly DeviceSigner[];
  /** Reads the key again; whether it is another one now. */
  renew(): Promise<boolean>;
  /** The server has refused this tablet for good. */
  noteRevoked(): Promise<void>;
}

/** Null for a tablet that is not enrolled. */
export async function readIdentity(database: Database): Promise<TabletIdentity | null> {
  const stored = await readFact(database, 'identity');
  return stored === undefined ? null : openIdentity(database, stored);
}

/** Changes the stored identity in one strict step; null when there is none any more, or the change says so. */
export async function changeIdentity(
  database: Database,
  change: (now: StoredIdentity) => StoredIdentity | null,
): Promise<StoredIdentity | null> {
  const transaction = strictTransaction(database, ['facts']);
  const facts = transaction.objectStore('facts');
  const now = (await facts.get('identity')) as StoredIdentity | undefined;
  const next = now === undefined ? null : change(now);
  await committed(transaction, next === null ? [] : [facts.put(next, 'identity')]);
  return next;
}

function openIdentity(database: Database, stored: StoredIdentity): TabletIdentity {
  const origin = parsePublicOrigin(stored.origin);
  if (!origin.ok) throw new Error(`not an origin: ${stored.origin}`);
  let { key, keysBefore = [], isRevoked } = stored;
  let signer = signerOf(key);
  const { site, gate, device, serverKey, rootHash, isWiping } = stored;
  return {
    origin: origin.value,
    site,
    gate,
    device,
    serverKey,
    rootHash,
    isWiping,
    get isRevoked() {
      return isRevoked;
    },
    get keySinceSeconds() {
      return key.sinceSeconds;
    },
    get signer() {
      return signer;
    },
    get signersBefore() {
      return keysBefore.map(signerOf);
    },
    async renew() {
      const now = await readFact(database, 'identity');
      const isOther =
        now !== undefined && now.device === device && now.key.publicKey.join() !== key.publicKey.join();
      if (!isOther) return false;
      ({ key, keysBefore = [] } = now);
      signer = signerOf(key);
      return true;
    },
    async noteRevoked() {
      if (isRevoked) return;
      isRevoked = true;
      // Not what was enrolled anew in the meantime.
      const isOwn = (now: StoredIdentity) => now.key.publicKey.join() === key.publicKey.join();
      await changeIdentity(database, (now) => (isOwn(now) ? { ...now, isRevoked: true } : null));
      tellNews('identity');
    },
  };
}
