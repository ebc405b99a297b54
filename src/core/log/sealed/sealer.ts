// Seals records, one append after another: the only place that joins a session's key with a number. A session lives in
// memory only, and its secrets are overwritten when it ends. Holds no clock and no chance: both come from the caller.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import {
  BOX_KEY_BYTES,
  BOX_NONCE_BYTES,
  type KeyAgreement,
  sealBox,
  TWEETNACL_AGREEMENT,
} from '../../nacl/box.ts';
import type { GateRecord } from '../record.ts';
import { encodeRecord } from './encode-record.ts';
import { encodeSealedEnvelope } from './envelope.ts';
import {
  beginSession,
  type DoubtfulSession,
  goOn,
  mayGoOn,
  type NextRecord,
  type SettledSession,
  settle,
} from './session-rule.ts';

export interface ToSeal extends NextRecord {
  /** SHA-256 of the envelope before. */
  readonly prev: Bytes;
  readonly record: GateRecord;
}

export interface Sealing {
  /** The envelope's bytes, to be kept and sent as they are. */
  readonly envelope: Bytes;
  /** To be called once the envelope is known to be on the disk. Whatever is sealed before that begins a new session. */
  committed(): void;
}

export interface Sealer {
  seal(next: ToSeal): Sealing;
  /** At lock and at the day's end. */
  endSession(): void;
}

/** `randomBytes` must come from a source that nobody can foresee, and never repeat itself. */
export function createSealer(
  randomBytes: (length: number) => Bytes,
  agreement: KeyAgreement = TWEETNACL_AGREEMENT,
): Sealer {
  let open: SettledSession | DoubtfulSession | null = null;
  let keys: SessionKeys | null = null;
  let lastPublicKey: Bytes | null = null;

  const endSession = (): void => {
    keys?.sharedKey.fill(0);
    keys = null;
    open = null;
  };

  const keysOfNewSession = ({ dayKey }: NextRecord): SessionKeys => {
    const fresh = agreeWith(agreement, dayKey.publicKey, randomBytes(BOX_KEY_BYTES));
    if (lastPublicKey !== null && isSameBytes(fresh.publicKey, lastPublicKey))
      throw new Error('chance gave the same key twice: nothing can be sealed safely');
    lastPublicKey = fresh.publicKey;
    return fresh;
  };

  return {
    seal({ identity, seq, dayKey, atMs, prev, record }) {
      const padded = encodeRecord(record);
      const next = { identity, seq, dayKey, atMs };
      const mayStay = keys !== null && open?.kind === 'settled' && mayGoOn(open, next);
      if (!mayStay) endSession();
      const session = open?.kind === 'settled' ? goOn(open, next) : beginSession(next);
      keys ??= keysOfNewSession(next);
      open = session;
      const sealed = sealBox(padded, nonceOf(seq), keys.sharedKey);
      const { day, name: key } = dayKey;
      return {
        envelope: encodeSealedEnvelope({ ...identity, seq, day, key, session: keys.publicKey, sealed, prev }),
        committed() {
          if (open === session) open = settle(session);
        },
      };
    },
    endSession,
  };
}

/** 16 zero bytes, then the seq as uint64: no two records of a session share one. */
export function nonceOf(seq: number): Bytes {
  const nonce = new Uint8Array(BOX_NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(16, BigInt(seq));
  return nonce;
}

interface SessionKeys {
  readonly publicKey: Bytes;
  readonly sharedKey: Bytes;
}

function agreeWith(agreement: KeyAgreement, dayPublicKey: Bytes, secret: Bytes): SessionKeys {
  const pair = agreement.pairOf(secret);
  const sharedKey = agreement.agree(dayPublicKey, pair.secretKey);
  secret.fill(0);
  pair.secretKey.fill(0);
  if (sharedKey === null)
    throw new Error('this day key would let anybody open the log: nothing is sealed to it');
  return { publicKey: pair.publicKey, sharedKey };
}
