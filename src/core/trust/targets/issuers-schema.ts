// issuers.json: whose passes count, by which keys and for how long, where they are taken back, and whom to ask.

import * as v from 'valibot';
import { encodeHex } from '../../bytes/hex.ts';
import { ok, type Result } from '../../result.ts';
import {
  Count,
  Format,
  Id,
  isUnique,
  PublicKey,
  PublicKeys,
  parseTarget,
  Texts,
  Time,
  Uint16,
} from './fields-schema.ts';
import { ISSUERS_FILE, isListAddress, type ListedIssuer, type TargetRefusal } from './targets.ts';

const Key = v.pipe(
  v.strictObject({
    publicKey: PublicKey,
    algorithm: v.literal('Ed25519'),
    validFrom: Time,
    validUntil: Time,
    isEmergency: v.optional(v.boolean(), false),
  }),
  v.check(({ validFrom, validUntil }) => validFrom < validUntil, 'validUntil comes after validFrom'),
);

const StatusList = v.strictObject({
  list: Uint16,
  uri: v.pipe(v.string(), v.check(isListAddress, 'an http or https address in ASCII')),
  keys: PublicKeys,
});

/** Not a union: what is no such word is held against the other shape alone, and refused at its own place. */
function orElse<W extends string, S extends v.GenericSchema>(word: W, shape: S) {
  const isWord = v.literal(word);
  return v.lazy((input): typeof isWord | S => (input === word ? isWord : shape));
}

const IssuerShape = v.strictObject({
  id: Id,
  name: Texts,
  appeal: Texts,
  scope: orElse('all', v.pipe(v.array(Id), v.minLength(1))),
  isTest: v.boolean(),
  isSmall: v.boolean(),
  keys: v.pipe(v.array(Key), v.minLength(1), v.maxLength(32)),
  statusLists: orElse(
    'none',
    v.pipe(
      v.array(StatusList),
      v.minLength(1),
      v.maxLength(1024),
      v.check((lists) => isUnique(lists.map(({ list }) => list)), 'names a list twice'),
    ),
  ),
  rulesets: v.pipe(
    v.array(v.strictObject({ number: Count, id: Id })),
    v.check((rulesets) => isUnique(rulesets.map(({ number }) => number)), 'names a number twice'),
  ),
});

/** A key of two issuers would leave open whose pass it is. */
const IssuersShape = v.strictObject({
  format: Format,
  issuers: v.pipe(
    v.array(IssuerShape),
    v.check((issuers) => isUnique(issuers.map(({ id }) => id)), 'names an issuer twice'),
    v.check((issuers) => isUnique(keysOf(issuers)), 'names a key twice'),
    v.check((issuers) => isUnique(urisOf(issuers)), 'names the address of a list twice'),
  ),
});

type Parsed = v.InferOutput<typeof IssuerShape>;
export function parseIssuers(bytes: Uint8Array): Result<readonly ListedIssuer[], TargetRefusal> {
  const document = parseTarget(ISSUERS_FILE, IssuersShape, bytes);
  return document.ok ? ok(document.value.issuers) : document;
}

const keysOf = (issuers: readonly Parsed[]) =>
  issuers.flatMap(({ keys }) => keys.map(({ publicKey }) => encodeHex(publicKey)));

const urisOf = (issuers: readonly Parsed[]) =>
  issuers.flatMap(({ statusLists }) => (statusLists === 'none' ? [] : statusLists.map(({ uri }) => uri)));
