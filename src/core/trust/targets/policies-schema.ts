// policies.json: for each class of site the bounds within which a site chooses its policy.

import * as v from 'valibot';
import { ok, type Result } from '../../result.ts';
import { DEFAULT_AGES } from '../trust-age.ts';
import {
  AGES_IN_ORDER,
  Count,
  Format,
  Id,
  isInOrder,
  isUnique,
  parseTarget,
  Texts,
} from './fields-schema.ts';
import { MAX_RETENTION_DAYS, POLICIES_FILE, type PolicyBounds, type TargetRefusal } from './targets.ts';

const ageUpTo = (seconds: number) =>
  v.pipe(Count, v.maxValue(seconds, `at most ${seconds} seconds: a policy never lengthens an age`));

const Ages = v.pipe(
  v.strictObject({
    freshSeconds: ageUpTo(DEFAULT_AGES.freshSeconds),
    ageingSeconds: ageUpTo(DEFAULT_AGES.ageingSeconds),
    staleSeconds: ageUpTo(DEFAULT_AGES.staleSeconds),
  }),
  v.check(isInOrder, AGES_IN_ORDER),
);

const BoundsShape = v.strictObject({
  class: Id,
  name: Texts,
  version: Count,
  mildest: v.strictObject({
    yellow: v.picklist(['admit', 'check', 'refuse']),
    red: v.picklist(['check', 'refuse']),
  }),
  maxPassAgeSeconds: v.nullable(Count),
  maxSeenBeforeWindowSeconds: Count,
  ages: Ages,
  maxRetentionDays: v.optional(
    v.pipe(Count, v.minValue(1), v.maxValue(MAX_RETENTION_DAYS)),
    MAX_RETENTION_DAYS,
  ),
});

const PoliciesShape = v.strictObject({
  format: Format,
  policies: v.pipe(
    v.array(BoundsShape),
    v.check((policies) => isUnique(policies.map((bounds) => bounds.class)), 'names a class twice'),
  ),
});

export type PoliciesJson = v.InferInput<typeof PoliciesShape>;

export function parsePolicies(bytes: Uint8Array): Result<readonly PolicyBounds[], TargetRefusal> {
  const document = parseTarget(POLICIES_FILE, PoliciesShape, bytes);
  return document.ok ? ok(document.value.policies) : document;
}
