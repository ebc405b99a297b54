// Every way in which an update can be refused, by the attack it would be. The set that is held stays in use.

import { type Refused, refused } from '../../result.ts';

export const TUF_REFUSALS = [
  /** Nothing to begin with: no root was pinned, or it cannot be read any more. */
  'no-root',
  'other-root',
  /** Arbitrary software: what came is no metadata, of another role, or without enough signatures. */
  'not-json',
  'malformed',
  'wrong-type',
  'other-spec',
  'duplicate-signature',
  'duplicate-key',
  'too-few-signatures',
  /** A root that the root before it did not sign. */
  'broken-chain',
  'rollback',
  'role-removed',
  /** A version that leaves no room above it. */
  'fast-forward',
  /** Freeze: signed well, and past its end. */
  'expired',
  /** Mix and match: not the file that the role above it speaks of. */
  'wrong-hash',
  'unknown-hash',
  'wrong-length',
  'wrong-version',
  /** Endless data, slow retrieval. */
  'too-large',
  'too-slow',
  'unreachable',
  'not-found',
  'no-such-target',
  'bad-target-name',
  /** Signed well, and nothing that can be used. */
  'bad-target',
] as const;

export type TufCode = (typeof TUF_REFUSALS)[number];

export interface TufRefusal {
  readonly code: TufCode;
  /** The file that was refused, as it is called at the repository, or the target by its name. */
  readonly file: string;
  /** For the person who looks into it: a place or a number. */
  readonly detail: string;
}

export const refuse = (code: TufCode, file: string, detail = ''): Refused<TufRefusal> =>
  refused<TufRefusal>({ code, file, detail });

/** One line for a log or a terminal. */
export const refusalText = ({ code, file, detail }: TufRefusal): string =>
  [`${file}: ${code}`, detail].filter(Boolean).join(': ');
