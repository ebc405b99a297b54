import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TWEETNACL_AGREEMENT } from '../../../../src/core/nacl/box.ts';
import { NODE_AGREEMENT } from '../../../../src/server/ingest/node-agreement.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => new Uint8Array(array));

describe('agreeing on keys by node:crypto', () => {
  it('gives the bytes that tweetnacl gives', () => {
    fc.assert(
      fc.property(secret, secret, (own, other) => {
        const pair = NODE_AGREEMENT.pairOf(own);
        expect(pair).toEqual(TWEETNACL_AGREEMENT.pairOf(own));
        const { publicKey } = TWEETNACL_AGREEMENT.pairOf(other);
        const agreed = NODE_AGREEMENT.agree(publicKey, own);
        expect(agreed).toEqual(TWEETNACL_AGREEMENT.agree(publicKey, own));
        expect(agreed).toEqual(NODE_AGREEMENT.agree(pair.publicKey, other));
      }),
      { numRuns: 40 },
    );
  });

  it('gives nothing for a point of small order', () => {
    for (const first of [0, 1]) {
      const point = new Uint8Array(32);
      point[0] = first;
      expect(NODE_AGREEMENT.agree(point, new Uint8Array(32).fill(9))).toBeNull();
    }
  });
});
