// What keeping trust needs of the world beside the repository's own ports: the site's settings and the status lists, as
// its server hands them on, and a place for what was verified.

import type { Bytes } from '../../bytes/bytes.ts';
import type { Ed25519Engine } from '../../signature/engine.ts';
import type { HeldStatusList } from '../status/status-token.ts';
import type { FetchAnswer, TufFetch, TufStore } from '../tuf/ports.ts';
import type { HeldLists, HeldTrust } from './held-trust.ts';

/** Never throws for what a network can do, and reads at most `maxBytes`. */
export interface TrustSource {
  readonly repository: TufFetch;
  fetchSettings(maxBytes: number): Promise<FetchAnswer>;
  fetchStatusList(issuer: string, list: number, maxBytes: number): Promise<FetchAnswer>;
}

/** Each write is whole or has not happened, and is durable when it resolves. Throws for accidents. */
export interface TrustStore {
  readonly repository: TufStore;
  readTrust(): Promise<HeldTrust | null>;
  writeTrust(held: HeldTrust): Promise<void>;
  readLists(): Promise<HeldLists>;
  writeList(list: HeldStatusList): Promise<void>;
  removeList(uri: string): Promise<void>;
}

export interface TrustClient {
  readonly source: TrustSource;
  readonly store: TrustStore;
  readonly engine: Ed25519Engine;
  /** SHA-256 of the first root's file; null: whichever comes first is believed, and no other after it. */
  readonly rootHash: Bytes | null;
  /** The site at which the tablet is enrolled; null, or missing: whichever's settings come first, and no other's after them. */
  readonly site?: string | null;
}
