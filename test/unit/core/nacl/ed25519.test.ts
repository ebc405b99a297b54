import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../src/core/bytes/bytes.ts';
import {
  publicKeyOfSeed,
  signWithTweetnacl,
  verifyWithTweetnacl,
} from '../../../../src/core/nacl/ed25519.ts';
import { bytesOf } from '../../../support/bytes-of.ts';

describe("tweetnacl against the platform's own Ed25519", () => {
  it('signs what WebCrypto verifies, bit for bit what WebCrypto signs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 100 }),
        async (seed, message) => {
          const pkcs8 = concatBytes(bytesOf('302e020100300506032b657004220420'), seed);
          const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
          const native = new Uint8Array(await webcrypto.subtle.sign('Ed25519', key, message));
          const signature = signWithTweetnacl(seed, message);
          expect(signature).toEqual(native);
          expect(verifyWithTweetnacl(publicKeyOfSeed(seed), signature, message)).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
  });
});
