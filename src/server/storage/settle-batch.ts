// Decides what becomes of each entry of a batch, given what is already held under its numbers. Pure: the caller holds
// the lock on the tablet's head, so what was read still stands when the answer is written.

import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import type { Head } from '../../core/log/envelope.ts';
import { parseSealedEnvelope } from '../../core/log/sealed/envelope.ts';
import { findSessionMisuse, type SessionMisuse } from '../../core/log/sealed/session-use.ts';
import type { GoodEntry, JudgedBatch, JudgedEntry, Tally } from './port.ts';

/** What is held under numbers up to the head: the record's hash, and the hashes that were put apart. */
export interface Held {
  readonly recordHashesBySeq: ReadonlyMap<number, Bytes>;
  readonly apartBySeq: ReadonlyMap<number, readonly { readonly hash: Bytes; readonly kind: ApartKind }[]>;
  /** What the batch's first record must name as the one before; null where nobody can say. */
  readonly before: Bytes | null;
  /** What records held behind numbers that are not held name as the one before, by those numbers. */
  readonly namedBySeq: ReadonlyMap<number, Bytes>;
}

/** The numbers of a batch that are not held: a record behind one of them may say what stood there. */
export const freeSeqs = (
  { from, to }: Pick<JudgedBatch, 'from' | 'to'>,
  held: Pick<Held, 'recordHashesBySeq'>,
): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at).filter(
    (seq) => !held.recordHashesBySeq.has(seq),
  );

/** 'broken-link': it can be read, and does not name the record before. */
export type ApartKind = 'fork' | 'unreadable' | 'broken-link';

export interface Settlement {
  readonly add: readonly GoodEntry[];
  readonly putApart: readonly {
    readonly entry: JudgedEntry;
    readonly kind: ApartKind;
    readonly why: string;
  }[];
  /** For the receipt. */
  readonly quarantined: readonly Head[];
  /** What is held under the batch's last number afterwards. */
  readonly head: Bytes;
}

type Fate = 'add' | 'duplicate' | 'known-apart' | ApartKind;

export function settleBatch(batch: JudgedBatch, held: Held): Settlement {
  const add: GoodEntry[] = [];
  const putApart: { entry: JudgedEntry; kind: ApartKind; why: string }[] = [];
  const quarantined: Head[] = [];
  let before = held.before;
  for (const entry of batch.entries) {
    const fate = fateOf(entry, held, before);
    before = hashBehind(entry, fate, held);
    if (fate === 'add' && entry.kind === 'good') add.push(entry);
    else if (fate !== 'duplicate') quarantined.push({ seq: entry.seq, hash: entry.hash });
    if (fate === 'fork') putApart.push({ entry, kind: 'fork', why: 'number-taken' });
    if (fate === 'broken-link') putApart.push({ entry, kind: 'broken-link', why: 'broken-link' });
    if (fate === 'unreadable' && entry.kind === 'unreadable')
      putApart.push({ entry, kind: 'unreadable', why: entry.why });
  }
  const last = batch.entries.at(-1);
  if (last === undefined) throw new Error('a batch has at least one entry');
  return { add, putApart, quarantined, head: hashHeldUnder(last.seq, held) ?? last.hash };
}

/** What the record after `from - 1` must name, by what is held there. */
export function hashBefore(
  { from, hashBeforeFirst, shown }: JudgedBatch,
  record: Bytes | null,
  isApart: boolean,
): Bytes | null {
  if (hashBeforeFirst === null) return null;
  if (from === 1) return hashBeforeFirst;
  if (record !== null) return record;
  // A record that was put apart is not what the next one was written behind, or it was altered since.
  return !isApart && shown?.seq === from - 1 ? shown.hash : null;
}

/** One line of the alarm for every fork: the same fork sent again is the same line. */
export const forksOf = (settlement: Settlement): readonly Head[] => apartOf(settlement, 'fork');

export const brokenLinksOf = (settlement: Settlement): readonly Head[] => apartOf(settlement, 'broken-link');

const apartOf = ({ putApart }: Settlement, of: ApartKind): readonly Head[] =>
  putApart.filter(({ kind }) => kind === of).map(({ entry: { seq, hash } }) => ({ seq, hash }));

