// A status list of sixteen places, what a tablet expects of it, and tokens around any claims, really signed.

import { deflateSync } from 'node:zlib';
import { type Bytes, concatBytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborKey, type CborValue, encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import { signCoseSign1 } from '../../../../../src/core/signature/cose-sign1.ts';
import { openWebCryptoEngine } from '../../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../../src/core/signature/signer.ts';
import { createStatusList, withStatuses } from '../../../../../src/core/trust/status/status-list.ts';
import {
  type ExpectedStatusList,
  type HeldStatusList,
  verifyStatusToken,
} from '../../../../../src/core/trust/status/status-token.ts';
import { bytesOf } from '../../../../support/bytes-of.ts';
import { TEST_NOW_SECONDS } from '../../../../support/test-issuer.ts';

export const NOW = TEST_NOW_SECONDS;
export const URI = 'https://issuer.example/status/7';
export const engine = openWebCryptoEngine();
export const signer = await createSigner(new Uint8Array(32).fill(7));
export const otherSigner = await createSigner(new Uint8Array(32).fill(8));
export const compress = (bytes: Bytes): Uint8Array => deflateSync(bytes, { level: 9 });

export const revokedList = withStatuses(createStatusList(16, 1), [
  [0, 'revoked'],
  [11, 'revoked'],
]);
export const facts = (changes: Partial<HeldStatusList> = {}): HeldStatusList => ({
  uri: URI,
  issuedAt: NOW - 60,
  expiresAt: NOW + 86_400,
  ttlSeconds: 3600,
  list: revokedList,
  ...changes,
});
export const expected = (changes: Partial<ExpectedStatusList> = {}): ExpectedStatusList => ({
  uri: URI,
  keys: [signer.publicKey],
  held: null,
  nowSeconds: NOW,
  ...changes,
});
export async function codeOf(token: Uint8Array, changes: Partial<ExpectedStatusList> = {}): Promise<string> {
  const verified = await verifyStatusToken(token, expected(changes), engine);
  return verified.ok ? 'ok' : verified.error;
}

/** Signed with a good key, whatever the claims are. */
export async function tokenOf(
  payload: Bytes,
  { by = signer, type = 'application/statuslist+cwt' }: { by?: Signer; type?: string | null } = {},
): Promise<Bytes> {
  const aad: Bytes = new Uint8Array(0);
  const cose = await (type === null
    ? signCoseSign1(payload, aad, by)
    : signCoseSign1(payload, aad, by, type));
  return concatBytes(bytesOf('d2'), cose);
}

export const goodLst = new Uint8Array(deflateSync(revokedList.packed));
export const listOf = (entries: readonly (readonly [CborKey, CborValue])[]) =>
  new Map<CborKey, CborValue>(entries);
export const goodClaims: readonly (readonly [CborKey, CborValue])[] = [
  [2, URI],
  [4, NOW + 86_400],
  [6, NOW - 60],
  [
    65533,
    listOf([
      ['bits', 1],
      ['lst', goodLst],
    ]),
  ],
  [65534, 3600],
];
export const claimsWith = (...changes: readonly (readonly [CborKey, CborValue])[]): Bytes =>
  encodeCbor(new Map([...goodClaims, ...changes]));
export const claimsWithout = (key: CborKey): Bytes =>
  encodeCbor(new Map(goodClaims.filter(([name]) => name !== key)));
export const withLst = (bits: CborValue, lst: CborValue): Bytes =>
  claimsWith([
    65533,
    listOf([
      ['bits', bits],
      ['lst', lst],
    ]),
  ]);
