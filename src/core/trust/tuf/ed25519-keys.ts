// Ed25519, the only kind of key that a tablet believes: 32 bytes in hexadecimal.

import type { Bytes } from '../../bytes/bytes.ts';
import { parseHex } from '../../bytes/hex.ts';
import type { Ed25519Engine } from '../../signature/engine.ts';
import type { TufKey } from './metadata.ts';
import type { KeyEngine } from './ports.ts';

export const ed25519Keys = (engine: Ed25519Engine): KeyEngine => ({
  identify: (key) => (publicKeyOf(key) === null ? null : `ed25519 ${key.public.toLowerCase()}`),
  async verify(key, signature, message) {
    const publicKey = publicKeyOf(key);
    return publicKey !== null && engine.verify(publicKey, signature, message);
  },
});

function publicKeyOf({ type, scheme, public: hex }: TufKey): Bytes | null {
  if (type !== 'ed25519' || scheme !== 'ed25519' || hex.length !== 64) return null;
  const bytes = parseHex(hex);
  return bytes.ok ? bytes.value : null;
}
