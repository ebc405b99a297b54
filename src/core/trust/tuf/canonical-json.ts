// Canonical JSON as TUF signs it (OLPC): keys sorted by code point, no space, only " and \ escaped, whole numbers only.
// Takes the parsed value whole, unknown fields included. Refuses fractions, numbers that JavaScript cannot hold exactly,
// lone surrogates (two of them would give the same bytes) and depth over 32.

import { type Bytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import { TUF_LIMITS } from './limits.ts';

export type CanonicalRefusal = 'fraction' | 'lone-surrogate' | 'too-deep' | 'no-json-value';

export function encodeCanonicalJson(value: unknown): Result<Bytes, CanonicalRefusal> {
  const parts: string[] = [];
  const problem = write(value, parts, 0);
  return problem === null ? ok(utf8ToBytes(parts.join(''))) : refused(problem);
}

function write(value: unknown, parts: string[], depth: number): CanonicalRefusal | null {
  if (depth > TUF_LIMITS.jsonDepth) return 'too-deep';
  if (typeof value === 'string') return writeText(value, parts);
  if (value === null || typeof value === 'boolean') {
    parts.push(String(value));
    return null;
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) return 'fraction';
    parts.push(String(value));
    return null;
  }
  if (Array.isArray(value)) return writeList(value, parts, depth);
  return typeof value === 'object' ? writeObject(value, parts, depth) : 'no-json-value';
}

function writeText(text: string, parts: string[]): CanonicalRefusal | null {
  if (/\p{Surrogate}/u.test(text)) return 'lone-surrogate';
  parts.push('"', text.replaceAll(/["\\]/g, '\\$&'), '"');
  return null;
}

function writeList(list: readonly unknown[], parts: string[], depth: number): CanonicalRefusal | null {
  parts.push('[');
  for (const [at, item] of list.entries()) {
    if (at > 0) parts.push(',');
    const problem = write(item, parts, depth + 1);
    if (problem !== null) return problem;
  }
  parts.push(']');
  return null;
}

function writeObject(object: object, parts: string[], depth: number): CanonicalRefusal | null {
  parts.push('{');
  const entries = Object.entries(object).sort(([a], [b]) => compareByCodePoint(a, b));
  for (const [at, [key, item]] of entries.entries()) {
    if (at > 0) parts.push(',');
    const keyProblem = writeText(key, parts);
    if (keyProblem !== null) return keyProblem;
    parts.push(':');
    const problem = write(item, parts, depth + 1);
    if (problem !== null) return problem;
  }
  parts.push('}');
  return null;
}

/** JavaScript's own order is by UTF-16 unit, which puts U+10000 before U+E000. */
function compareByCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
