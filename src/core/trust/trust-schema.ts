// The shape of the trust document, checked whole: one wrong field refuses all of it. The only door from core to valibot.

import * as v from 'valibot';
import type { Bytes } from '../bytes/bytes.ts';
import { parseHex } from '../bytes/hex.ts';
import { ok, type Result, refused } from '../result.ts';
import { isId } from './ids.ts';
import { statusPlace } from './status.ts';
import type { Issuer, RuleReason, Trust } from './trust.ts';

const Time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31 - 1));
const Line = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const Id = v.pipe(
  v.string(),
  v.check((id) => isId(id), '1 to 24 lower-case letters, digits and dashes'),
);
const Texts = v.pipe(
  v.record(v.string(), v.pipe(v.string(), v.maxLength(400))),
  v.check((texts) => typeof texts.en === 'string', 'needs a text in "en"'),
);

const PublicKey = v.pipe(
  v.string(),
  v.length(64),
  v.rawTransform<string, Bytes>(({ dataset, addIssue, NEVER }) => {
    const bytes = parseHex(dataset.value);
    if (bytes.ok) return bytes.value;
    addIssue({ message: '32 bytes in hexadecimal' });
    return NEVER;
  }),
);

const TimeZone = v.pipe(
  v.string(),
  v.check((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'an IANA time zone'),
);

const Places = v.pipe(
  v.array(v.tuple([v.pipe(Count, v.maxValue(0xffff)), v.pipe(Count, v.maxValue(0xffffff))])),
  v.transform((places) => new Set(places.map(([list, index]) => statusPlace({ list, index })))),
);

const Ruleset = v.pipe(
  v.strictObject({
    number: Count,
    name: Line,
    version: Count,
    reasons: v.array(v.strictObject({ number: Count, text: Texts, next: Texts })),
  }),
  v.transform(({ reasons, ...ruleset }) => {
    const reasonsByNumber = new Map<number, RuleReason>(
      reasons.map(({ number, ...reason }) => [number, reason]),
    );
    return { ...ruleset, reasonsByNumber };
  }),
);

const IssuerShape = v.pipe(
  v.strictObject({
    id: Id,
    name: Texts,
    appeal: Texts,
    keys: v.pipe(
      v.array(
        v.strictObject({
          publicKey: PublicKey,
          algorithm: v.literal('Ed25519'),
          validFrom: Time,
          validUntil: Time,
        }),
      ),
      v.minLength(1),
    ),
    rulesets: v.array(Ruleset),
    status: v.union([
      v.literal('none'),
      v.null(),
      v.strictObject({ issuedAt: Time, revoked: Places, suspended: Places }),
    ]),
    isSmall: v.boolean(),
  }),
  v.transform(({ rulesets, ...issuer }): Issuer => {
    const rulesetsByNumber = new Map(rulesets.map(({ number, ...ruleset }) => [number, ruleset]));
    return { ...issuer, rulesetsByNumber };
  }),
);

const Directions = v.array(v.picklist(['in', 'out']));
const Minute = v.pipe(Count, v.maxValue(2880));
const DisplayMs = v.pipe(Count, v.minValue(700), v.maxValue(60_000));

const PolicyShape = v.strictObject({
  name: Line,
  version: Count,
  byColour: v.strictObject({
    green: v.literal('admit'),
    yellow: v.picklist(['admit', 'check', 'refuse']),
    red: v.picklist(['check', 'refuse']),
  }),
  maxPassAgeSeconds: v.nullable(Count),
  tooOld: v.picklist(['check', 'refuse']),
  hours: v.array(v.strictObject({ from: Minute, to: Minute, directions: Directions })),
  outsideHours: v.picklist(['check', 'refuse']),
  seenBeforeWindowSeconds: Count,
  ages: v.strictObject({ freshSeconds: Count, ageingSeconds: Count, staleSeconds: Count }),
  displayMs: v.strictObject({
    admit: DisplayMs,
    check: DisplayMs,
    refuse: DisplayMs,
    unverifiable: DisplayMs,
  }),
});

const TrustShape = v.strictObject({
  version: Count,
  issuedAt: Time,
  expiresAt: Time,
  site: v.strictObject({
    id: Id,
    name: Line,
    timeZone: TimeZone,
    dayStartMinutes: v.pipe(Count, v.maxValue(1439)),
    gates: v.pipe(v.array(v.strictObject({ id: Id, name: Line })), v.minLength(1), v.maxLength(500)),
  }),
  issuers: v.array(IssuerShape),
  policy: PolicyShape,
  receiptKey: PublicKey,
});

export type TrustJson = v.InferInput<typeof TrustShape>;

/** The error is the place and the rule that failed first, for the person who wrote the document. */
export function parseTrustShape(value: unknown): Result<Trust, string> {
  const parsed = v.safeParse(TrustShape, value, { abortEarly: true });
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return refused(`${v.getDotPath(issue) ?? 'document'}: ${issue.message}`);
}
