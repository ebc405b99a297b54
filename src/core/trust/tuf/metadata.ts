// The four kinds of metadata (The Update Framework 1.0, section 4), as far as a client without delegations uses them.
// Times are whole seconds since 1970.

import type { Bytes } from '../../bytes/bytes.ts';

export const ROLE_NAMES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

export interface TufKey {
  readonly id: string;
  readonly type: string;
  readonly scheme: string;
  readonly public: string;
}

export interface Role {
  /** Those of its key ids for which the root lists a key. The same key may stand under two ids. */
  readonly keys: readonly TufKey[];
  readonly threshold: number;
}

interface Signed {
  readonly version: number;
  readonly expiresAt: number;
}

export interface RootSigned extends Signed {
  readonly isConsistent: boolean;
  readonly rolesByName: Readonly<Record<RoleName, Role>>;
}

export type Hashes = ReadonlyMap<string, string>;

/** What a role says of the file of another. */
export interface MetaFile {
  readonly version: number;
  readonly length: number | null;
  /** Hexadecimal, by algorithm. */
  readonly hashes: Hashes | null;
}

export interface TimestampSigned extends Signed {
  readonly snapshot: MetaFile;
}

export interface SnapshotSigned extends Signed {
  /** 'targets.json', and those of delegated roles. */
  readonly filesByName: ReadonlyMap<string, MetaFile>;
  readonly targets: MetaFile;
}

export interface TargetFile {
  readonly length: number;
  readonly hashes: Hashes;
}

export interface TargetsSigned extends Signed {
  readonly filesByName: ReadonlyMap<string, TargetFile>;
}

export interface SignedByRole {
  readonly root: RootSigned;
  readonly timestamp: TimestampSigned;
  readonly snapshot: SnapshotSigned;
  readonly targets: TargetsSigned;
}

export interface Metadata<R extends RoleName> {
  readonly role: R;
  readonly signed: SignedByRole[R];
  /** Hexadecimal as it came, good or not, by key id. */
  readonly signatures: ReadonlyMap<string, string>;
  /** The canonical form of all that is signed, unknown fields included. */
  readonly signedBytes: Bytes;
  /** The file as it came. */
  readonly bytes: Bytes;
}

export const fileNameOf = (role: RoleName): string => `${role}.json`;
