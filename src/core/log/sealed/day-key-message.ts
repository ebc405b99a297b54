// How a site's day keys reach a tablet: the answer to one of its signed requests, signed by the server's receipt key.
// external_aad 'gatelight-day-keys-1', payload CBOR [ site, device, the request's nonce, [ [ day, seal key ] ... ], box ].
// Public halves travel in clear; pseudonym keys in a box = [ sender, sealed ] to the X25519 key that the request brought:
// sealed = secretbox(CBOR [ [ day, key ] ... ], nonce = 24 zero bytes, key agreed by X25519). Both pairs are made for one
// message, so that no key meets that nonce twice.

import { type Bytes, isSameBytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCbor } from '../../bytes/cbor.ts';
import {
  agreeOnKey,
  BOX_KEY_BYTES,
  BOX_NONCE_BYTES,
  boxKeyPairOf,
  openBox,
  sealBox,
} from '../../nacl/box.ts';
import { ok, type Result, refused } from '../../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../../signature/cose-sign1.ts';
import { type Ed25519Engine, isSignedByOne } from '../../signature/engine.ts';
import type { Signer } from '../../signature/signer.ts';
import { isId } from '../../trust/ids.ts';
import { isSiteDay } from '../../trust/site-day.ts';
import { isDeviceId } from '../identity.ts';
import { PSEUDONYM_KEY_BYTES } from './day-keys.ts';

/** What a tablet is given: days 'YYYY-MM-DD' of the site, each at most once, the earliest first. */
export interface DayKeys {
  /** Public halves, 32 bytes. */
  readonly sealKeys: readonly { readonly day: string; readonly publicKey: Bytes }[];
  /** 32 bytes each, secret. */
  readonly pseudonymKeys: readonly { readonly day: string; readonly key: Bytes }[];
}

export interface DayKeysAddress {
  readonly site: string;
  readonly device: string;
  /** Of the request that this answers. */
  readonly nonce: Bytes;
}

export const DAY_KEYS_REFUSALS = [
  'day-keys-cose',
  'day-keys-signature',
  'day-keys-shape',
  'day-keys-other-device',
  'day-keys-other-nonce',
  /** Not sealed to this tablet's key. */
  'day-keys-box',
] as const;
export type DayKeysRefusal = (typeof DAY_KEYS_REFUSALS)[number];

export const MAX_DAY_KEYS_BYTES = 16_384;
/** More days than anybody ever holds keys of. */
const MAX_DAYS = 100;
const DAY_KEYS_AAD = utf8ToBytes('gatelight-day-keys-1');
const KEYS_DEPTH = 2;

/** The key that a tablet's request brings; null for other bytes, and for a key of small order: its box anybody opens. */
export const parseDayKeysRequest = (body: Bytes): Bytes | null =>
  body.length === BOX_KEY_BYTES && agreeOnKey(body, ANY_SECRET) !== null ? body : null;

/** `chance` gives so many random bytes. Throws for a key that `parseDayKeysRequest` does not take. */
export async function signDayKeys(
  address: DayKeysAddress,
  keys: DayKeys,
  toTablet: Bytes,
  chance: (length: number) => Bytes,
  signer: Signer,
): Promise<Bytes> {
  const { site, device, nonce } = address;
  const seals = keys.sealKeys.map(({ day, publicKey }) => [day, publicKey]);
  const inside = encodeCbor(keys.pseudonymKeys.map(({ day, key }) => [day, key]));
  const box = sealTo(toTablet, inside, chance);
  inside.fill(0);
  return signCoseSign1(encodeCbor([site, device, nonce, seals, box]), DAY_KEYS_AAD, signer);
}

