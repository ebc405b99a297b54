// ECDSA with P-256 beside Ed25519, as other TUF repositories sign by default: keys in PEM, signatures in DER. For looking
// at such repositories from the command line; no tablet takes these keys.

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { TufKey } from '../core/trust/tuf/metadata.ts';
import type { KeyEngine } from '../core/trust/tuf/ports.ts';

export const withP256Keys = (ed25519: KeyEngine): KeyEngine => ({
  identify: (key) => ed25519.identify(key) ?? identifyP256(key),
  async verify(key, signature, message) {
    if (ed25519.identify(key) !== null) return ed25519.verify(key, signature, message);
    const publicKey = parseP256(key);
    return publicKey !== null && verify('sha256', message, publicKey, signature);
  },
});

function identifyP256(key: TufKey): string | null {
  const publicKey = parseP256(key);
  return publicKey === null
    ? null
    : `p256 ${publicKey.export({ type: 'spki', format: 'der' }).toString('hex')}`;
}

function parseP256({ type, scheme, public: pem }: TufKey): KeyObject | null {
  // The second name is what older repositories call the same kind of key.
  if (!['ecdsa', 'ecdsa-sha2-nistp256'].includes(type) || scheme !== 'ecdsa-sha2-nistp256') return null;
  try {
    const key = createPublicKey(pem);
    const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isP256 ? key : null;
  } catch {
    return null;
  }
}
