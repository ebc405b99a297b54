// Who this tablet is, as its database keeps it. The private half of a key is the platform's: no script reads it back.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { DeviceAlgorithm } from '../../core/identity/device-key.ts';
import type { InvitedHashes } from '../../core/identity/enrolment-tablet.ts';
import type { PinTries } from '../../core/identity/pin-tries.ts';

export interface StoredKey {
  readonly algorithm: DeviceAlgorithm;
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
  readonly sinceSeconds: number;
}

export interface StoredIdentity {
  /** The server's public origin, as it was invited to. */
  readonly origin: string;
  readonly site: string;
  /** The gate it was enrolled for; the guard may choose another. */
  readonly gate: string;
  readonly device: string;
  readonly serverKey: Bytes;
  /** SHA-256 of the first file of the trust repository's root. */
  readonly rootHash: Bytes;
  readonly key: StoredKey;
  /** Made and perhaps sent, not yet known to be taken. */
  readonly nextKey: StoredKey | null;
  /** Replaced, the latest first: a server that was set back knows one of them only. Absent before the first change. */
  readonly keysBefore?: readonly StoredKey[];
  /** The server has said so; only a new enrolment ends it. */
  /** A PIN was forgotten as ordered, and the server may not know yet: the order, seen again, is done. */
  readonly isPinResetToTell?: boolean;
  readonly isRevoked: boolean;
  /** A wipe has begun: nothing else is left, and the server is to be told. */
  readonly isWiping: boolean;
}

/** An enrolment under way: enough to go on with after a kill at any point. */
export interface StoredEnrolment {
  readonly origin: string;
  readonly key: StoredKey;
  /** The one-time code: gone when the enrolment ends, however it ends. */
  readonly code: Bytes;
  readonly hashes: InvitedHashes | null;
  readonly expiresSeconds: number;
  readonly server: { readonly key: Bytes; readonly rootHash: Bytes; readonly digits: string } | null;
}

export interface StoredPin {
  readonly salt: Bytes;
  readonly rounds: number;
  /** PBKDF2-SHA-256 of the PIN, 32 bytes. */
  readonly hash: Bytes;
  readonly tries: PinTries;
}
