// The server's own agreement on keys, with what was worked out kept: for keys that are no secret.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { KeyAgreement } from '../../src/core/nacl/box.ts';
import { NODE_AGREEMENT } from '../../src/server/ingest/node-agreement.ts';

const MAX_CACHED = 20_000;

/** Days and sessions come again, in one run and in the next: what was once worked out is kept. */
function cached<T>(work: (...bytes: readonly Bytes[]) => T): (...bytes: readonly Bytes[]) => T {
  const doneByBytes = new Map<string, T>();
  return (...bytes) => {
    const name = bytes.map((part) => Buffer.from(part).toString('latin1')).join('');
    const known = doneByBytes.get(name);
    if (known !== undefined) return known;
    if (doneByBytes.size >= MAX_CACHED) doneByBytes.clear();
    const done = work(...bytes);
    doneByBytes.set(name, done);
    return done;
  };
}

const NO_BYTES: Bytes = new Uint8Array(0);

const publicBytesOf = cached((secret = NO_BYTES): Bytes => NODE_AGREEMENT.pairOf(secret).publicKey);

const sharedOf = cached((publicBytes = NO_BYTES, secret = NO_BYTES) =>
  NODE_AGREEMENT.agree(publicBytes, secret),
);

/** What it gives are copies: whoever is done with a key overwrites it. */
export const KEPT_AGREEMENT: KeyAgreement = {
  pairOf: (secret) => ({ publicKey: publicBytesOf(secret).slice(), secretKey: secret.slice() }),
  agree: (publicKey, secretKey) => sharedOf(publicKey, secretKey)?.slice() ?? null,
};
