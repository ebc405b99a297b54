// A record of the sealed log as bytes: a CBOR array with every place fixed, padded to one size so that length tells
// nothing. A place that a kind has no use for is null. docs/log.cddl has the whole.
//
//   [ kind, minute, gate, direction, verdict, reason, issuer, pseudonym, own-key, trust age in hours, seq it refers to ]
//   padded = length uint8, CBOR, zeros

import type { Bytes } from '../../bytes/bytes.ts';
import {
  type CborValue,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborUint,
  parseCbor,
} from '../../bytes/cbor.ts';
import { ok, type Result, refused } from '../../result.ts';
import { isId } from '../../trust/ids.ts';
import type { Direction } from '../../trust/trust.ts';
import { REASONS, VERDICT_KINDS } from '../../verdict/codes.ts';
import { isPositive } from '../identity.ts';
import { PSEUDONYM_BYTES } from '../pseudonym.ts';
import type { AtGate, DecisionRecord, GateRecord, ScanRecord } from '../record.ts';

export const RECORD_BYTES = 128;
/** Minutes up to the last of year 9999, and hours: five bytes at most. */
export const MAX_RECORD_NUMBER = 2 ** 32 - 1;

export const RECORD_REFUSALS = [
  'record-size',
  'record-length',
  'record-padding',
  'record-cbor',
  'record-shape',
  'record-kind',
  'record-minute',
  'record-gate',
  'record-direction',
  'record-verdict',
  'record-reason',
  'record-issuer',
  'record-pseudonym',
  'record-own-key',
  'record-trust-age',
  'record-refers-to',
] as const;
export type RecordRefusal = (typeof RECORD_REFUSALS)[number];

/** The place of each is its number in a record: new ones go to the end. */
export const RECORD_KINDS = [
  'scan',
  'decision',
  'entry-without-pass',
  'undo',
  'shift-start',
  'shift-end',
  'heartbeat',
] as const satisfies readonly GateRecord['kind'][];

const DIRECTIONS: readonly Direction[] = ['in', 'out'];
const DECISIONS: readonly DecisionRecord['decision'][] = ['let-in', 'sent-away'];
const PLACES = 11;

/** Throws on a record that the parser would refuse: that is an accident of ours, to be met before anything is sealed. */
export function encodeRecord(record: GateRecord): Bytes {
  const cbor = encodeCbor(recordToCbor(record));
  if (cbor.length > RECORD_BYTES - 1) throw new Error(`a record of ${cbor.length} bytes does not fit`);
  const padded = new Uint8Array(RECORD_BYTES);
  padded[0] = cbor.length;
  padded.set(cbor, 1);
  const parsed = parseRecord(padded);
  if (!parsed.ok) throw new Error(`a record that nobody could read again: ${parsed.error}`);
  return padded;
}