/** `secretKey`: of the X25519 pair that was made for the request. */
export async function openDayKeys(
  bytes: Bytes,
  own: DayKeysAddress,
  secretKey: Bytes,
  receiptKeys: readonly Bytes[],
  engine: Ed25519Engine,
): Promise<Result<DayKeys, DayKeysRefusal>> {
  const cose = bytes.length <= MAX_DAY_KEYS_BYTES ? parseCoseSign1(bytes, DAY_KEYS_AAD) : null;
  if (cose === null || !cose.ok) return refused('day-keys-cose');
  const { payload, signature, signedBytes } = cose.value;
  if (!(await isSignedByOne(receiptKeys, signature, signedBytes, engine)))
    return refused('day-keys-signature');
  const message = parseMessage(payload);
  if (message === null) return refused('day-keys-shape');
  if (message.site !== own.site || message.device !== own.device) return refused('day-keys-other-device');
  if (!isSameBytes(message.nonce, own.nonce)) return refused('day-keys-other-nonce');
  const inside = openFrom(message.sender, message.sealed, secretKey);
  if (inside === null) return refused('day-keys-box');
  const pseudonymKeys = parseKeys(inside, PSEUDONYM_KEY_BYTES);
  inside.fill(0);
  if (pseudonymKeys === null) return refused('day-keys-shape');
  return ok({ sealKeys: message.seals.map(({ day, key }) => ({ day, publicKey: key })), pseudonymKeys });
}

function sealTo(publicKey: Bytes, message: Bytes, chance: (length: number) => Bytes): readonly CborValue[] {
  const own = boxKeyPairOf(chance(BOX_KEY_BYTES));
  const sharedKey = agreeOnKey(publicKey, own.secretKey);
  own.secretKey.fill(0);
  if (sharedKey === null) throw new Error('what is sealed to this key anybody could open');
  const sealed = sealBox(message, NO_NONCE, sharedKey);
  sharedKey.fill(0);
  return [own.publicKey, sealed];
}

function openFrom(sender: Bytes, sealed: Bytes, secretKey: Bytes): Bytes | null {
  const sharedKey = agreeOnKey(sender, secretKey);
  const opened = sharedKey === null ? null : openBox(sealed, NO_NONCE, sharedKey);
  sharedKey?.fill(0);
  return opened;
}

const NO_NONCE: Bytes = new Uint8Array(BOX_NONCE_BYTES);
/** Tells keys of small order from others, as any secret does. */
const ANY_SECRET: Bytes = new Uint8Array(BOX_KEY_BYTES).fill(1);

interface DayKey {
  readonly day: string;
  readonly key: Bytes;
}

interface Message extends DayKeysAddress {
  readonly seals: readonly DayKey[];
  readonly sender: Bytes;
  readonly sealed: Bytes;
}

function parseMessage(payload: Bytes): Message | null {
  const cbor = parseCbor(payload, { maxDepth: KEYS_DEPTH + 1 });
  if (!cbor.ok || !isCborArray(cbor.value) || cbor.value.length !== 5) return null;
  const [site, device, nonce, list, box] = cbor.value;
  if (!isId(site) || !isDeviceId(device) || !isCborBytes(nonce)) return null;
  const seals = readKeys(list, BOX_KEY_BYTES);
  if (seals === null || !isCborArray(box) || box.length !== 2) return null;
  const [sender, sealed] = box;
  if (!isCborBytes(sender) || sender.length !== BOX_KEY_BYTES || !isCborBytes(sealed)) return null;
  return { site, device, nonce, seals, sender, sealed };
}

function parseKeys(bytes: Bytes, keyBytes: number): readonly DayKey[] | null {
  const cbor = parseCbor(bytes, { maxDepth: KEYS_DEPTH });
  return cbor.ok ? readKeys(cbor.value, keyBytes) : null;
}

/** Null unless each day is later than the one before. */
function readKeys(value: CborValue | undefined, keyBytes: number): readonly DayKey[] | null {
  if (!isCborArray(value) || value.length > MAX_DAYS) return null;
  const keys: DayKey[] = [];
  for (const entry of value) {
    if (!isCborArray(entry) || entry.length !== 2) return null;
    const [day, key] = entry;
    if (!isSiteDay(day) || !isCborBytes(key) || key.length !== keyBytes) return null;
    const before = keys.at(-1);
    if (before !== undefined && before.day >= day) return null;
    keys.push({ day, key });
  }
  return keys;
}
