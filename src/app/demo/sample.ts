// A sample pass as the demo's server describes it, and the check that an answer is a list of them.

import { ok, type Result, refused } from '../../core/result.ts';
import { REASONS, VERDICT_KINDS } from '../../core/verdict/codes.ts';
import type { Reason, VerdictKind } from '../../core/verdict/verdict.ts';

export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly expectedVerdict: VerdictKind;
  readonly expectedReason: Reason;
  readonly note: string;
  /** The command that takes this pass back; null for one that cannot be. */
  readonly takeBack: string | null;
}

export function parseSamples(json: unknown): Result<readonly Sample[], 'not-samples'> {
  return Array.isArray(json) && json.length > 0 && json.every(isSample) ? ok(json) : refused('not-samples');
}

function isSample(value: unknown): value is Sample {
  if (typeof value !== 'object' || value === null) return false;
  const { id, title, text, note, takeBack, expectedVerdict, expectedReason } = value as Readonly<
    Record<string, unknown>
  >;
  return (
    [id, title, text, note].every((field) => typeof field === 'string') &&
    (takeBack === null || typeof takeBack === 'string') &&
    (VERDICT_KINDS as readonly string[]).includes(String(expectedVerdict)) &&
    (REASONS as readonly string[]).includes(String(expectedReason))
  );
}
