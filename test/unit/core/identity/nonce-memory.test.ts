// A nonce is taken once, also after a restart, and the memory of it has bounds.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../src/core/bytes/cbor.ts';
import {
  createNonceMemory,
  type NonceMemory,
  parseNonceMemory,
} from '../../../../src/core/identity/nonce-memory.ts';
import { TEST_NOW_SECONDS as NOW } from '../../../support/test-issuer.ts';

const KEY = 'a'.repeat(32);
const OTHER_KEY = 'b'.repeat(32);
const nonceOf = (number: number): Bytes => {
  const nonce = new Uint8Array(16);
  new DataView(nonce.buffer).setUint32(0, number);
  return nonce;
};
const asked = (number: number, keyId = KEY, expiresSeconds = NOW + 300) => ({
  keyId,
  nonce: nonceOf(number),
  expiresSeconds,
});
const codeOf = (memory: NonceMemory, request: ReturnType<typeof asked>, now = NOW) => {
  const taken = memory.remember(request, now);
  return taken.ok ? 'ok' : taken.error;
};

function restarted(memory: NonceMemory, now = NOW): NonceMemory {
  const parsed = parseNonceMemory(memory.encode(now));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe('a nonce', () => {
  it('is taken once, and once from each key', () => {
    const memory = createNonceMemory();
    expect(codeOf(memory, asked(1))).toBe('ok');
    expect(codeOf(memory, asked(1))).toBe('nonce-replayed');
    expect(codeOf(memory, asked(1, KEY, NOW + 10))).toBe('nonce-replayed');
    expect(codeOf(memory, asked(1, OTHER_KEY))).toBe('ok');
    expect(codeOf(memory, asked(2))).toBe('ok');
  });

  it('is refused again after a restart, up to its last second', () => {
    const memory = createNonceMemory();
    codeOf(memory, asked(1));
    for (const later of [0, 1, 59, 60, 299, 300])
      expect(codeOf(restarted(memory, NOW + later), asked(1), NOW + later)).toBe('nonce-replayed');
  });

  it('is no nonce any more once its request has expired, nor long before it could', () => {
    const memory = createNonceMemory();
    expect(codeOf(memory, asked(1, KEY, NOW))).toBe('ok');
    expect(codeOf(memory, asked(2, KEY, NOW - 1))).toBe('nonce-expired');
    expect(codeOf(memory, asked(3, KEY, NOW + 360))).toBe('ok');
    expect(codeOf(memory, asked(4, KEY, NOW + 361))).toBe('nonce-expired');
  });

  it('is never forgotten for lack of room: requests are refused instead, of that key alone or of all', () => {
    const memory = createNonceMemory({ perKey: 3, inAll: 5 });
    for (const number of [1, 2, 3]) expect(codeOf(memory, asked(number))).toBe('ok');
    expect(codeOf(memory, asked(4))).toBe('nonce-too-many');
    expect(codeOf(memory, asked(1))).toBe('nonce-replayed');
    for (const number of [1, 2]) expect(codeOf(memory, asked(number, OTHER_KEY))).toBe('ok');
    expect(codeOf(memory, asked(3, OTHER_KEY))).toBe('nonce-too-many');
    expect(memory.size).toBe(5);
    expect(codeOf(memory, asked(4, KEY, NOW + 600), NOW + 361)).toBe('ok');
    expect(memory.size).toBe(1);
  });

  it('is answered, and kept, as by a plain list of all of them, over any course of time and restarts', () => {
    const step = fc.record({
      number: fc.integer({ min: 0, max: 6 }),
      later: fc.integer({ min: 0, max: 90 }),
      life: fc.integer({ min: 1, max: 300 }),
      isRestart: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let memory = createNonceMemory();
        let now = NOW;
        const expiresByNumber = new Map<number, number>();
        for (const { number, later, life, isRestart } of steps) {
          now += later;
          if (isRestart) memory = restarted(memory, now);
          const held = expiresByNumber.get(number);
          const code = codeOf(memory, asked(number, KEY, now + life), now);
          if (held !== undefined && now <= held) expect(code).toBe('nonce-replayed');
          if (held === undefined || now > held + 60) expect(code).toBe('ok');
          if (code === 'ok') expiresByNumber.set(number, now + life);
        }
        expect(memory.size).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe('an encoded memory', () => {
  it('is the same whatever order its nonces came in, and holds only what still counts', () => {
    const [first, second] = [createNonceMemory(), createNonceMemory()];
    for (const number of [1, 2, 3]) codeOf(first, asked(number));
    for (const number of [3, 1, 2]) codeOf(second, asked(number));
    expect(first.encode(NOW)).toEqual(second.encode(NOW));
    expect(first.encode(NOW + 361)).toEqual(createNonceMemory().encode(NOW));
  });

  const entry = (number: number): CborValue => [new Uint8Array(32).fill(number), NOW];
  it.each<[string, CborValue]>([
    ['nothing', null],
    ['another format', [2, []]],
    ['no list', [1, 0]],
    ['something more', [1, [], 0]],
    ['a short name', [1, [[new Uint8Array(31), NOW]]]],
    ['a time as text', [1, [[new Uint8Array(32), 'now']]]],
    ['the same twice', [1, [entry(1), entry(1)]]],
    ['another order', [1, [entry(2), entry(1)]]],
  ])('of %s is refused', (_name, value) => {
    expect(parseNonceMemory(encodeCbor(value))).toEqual({ ok: false, error: 'nonce-memory-malformed' });
  });

  it('of more than there may be is refused, and of any bytes by that code', () => {
    const bytes = encodeCbor([1, [entry(1), entry(2)]]);
    expect(parseNonceMemory(bytes).ok).toBe(true);
    expect(parseNonceMemory(bytes, { perKey: 1, inAll: 1 }).ok).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        const parsed = parseNonceMemory(any);
        expect(parsed.ok ? parsed.value.size : parsed.error).toBe('nonce-memory-malformed');
      }),
    );
  });
});
