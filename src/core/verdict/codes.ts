// Short numbers of the reasons, for the radio. First digit: 1 reading, 2 pass, 3 colour, 4 site, 5 this tablet.

import type { Reason, VerdictKind } from './verdict.ts';

const CODES = {
  ok: 0,
  'not-a-pass': 10,
  malformed: 11,
  'unknown-issuer': 12,
  'bad-signature': 20,
  'not-yet-valid': 21,
  expired: 22,
  revoked: 23,
  suspended: 24,
  red: 30,
  yellow: 31,
  'too-old': 40,
  'outside-hours': 41,
  'seen-before': 42,
  'trust-stale': 50,
  'trust-expired': 51,
  'clock-behind': 52,
  'clock-ahead': 53,
  'status-unknown': 54,
} as const satisfies Record<Reason, number>;

/** Every reason; its place here is its number in a record, so new ones go to the end of CODES. */
export const REASONS = Object.keys(CODES) as readonly Reason[];

/** Two ASCII digits. */
export const codeOfReason = (reason: Reason): string => String(CODES[reason]).padStart(2, '0');

/** The place of each is its number in a record. */
export const VERDICT_KINDS = [
  'admit',
  'check',
  'refuse',
  'unverifiable',
] as const satisfies readonly VerdictKind[];
