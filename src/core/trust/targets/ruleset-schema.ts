// rulesets/ID.json: the reasons an issuer may give, by the numbers that stand in its passes.

import * as v from 'valibot';
import { ok, type Result, refused } from '../../result.ts';
import type { RuleReason } from '../trust.ts';
import { Count, Format, Id, isUnique, Line, parseTarget, Texts } from './fields-schema.ts';
import { type ListedRuleset, rulesetFile, type TargetRefusal } from './targets.ts';

const RulesetShape = v.strictObject({
  format: Format,
  id: Id,
  name: Line,
  version: Count,
  reasons: v.pipe(
    v.array(v.strictObject({ number: Count, text: Texts, next: Texts })),
    v.check((reasons) => isUnique(reasons.map(({ number }) => number)), 'names a number twice'),
  ),
});

/** The document of the rule set with that id; one of another is refused. */
export function parseRuleset(id: string, bytes: Uint8Array): Result<ListedRuleset, TargetRefusal> {
  const file = rulesetFile(id);
  const document = parseTarget(file, RulesetShape, bytes);
  if (!document.ok) return document;
  const { format: _format, reasons, ...ruleset } = document.value;
  if (ruleset.id !== id) return refused({ file, place: 'id', reason: `"${ruleset.id}" is another rule set` });
  const reasonsByNumber = new Map<number, RuleReason>(
    reasons.map(({ number, ...reason }) => [number, reason]),
  );
  return ok({ ...ruleset, reasonsByNumber });
}
