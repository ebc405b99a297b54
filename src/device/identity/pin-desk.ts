// The shift's PIN: PBKDF2-SHA-256 with a salt of its own. It locks the screen and protects nothing that could be read, for
// nothing readable lies here. Each try is counted on the disk before it is checked.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { utf8ToBytes } from '../../core/bytes/bytes.ts';
import { beginPinTry, NO_TRIES, type PinTurn, pinWaitSeconds } from '../../core/identity/pin-tries.ts';
import { isSameSecret } from '../../core/identity/same-secret.ts';
import { committed, type Database, strictTransaction, writeFact } from '../database.ts';
import { tellNews } from '../news.ts';
import type { StoredPin } from './stored-identity.ts';

export type PinAnswer =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly waitSeconds: number }
  /** Not tried: too soon after wrong ones. */
  | { readonly kind: 'wait'; readonly waitSeconds: number };

export interface PinDesk {
  check(pin: string): Promise<PinAnswer>;
  /** Throws for what is no PIN. */
  set(pin: string): Promise<void>;
  remove(): Promise<void>;
}

const ROUNDS = 600_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;

/** Four to eight digits. */
export const isPin = (text: string): boolean => /^[0-9]{4,8}$/.test(text);

export const openPinDesk = (database: Database, nowSeconds: () => number): PinDesk => ({
  async check(text) {
    const begun = await beginTry(database, nowSeconds());
    if (begun === null) return { kind: 'right' };
    const { pin, turn } = begun;
    if (turn.kind === 'wait') return { kind: 'wait', waitSeconds: Math.ceil(turn.seconds) };
    const isRight = isSameSecret(await hashOf(text, pin.salt, pin.rounds), pin.hash);
    if (!isRight) return { kind: 'wrong', waitSeconds: pinWaitSeconds(turn.tries.counted) };
    await writeFact(database, 'pin', { ...pin, tries: NO_TRIES });
    return { kind: 'right' };
  },
  async set(text) {
    if (!isPin(text)) throw new Error('a PIN has 4 to 8 digits');
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const hash = await hashOf(text, salt, ROUNDS);
    await writeFact(database, 'pin', { salt, rounds: ROUNDS, hash, tries: NO_TRIES });
    tellNews('pin');
  },
  async remove() {
    const transaction = strictTransaction(database, ['facts']);
    await committed(transaction, [transaction.objectStore('facts').delete(IDBKeyRange.only('pin'))]);
    tellNews('pin');
  },
});

/** Null where there is no PIN. */
async function beginTry(
  database: Database,
  nowSeconds: number,
): Promise<{ readonly pin: StoredPin; readonly turn: PinTurn } | null> {
  const transaction = strictTransaction(database, ['facts']);
  const facts = transaction.objectStore('facts');
  const pin = (await facts.get('pin')) as StoredPin | undefined;
  const turn = pin === undefined ? null : beginPinTry(pin.tries, nowSeconds);
  const writes = pin === undefined || turn === null ? [] : [facts.put({ ...pin, tries: turn.tries }, 'pin')];
  await committed(transaction, writes);
  return pin === undefined || turn === null ? null : { pin, turn };
}

async function hashOf(pin: string, salt: Bytes, iterations: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', utf8ToBytes(pin), 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, HASH_BITS));
}