export function parseRecord(padded: Bytes): Result<GateRecord, RecordRefusal> {
  if (padded.length !== RECORD_BYTES) return refused('record-size');
  const length = padded[0] ?? 0;
  if (length > RECORD_BYTES - 1) return refused('record-length');
  if (padded.subarray(1 + length).some((byte) => byte !== 0)) return refused('record-padding');
  const cbor = parseCbor(padded.subarray(1, 1 + length), { maxDepth: 1 });
  if (!cbor.ok) return refused('record-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== PLACES) return refused('record-shape');
  return placesToRecord(cbor.value);
}

function recordToCbor(record: GateRecord): CborValue {
  const kind = RECORD_KINDS.indexOf(record.kind);
  const place = [kind, record.minute, record.gate, DIRECTIONS.indexOf(record.direction)];
  switch (record.kind) {
    case 'scan': {
      const [verdict, reason] = [VERDICT_KINDS.indexOf(record.verdict), REASONS.indexOf(record.reason)];
      const { issuer, pseudonym, isOwnKey, trustAgeHours } = record;
      return [...place, verdict, reason, issuer, pseudonym, isOwnKey, trustAgeHours, null];
    }
    case 'decision':
      return [...place, DECISIONS.indexOf(record.decision), null, null, null, null, null, record.refersTo];
    case 'undo':
      return [...place, null, null, null, null, null, null, record.refersTo];
    default:
      return [...place, null, null, null, null, null, null, null];
  }
}

type Places = readonly CborValue[];

function placesToRecord(places: Places): Result<GateRecord, RecordRefusal> {
  const [kindAt, minute, gate, directionAt] = places;
  const kind = at(RECORD_KINDS, kindAt);
  if (kind === undefined) return refused('record-kind');
  if (!isCborUint(minute, MAX_RECORD_NUMBER)) return refused('record-minute');
  if (!isId(gate)) return refused('record-gate');
  const direction = at(DIRECTIONS, directionAt);
  if (direction === undefined) return refused('record-direction');
  const place = { minute, gate, direction };
  switch (kind) {
    case 'scan':
      return placesToScan(place, places);
    case 'decision':
      return placesToDecision(place, places);
    case 'undo': {
      const used = firstUsed(places, EMPTY_IN_UNDO);
      if (used !== null) return refused(used);
      const refersTo = places[10];
      return isPositive(refersTo) ? ok({ kind, ...place, refersTo }) : refused('record-refers-to');
    }
    default: {
      const used = firstUsed(places, EMPTY_IN_OTHERS);
      return used === null ? ok({ kind, ...place }) : refused(used);
    }
  }
}

function placesToScan(place: AtGate, places: Places): Result<ScanRecord, RecordRefusal> {
  const [, , , , verdictAt, reasonAt, issuer, pseudonym, isOwnKey, trustAgeHours, refersTo] = places;
  const verdict = at(VERDICT_KINDS, verdictAt);
  if (verdict === undefined) return refused('record-verdict');
  const reason = at(REASONS, reasonAt);
  if (reason === undefined) return refused('record-reason');
  if (issuer !== null && !isId(issuer)) return refused('record-issuer');
  if (pseudonym !== null && !(isCborBytes(pseudonym) && pseudonym.length === PSEUDONYM_BYTES))
    return refused('record-pseudonym');
  if (typeof isOwnKey !== 'boolean' || (isOwnKey && pseudonym === null)) return refused('record-own-key');
  if (!isCborUint(trustAgeHours, MAX_RECORD_NUMBER)) return refused('record-trust-age');
  if (refersTo !== null) return refused('record-refers-to');
  return ok({ kind: 'scan', ...place, verdict, reason, issuer, pseudonym, isOwnKey, trustAgeHours });
}

function placesToDecision(place: AtGate, places: Places): Result<DecisionRecord, RecordRefusal> {
  const decision = at(DECISIONS, places[4]);
  if (decision === undefined) return refused('record-verdict');
  const used = firstUsed(places, EMPTY_IN_DECISION);
  if (used !== null) return refused(used);
  const refersTo = places[10];
  if (!isPositive(refersTo)) return refused('record-refers-to');
  return ok({ kind: 'decision', ...place, decision, refersTo });
}

const EMPTY_IN_DECISION: readonly (readonly [number, RecordRefusal])[] = [
  [5, 'record-reason'],
  [6, 'record-issuer'],
  [7, 'record-pseudonym'],
  [8, 'record-own-key'],
  [9, 'record-trust-age'],
];
const EMPTY_IN_UNDO: typeof EMPTY_IN_DECISION = [[4, 'record-verdict'], ...EMPTY_IN_DECISION];
const EMPTY_IN_OTHERS: typeof EMPTY_IN_DECISION = [...EMPTY_IN_UNDO, [10, 'record-refers-to']];

const firstUsed = (places: Places, empty: typeof EMPTY_IN_DECISION): RecordRefusal | null =>
  empty.find(([place]) => places[place] !== null)?.[1] ?? null;

const at = <T>(list: readonly T[], index: CborValue | undefined): T | undefined =>
  typeof index === 'number' ? list[index] : undefined;
