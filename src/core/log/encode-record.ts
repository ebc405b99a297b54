// A record as bytes: a CBOR array with every place fixed, padded to one size so that length tells nothing.
//
//   scan     = [ 0, minute, gate, direction, verdict, reason, issuer / null, pseudonym / null, own-key, trust-age-hours, null ]
//   decision = [ 1, minute, gate, direction, decision, null, null, null, false, 0, seq it refers to ]
//   padded   = length uint8, CBOR, zeros

import type { Bytes } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { MAX_ID_BYTES } from '../trust/ids.ts';
import type { Direction } from '../trust/trust.ts';
import { REASONS, VERDICT_KINDS } from '../verdict/codes.ts';
import type { Reason } from '../verdict/verdict.ts';
import type { DecisionRecord, LogRecord, ScanRecord } from './record.ts';

export const RECORD_BYTES = 128;

export const RECORD_REFUSALS = [
  'record-size',
  'record-padding',
  'record-cbor',
  'record-shape',
  'record-kind',
] as const;
export type RecordRefusal = (typeof RECORD_REFUSALS)[number];

const DIRECTIONS: readonly Direction[] = ['in', 'out'];
const DECISIONS: readonly DecisionRecord['decision'][] = ['let-in', 'sent-away'];

/** Throws when an id is too long: trust documents with such ids are refused, so this is an accident of ours. */
export function encodeRecord(record: LogRecord): Bytes {
  const cbor = encodeCbor(recordToCbor(record));
  if (cbor.length > RECORD_BYTES - 1) throw new Error(`a record of ${cbor.length} bytes does not fit`);
  const padded = new Uint8Array(RECORD_BYTES);
  padded[0] = cbor.length;
  padded.set(cbor, 1);
  return padded;
}

export function parseRecord(padded: Bytes): Result<LogRecord, RecordRefusal> {
  const length = padded[0] ?? 0;
  if (padded.length !== RECORD_BYTES || length > RECORD_BYTES - 1) return refused('record-size');
  if (padded.subarray(1 + length).some((byte) => byte !== 0)) return refused('record-padding');
  const cbor = parseCbor(padded.slice(1, 1 + length), { maxDepth: 2 });
  if (!cbor.ok) return refused('record-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== 11) return refused('record-shape');
  return cborToRecord(cbor.value);
}

function recordToCbor(record: LogRecord): CborValue {
  const { minute, gate } = record;
  const direction = DIRECTIONS.indexOf(record.direction);
  switch (record.kind) {
    case 'scan': {
      const { issuer, pseudonym, isOwnKey, trustAgeHours } = record;
      const [verdict, reason] = [VERDICT_KINDS.indexOf(record.verdict), REASONS.indexOf(record.reason)];
      return [0, minute, gate, direction, verdict, reason, issuer, pseudonym, isOwnKey, trustAgeHours, null];
    }
    case 'decision': {
      const decision = DECISIONS.indexOf(record.decision);
      return [1, minute, gate, direction, decision, null, null, null, false, 0, record.refersTo];
    }
  }
}

function cborToRecord(array: readonly CborValue[]): Result<LogRecord, RecordRefusal> {
  const [
    kind,
    minute,
    gate,
    directionAt,
    choice,
    reasonAt,
    issuer,
    pseudonym,
    isOwnKey,
    trustAgeHours,
    refersTo,
  ] = array;
  const direction = at(DIRECTIONS, directionAt);
  if (!isCount(minute) || !isId(gate) || direction === undefined) return refused('record-shape');
  const place = { minute, gate, direction };
  if (kind === 0) {
    const verdict = at(VERDICT_KINDS, choice);
    const reason: Reason | undefined = at(REASONS, reasonAt);
    const isWhole =
      (issuer === null || isId(issuer)) &&
      (pseudonym === null || (isCborBytes(pseudonym) && pseudonym.length === 8)) &&
      typeof isOwnKey === 'boolean' &&
      isCount(trustAgeHours) &&
      refersTo === null;
    if (!isWhole || verdict === undefined || reason === undefined) return refused('record-shape');
    const scan: ScanRecord = {
      kind: 'scan',
      ...place,
      verdict,
      reason,
      issuer,
      pseudonym,
      isOwnKey,
      trustAgeHours,
    };
    return ok(scan);
  }
  if (kind === 1) {
    const decision = at(DECISIONS, choice);
    const isEmptyElsewhere =
      reasonAt === null && issuer === null && pseudonym === null && isOwnKey === false && trustAgeHours === 0;
    if (decision === undefined || !isCount(refersTo) || !isEmptyElsewhere) return refused('record-shape');
    return ok({ kind: 'decision', ...place, decision, refersTo });
  }
  return refused('record-kind');
}

const at = <T>(list: readonly T[], index: CborValue | undefined): T | undefined =>
  typeof index === 'number' ? list[index] : undefined;

const isCount = (value: CborValue | undefined): value is number => typeof value === 'number' && value >= 0;

const isId = (value: CborValue | undefined): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_BYTES;
