// Opens what is sealed, with the private key of its day. Keeps the agreed key of the last session, because the records
// of a session follow one another and agreeing is what takes time. Every failure has a code; none says what was inside.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { type KeyAgreement, openBox, TWEETNACL_AGREEMENT } from '../../nacl/box.ts';
import { type Result, refused } from '../../result.ts';
import type { GateRecord } from '../record.ts';
import type { SealKeyPair } from './day-keys.ts';
import { parseRecord, RECORD_REFUSALS, type RecordRefusal } from './encode-record.ts';
import type { SealedEnvelope } from './envelope.ts';
import { nonceOf } from './sealer.ts';

export const OPEN_REFUSALS = [
  /** Destroyed at its end, lost, or never this site's. */
  'open-no-key',
  /** A session key of small order: nobody's tablet makes one. */
  'open-session',
  'open-sealed',
  ...RECORD_REFUSALS,
] as const;
export type OpenRefusal = RecordRefusal | (typeof OPEN_REFUSALS)[number];

/** The key pair of that site and day with that name; null once it is destroyed. */
export type FindSealKey = (site: string, day: string, name: Bytes) => SealKeyPair | null;

export interface Opener {
  open(envelope: SealedEnvelope): Result<GateRecord, OpenRefusal>;
  /** Forgets the agreed key. Needed before a day's key counts as destroyed. */
  forget(): void;
}

export function createOpener(findKey: FindSealKey, agreement: KeyAgreement = TWEETNACL_AGREEMENT): Opener {
  let last: { readonly session: Bytes; readonly secretKey: Bytes; readonly sharedKey: Bytes } | null = null;

  const forget = (): void => {
    last?.sharedKey.fill(0);
    last = null;
  };

  const sharedKeyFor = (session: Bytes, secretKey: Bytes): Bytes | null => {
    if (last !== null && isSameBytes(last.session, session) && last.secretKey === secretKey)
      return last.sharedKey;
    forget();
    const sharedKey = agreement.agree(session, secretKey);
    if (sharedKey !== null) last = { session, secretKey, sharedKey };
    return sharedKey;
  };

  return {
    open({ site, day, key, session, seq, sealed }) {
      const pair = findKey(site, day, key);
      if (pair === null) return refused('open-no-key');
      const sharedKey = sharedKeyFor(session, pair.secretKey);
      if (sharedKey === null) return refused('open-session');
      const padded = openBox(sealed, nonceOf(seq), sharedKey);
      return padded === null ? refused('open-sealed') : parseRecord(padded);
    },
    forget,
  };
}
