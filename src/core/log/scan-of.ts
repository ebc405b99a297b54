// The record of a verdict: what of it may be logged.

import type { Place } from '../verdict/decide-verdict.ts';
import type { Reason, Verdict } from '../verdict/verdict.ts';
import type { ScanRecord } from './record.ts';

/** An issuer with few passes could point at a person: its scans are logged under this name. */
export const SMALL_ISSUER = 'other';

export function scanOf(
  verdict: Verdict,
  { gate, direction }: Place,
  facts: Pick<ScanRecord, 'pseudonym' | 'isOwnKey'> & {
    readonly atMs: number;
    readonly trustAgeSeconds: number;
  },
): ScanRecord {
  return {
    kind: 'scan',
    minute: Math.floor(facts.atMs / 60_000),
    gate,
    direction,
    verdict: verdict.kind,
    reason: verdict.reason,
    issuer: loggedIssuer(verdict),
    pseudonym: facts.pseudonym,
    isOwnKey: facts.isOwnKey,
    trustAgeHours: Math.max(0, Math.floor(facts.trustAgeSeconds / 3600)),
  };
}

function loggedIssuer(verdict: Verdict): string | null {
  const issuer = 'pass' in verdict ? verdict.pass.issuer : 'issuer' in verdict ? verdict.issuer : null;
  if (issuer === null) return null;
  return issuer.isSmall ? SMALL_ISSUER : issuer.id;
}

/** Whether this pass would have gone in: only then does its scan count as seen. */
export const isSighting = ({ reason }: { readonly reason: Reason }): boolean =>
  reason === 'ok' ||
  reason === 'seen-before' ||
  reason === 'trust-stale' ||
  reason === 'clock-behind' ||
  reason === 'clock-ahead';
