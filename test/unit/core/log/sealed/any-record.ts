// Records of every kind, for properties.

import fc from 'fast-check';
import type { GateRecord } from '../../../../../src/core/log/record.ts';
import { REASONS } from '../../../../../src/core/verdict/codes.ts';

const anyId = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,23}$/);
const anySeq = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const anyPlace = {
  minute: fc.nat(60_000_000),
  gate: anyId,
  direction: fc.constantFrom('in', 'out'),
} as const;

export const anyRecord: fc.Arbitrary<GateRecord> = fc.oneof(
  fc
    .record({
      kind: fc.constant('scan' as const),
      ...anyPlace,
      verdict: fc.constantFrom('admit', 'check', 'refuse', 'unverifiable'),
      reason: fc.constantFrom(...REASONS),
      issuer: fc.option(anyId),
      pseudonym: fc.option(
        fc.uint8Array({ minLength: 8, maxLength: 8 }).map((array) => new Uint8Array(array)),
      ),
      isOwnKey: fc.boolean(),
      trustAgeHours: fc.nat(10_000),
    })
    .map((scan) => ({ ...scan, isOwnKey: scan.isOwnKey && scan.pseudonym !== null })),
  fc.record({
    kind: fc.constant('decision' as const),
    ...anyPlace,
    decision: fc.constantFrom('let-in', 'sent-away'),
    refersTo: anySeq,
  }),
  fc.record({ kind: fc.constant('undo' as const), ...anyPlace, refersTo: anySeq }),
  fc.record({ kind: fc.constant('entry-without-pass' as const), ...anyPlace }),
  fc.record({ kind: fc.constantFrom('shift-start', 'shift-end', 'heartbeat'), ...anyPlace }),
);
