// The nonces of requests that were taken, so that none is taken twice. Bounded by time, for a nonce is forgotten when its
// request has expired, and by count, for each key and in all: beyond that requests are refused, never nonces forgotten.
// Encoded it outlives a restart; what was remembered after the last encoding does not.

import type { Bytes } from '../bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborUint,
  parseCbor,
} from '../bytes/cbor.ts';
import { encodeHex, parseHex } from '../bytes/hex.ts';
import { ok, type Result, refused } from '../result.ts';
import { isDeviceKeyId } from './device-key.ts';
import { MAX_CREATED_AHEAD_SECONDS, MAX_REQUEST_LIFE_SECONDS, REQUEST_NONCE_BYTES } from './request-form.ts';

export type NonceRefusal = 'nonce-replayed' | 'nonce-expired' | 'nonce-too-many';

export interface RememberedRequest {
  readonly keyId: string;
  readonly nonce: Bytes;
  readonly expiresSeconds: number;
}

export interface NonceLimits {
  readonly perKey: number;
  readonly inAll: number;
}

export interface NonceMemory {
  /** Only for a request whose signature holds: a stranger must not fill the memory. */
  remember(request: RememberedRequest, nowSeconds: number): Result<null, NonceRefusal>;
  /** Forgets what has expired, then writes the rest in one order. */
  encode(nowSeconds: number): Bytes;
  readonly size: number;
}

/** A tablet that sends one request a second for a whole life of requests has 300 of them. */
export const NONCE_LIMITS: NonceLimits = { perKey: 2000, inAll: 200_000 };
/** Requests expire in windows of this length, so that forgetting is dropping a window. */
const WINDOW_SECONDS = 60;
const FARTHEST_SECONDS = MAX_REQUEST_LIFE_SECONDS + MAX_CREATED_AHEAD_SECONDS;

export function createNonceMemory(
  limits: NonceLimits = NONCE_LIMITS,
  kept: readonly RememberedRequest[] = [],
): NonceMemory {
  const expiryByNonceByWindow = new Map<number, Map<string, number>>();
  const countsByKey = new Map<string, number>();
  let size = 0;

  const put = ({ keyId, nonce, expiresSeconds }: RememberedRequest): void => {
    const window = windowOf(expiresSeconds);
    const entries = expiryByNonceByWindow.get(window) ?? new Map<string, number>();
    expiryByNonceByWindow.set(window, entries);
    entries.set(keyId + encodeHex(nonce), expiresSeconds);
    countsByKey.set(keyId, (countsByKey.get(keyId) ?? 0) + 1);
    size++;
  };
  const isHeld = (keyId: string, nonce: Bytes): boolean => {
    const name = keyId + encodeHex(nonce);
    return [...expiryByNonceByWindow.values()].some((entries) => entries.has(name));
  };
  const forget = (nowSeconds: number): void => {
    for (const [window, entries] of expiryByNonceByWindow) {
      if (window >= windowOf(nowSeconds)) continue;
      expiryByNonceByWindow.delete(window);
      size -= entries.size;
      for (const name of entries.keys()) {
        const keyId = name.slice(0, KEY_ID_LENGTH);
        const left = (countsByKey.get(keyId) ?? 1) - 1;
        if (left === 0) countsByKey.delete(keyId);
        else countsByKey.set(keyId, left);
      }
    }
  };

  for (const request of kept) put(request);
  return {
    remember(request, nowSeconds) {
      const { keyId, nonce, expiresSeconds } = request;
      if (nowSeconds > expiresSeconds || expiresSeconds > nowSeconds + FARTHEST_SECONDS)
        return refused('nonce-expired');
      forget(nowSeconds);
      if (isHeld(keyId, nonce)) return refused('nonce-replayed');
      if ((countsByKey.get(keyId) ?? 0) >= limits.perKey || size >= limits.inAll)
        return refused('nonce-too-many');
      put(request);
      return ok(null);
    },
    encode(nowSeconds) {
      forget(nowSeconds);
      const entries = [...expiryByNonceByWindow.values()].flatMap((window) => [...window]).sort(byName);
      return encodeCbor([FORMAT, entries.map(([name, expires]) => [bytesOfName(name), expires])]);
    },
    get size() {
      return size;
    },
  };
}

/** What an earlier run remembered. Refuses whatever encode does not write: a server then says so, and starts anew. */
export function parseNonceMemory(
  bytes: Uint8Array,
  limits: NonceLimits = NONCE_LIMITS,
): Result<NonceMemory, 'nonce-memory-malformed'> {
  const parsed = parseCbor(bytes, { maxDepth: 3 });
  if (!parsed.ok || !isCborArray(parsed.value) || parsed.value.length !== 2) return MALFORMED;
  const [format, list] = parsed.value;
  if (format !== FORMAT || !isCborArray(list) || list.length > limits.inAll) return MALFORMED;
  const kept = list.map(parseEntry);
  if (!kept.every((entry) => entry !== null)) return MALFORMED;
  const names = kept.map(({ keyId, nonce }) => keyId + encodeHex(nonce));
  if (names.some((name, at) => at > 0 && name <= (names[at - 1] ?? ''))) return MALFORMED;
  return ok(createNonceMemory(limits, kept));
}

const FORMAT = 1;
const KEY_ID_LENGTH = 32;
const MALFORMED = refused('nonce-memory-malformed');

const windowOf = (seconds: number): number => Math.floor(seconds / WINDOW_SECONDS);

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);

function bytesOfName(name: string): Bytes {
  const parsed = parseHex(name);
  if (!parsed.ok) throw new Error(`not a key and a nonce: ${name}`);
  return parsed.value;
}

function parseEntry(item: CborValue): RememberedRequest | null {
  if (!isCborArray(item) || item.length !== 2) return null;
  const [name, expiresSeconds] = item;
  if (!isCborBytes(name) || name.length !== KEY_ID_LENGTH / 2 + REQUEST_NONCE_BYTES) return null;
  if (!isCborUint(expiresSeconds)) return null;
  const keyId = encodeHex(name.subarray(0, KEY_ID_LENGTH / 2));
  return isDeviceKeyId(keyId) ? { keyId, nonce: name.slice(KEY_ID_LENGTH / 2), expiresSeconds } : null;
}