/** By all that is at hand: the batch, and the envelopes that its forks contradict. */
export function misusesOf(batch: JudgedBatch, contradicted: readonly Bytes[]): readonly SessionMisuse[] {
  const known = contradicted.flatMap((bytes) => {
    const parsed = parseSealedEnvelope(bytes);
    return parsed.ok ? [parsed.value] : [];
  });
  const sent = batch.entries.flatMap((entry) =>
    entry.kind === 'good' && entry.sealed !== null ? [entry.sealed] : [],
  );
  return findSessionMisuse([...known, ...sent]);
}

function fateOf(entry: JudgedEntry, held: Held, before: Bytes | null): Fate {
  const own = held.recordHashesBySeq.get(entry.seq);
  if (own !== undefined && isSameBytes(own, entry.hash)) return 'duplicate';
  const apart = held.apartBySeq.get(entry.seq) ?? [];
  if (apart.some(({ hash }) => isSameBytes(hash, entry.hash))) return 'known-apart';
  if (own !== undefined || apart.length > 0) return 'fork';
  if (entry.kind === 'unreadable') return 'unreadable';
  if (entry.sealed === null) return 'add';
  const isLinked = before === null || isSameBytes(entry.sealed.prev, before);
  const named = held.namedBySeq.get(entry.seq);
  const isNamed = named === undefined || isSameBytes(named, entry.hash);
  return isLinked && isNamed ? 'add' : 'broken-link';
}

/** What the next record must name. Null behind what was unreadable: nobody knows what it was when it was written. */
function hashBehind(entry: JudgedEntry, fate: Fate, held: Held): Bytes | null {
  switch (fate) {
    case 'add':
    case 'duplicate':
    case 'broken-link':
      return entry.hash;
    case 'unreadable':
      return null;
    case 'fork':
    case 'known-apart': {
      const own = held.recordHashesBySeq.get(entry.seq);
      if (own !== undefined) return own;
      return held.apartBySeq.get(entry.seq)?.find(({ kind }) => kind === 'broken-link')?.hash ?? null;
    }
  }
}

/** The first that came: the record, or what was put apart; a fork is by definition a later one. */
const hashHeldUnder = (seq: number, held: Held): Bytes | undefined =>
  held.recordHashesBySeq.get(seq) ?? held.apartBySeq.get(seq)?.find(({ kind }) => kind !== 'fork')?.hash;

/** How many new scans stand under each key, in one order for all batches: so two batches never wait for each other. */
export function countsOf(entries: readonly GoodEntry[]) {
  const linesByKey = new Map<string, { day: string; key: NonNullable<GoodEntry['count']>; count: number }>();
  for (const { day, count: key } of entries) {
    if (key === null) continue;
    const name = [day, key.gate, key.direction, key.hour, key.verdict, key.reason].join('\n');
    const line = linesByKey.get(name);
    if (line === undefined) linesByKey.set(name, { day, key, count: 1 });
    else line.count++;
  }
  return inOneOrder(linesByKey);
}

export function talliesOf(entries: readonly GoodEntry[]) {
  const linesByKey = new Map<string, { day: string; tally: Tally; count: number }>();
  for (const { day, tally } of entries) {
    if (tally === null) continue;
    const name = [day, tally.kind, tally.what].join('\n');
    const line = linesByKey.get(name);
    if (line === undefined) linesByKey.set(name, { day, tally, count: 1 });
    else line.count++;
  }
  return inOneOrder(linesByKey);
}

const inOneOrder = <T>(linesByKey: ReadonlyMap<string, T>): readonly T[] =>
  [...linesByKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);

/** Since which minute the tablet is on shift, after these new records in order; null: it is not. */
export function shiftAfter(since: number | null, entries: readonly GoodEntry[]): number | null {
  return entries.reduce<number | null>((known, { shift }) => {
    if (shift === null) return known;
    if (shift.kind === 'shift-end') return null;
    // A heartbeat without a start: the start is on its way, or lost.
    return shift.kind === 'shift-start' ? shift.minute : (known ?? shift.minute);
  }, since);
}
