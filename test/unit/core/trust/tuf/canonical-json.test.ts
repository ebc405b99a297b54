// Canonical JSON: cases of securesystemslib (its test_formats.py), then a second encoder, then what is refused.

import { canonicalize } from '@tufjs/canonical-json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCanonicalJson } from '../../../../../src/core/trust/tuf/canonical-json.ts';

function textOf(value: unknown): string {
  const bytes = encodeCanonicalJson(value);
  return bytes.ok ? new TextDecoder().decode(bytes.value) : `refused: ${bytes.error}`;
}

describe('the cases of securesystemslib', () => {
  it.each<[unknown, string]>([
    ['', '""'],
    [[1, 2, 3], '[1,2,3]'],
    [[], '[]'],
    [{}, '{}'],
    [{ A: [99] }, '{"A":[99]}'],
    [{ A: true }, '{"A":true}'],
    [{ B: false }, '{"B":false}'],
    [{ y: 2, x: 3 }, '{"x":3,"y":2}'],
    [{ x: 3, y: null }, '{"x":3,"y":null}'],
    ['"', '"\\""'],
    ['\\', '"\\\\"'],
    ['\\"', '"\\\\\\""'],
  ])('%j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe('beside @tufjs/canonical-json', () => {
  it('gives the same for whatever JSON can say within the basic plane', () => {
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 0xd7ff }).map((code) => String.fromCharCode(code)),
    });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      object: fc.dictionary(text, tie('tree'), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(tree, (value) => textOf(value) === canonicalize(value)),
      { numRuns: 300 },
    );
  });
});

describe('what is its own', () => {
  it('sorts keys by code point, not by UTF-16 unit', () => {
    expect(textOf({ '\u{10000}': 1, '\ufffd': 2, a: 3, aa: 4 })).toBe(
      '{"a":3,"aa":4,"\ufffd":2,"\u{10000}":1}',
    );
  });

  it('leaves control characters and other scripts as they are', () => {
    expect(textOf('\n\u0000é中')).toBe('"\n\u0000é中"');
  });

  it('keeps a field that is called like one of Object’s', () => {
    expect(textOf(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });

  it.each<[string, unknown, string]>([
    ['a fraction', 1.5, 'fraction'],
    ['a number that cannot be held exactly', JSON.parse('9007199254740993'), 'fraction'],
    ['an endless number', JSON.parse('1e400'), 'fraction'],
    ['half a character', '\ud800', 'lone-surrogate'],
    ['half a character in a key', { '\udc00': 1 }, 'lone-surrogate'],
    ['what JSON cannot say', { a: undefined }, 'no-json-value'],
  ])('refuses %s', (_name, value, code) => {
    expect(textOf(value)).toBe(`refused: ${code}`);
  });
});
