// What an update needs of the world: a repository to ask, a place to keep what was verified, and something that can
// check signatures. The clock is an argument.

import type { Bytes } from '../../bytes/bytes.ts';
import type { TufKey } from './metadata.ts';

export interface TufFetch {
  /**
   * Asks for a file below the repository's base. Reads at most `maxBytes`, gives up on an answer that trickles, and
   * never throws for what a network or a repository can do.
   */
  fetch(place: RepositoryPlace, maxBytes: number): Promise<FetchAnswer>;
}

export interface RepositoryPlace {
  readonly kind: 'metadata' | 'target';
  /** Each segment percent-encoded, joined by slashes, no slash in front. */
  readonly path: string;
}

export type FetchAnswer =
  | { readonly kind: 'bytes'; readonly bytes: Bytes }
  | { readonly kind: 'not-found' | 'too-large' | 'too-slow' }
  | { readonly kind: 'unreachable'; readonly detail: string };

/**
 * `root`, `timestamp`, `snapshot`, `targets`: the files as they came, each the last that passed all its checks.
 * `rotation`: a root that is about to be written and that ends what is held of timestamp and snapshot.
 * `held`: the last complete set, targets' files included: what is in use.
 */
export type StoredName = 'root' | 'timestamp' | 'snapshot' | 'targets' | 'rotation' | 'held';

/** A write or removal is whole or has not happened, and is durable when it resolves. It throws for accidents. */
export interface TufStore {
  read(name: StoredName): Promise<Bytes | null>;
  write(name: StoredName, bytes: Bytes): Promise<void>;
  /** Fine when there is nothing to remove. */
  remove(name: StoredName): Promise<void>;
}

/** Ed25519 on a tablet (`ed25519-keys.ts`). */
export interface KeyEngine {
  /** What makes this key itself, under whatever id it is listed; null: no key that can be used here. */
  identify(key: TufKey): string | null;
  verify(key: TufKey, signature: Bytes, message: Bytes): Promise<boolean>;
}

export interface TufClient {
  readonly fetch: TufFetch;
  readonly store: TufStore;
  readonly keys: KeyEngine;
}
