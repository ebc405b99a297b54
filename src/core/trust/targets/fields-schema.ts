// Fields that several targets have, and the one way in which each document is read: bytes to a whole value, or the place
// and the reason of the first thing that is wrong. Unknown fields are wrong: what nobody reads nobody has checked.

import * as v from 'valibot';
import type { Bytes } from '../../bytes/bytes.ts';
import { encodeHex, parseHex } from '../../bytes/hex.ts';
import { ok, type Result, refused } from '../../result.ts';
import { isId } from '../ids.ts';
import type { TrustAges } from '../trust.ts';
import type { TargetRefusal } from './targets.ts';

export const Time = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_799));
export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31 - 1));
export const Uint16 = v.pipe(Count, v.maxValue(0xffff));
export const Line = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
export const Format = v.literal(1);

export const Id = v.pipe(
  v.string(),
  v.check((id) => isId(id), '1 to 24 lower-case letters, digits and dashes'),
);

const LanguageTag = v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'a language tag'));

export const Texts = v.pipe(
  v.record(LanguageTag, v.pipe(v.string(), v.minLength(1), v.maxLength(400))),
  v.check((texts) => typeof texts.en === 'string', 'needs a text in "en"'),
);

export const PublicKey = v.pipe(
  v.string(),
  v.rawTransform<string, Bytes>(({ dataset, addIssue, NEVER }) => {
    const bytes = parseHex(dataset.value);
    if (bytes.ok && bytes.value.length === 32) return bytes.value;
    addIssue({ message: 'a public key is 32 bytes in hexadecimal' });
    return NEVER;
  }),
);

/** One key, or several while one takes over from another. */
export const PublicKeys = v.pipe(
  v.array(PublicKey),
  v.minLength(1),
  v.maxLength(4),
  v.check((keys) => isUnique(keys.map(encodeHex)), 'names a key twice'),
);

export const AGES_IN_ORDER = 'fresh ends before ageing, and ageing before stale';
export const isInOrder = ({ freshSeconds, ageingSeconds, staleSeconds }: TrustAges): boolean =>
  freshSeconds <= ageingSeconds && ageingSeconds <= staleSeconds;

export const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

export function parseTarget<S extends v.GenericSchema>(
  file: string,
  shape: S,
  bytes: Uint8Array,
): Result<v.InferOutput<S>, TargetRefusal> {
  const json = parseJson(bytes);
  if (json === undefined) return refused({ file, place: 'the file', reason: 'no JSON in UTF-8' });
  const parsed = v.safeParse(shape, json, { abortEarly: true });
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return refused({ file, place: v.getDotPath(issue) ?? 'the file', reason: issue.message });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
