// Decides what becomes of each entry of a batch, given what is already held under its numbers. Pure: the caller holds
// the lock on the tablet's head, so what was read still stands when the answer is written.

import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import type { Head } from '../../core/log/envelope.ts';
import type { GoodEntry, JudgedBatch, JudgedEntry } from './port.ts';

/** What is held under numbers up to the head: the record's hash, and the hashes that were put apart. */
export interface Held {
  readonly recordHashesBySeq: ReadonlyMap<number, Bytes>;
  readonly apartBySeq: ReadonlyMap<number, readonly { readonly hash: Bytes; readonly kind: ApartKind }[]>;
}

export type ApartKind = 'fork' | 'unreadable';

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
  for (const entry of batch.entries) {
    const fate = fateOf(entry, held);
    if (fate === 'add' && entry.kind === 'good') add.push(entry);
    if (fate === 'fork') putApart.push({ entry, kind: 'fork', why: 'number-taken' });
    if (fate === 'unreadable' && entry.kind === 'unreadable')
      putApart.push({ entry, kind: 'unreadable', why: entry.why });
    if (fate !== 'add' && fate !== 'duplicate') quarantined.push({ seq: entry.seq, hash: entry.hash });
  }
  const last = batch.entries.at(-1);
  if (last === undefined) throw new Error('a batch has at least one entry');
  return { add, putApart, quarantined, head: hashHeldUnder(last.seq, held) ?? last.hash };
}

/** One line of the alarm for every fork: the same fork sent again is the same line. */
export const forksOf = ({ putApart }: Settlement): readonly Head[] =>
  putApart.filter(({ kind }) => kind === 'fork').map(({ entry: { seq, hash } }) => ({ seq, hash }));

function fateOf(entry: JudgedEntry, held: Held): Fate {
  const own = held.recordHashesBySeq.get(entry.seq);
  if (own !== undefined && isSameBytes(own, entry.hash)) return 'duplicate';
  const apart = held.apartBySeq.get(entry.seq) ?? [];
  if (apart.some(({ hash }) => isSameBytes(hash, entry.hash))) return 'known-apart';
  if (own !== undefined || apart.length > 0) return 'fork';
  return entry.kind === 'good' ? 'add' : 'unreadable';
}

/** The first that came: the record, or what was unreadable; a fork is by definition a later one. */
const hashHeldUnder = (seq: number, held: Held): Bytes | undefined =>
  held.recordHashesBySeq.get(seq) ??
  held.apartBySeq.get(seq)?.find(({ kind }) => kind === 'unreadable')?.hash;

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
  return [...linesByKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
