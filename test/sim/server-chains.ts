// The chains that the server holds, looked at as they grow: each record names the one before it, and where the one before is
// not held as a record it was put apart, or an alarm says that it is gone.

import { createHash } from 'node:crypto';
import { type Bytes, isSameBytes } from '../../src/core/bytes/bytes.ts';
import { encodeCbor } from '../../src/core/bytes/cbor.ts';
import type { Head, LogIdentity } from '../../src/core/log/envelope.ts';
import { parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type { HeldRun, MemoryTables } from '../support/memory-storage.ts';
import { isOpen } from './sim-record.ts';

/** What is wrong with a record that a tablet writes behind this head; null: nothing. */
export function linkFault(before: Head, identity: LogIdentity, bytes: Bytes): string | null {
  const parsed = parseSealedEnvelope(bytes);
  if (!parsed.ok) return `a record that is ${parsed.error}`;
  const { seq, prev } = parsed.value;
  if (seq !== before.seq + 1) return `number ${seq} behind ${before.seq}`;
  const expected = before.seq === 0 ? beforeFirst(identity) : before.hash;
  return isSameBytes(prev, expected) ? null : `number ${seq} names another before it`;
}

const beforeFirst = ({ site, device, epoch }: LogIdentity): Bytes =>
  new Uint8Array(
    createHash('sha256')
      .update(encodeCbor([site, device, epoch]))
      .digest(),
  );

type HeldRecord = HeldRun['recordsBySeq'] extends ReadonlyMap<number, infer R> ? R : never;

export class ServerChains {
  /** What each record was found to follow: looked at anew only when that is another. */
  readonly #foundBehind = new WeakMap<HeldRecord, HeldRecord | 'apart' | 'gap' | 'first'>();
  readonly #prevOf = new WeakMap<HeldRecord, Bytes>();

  look({ runsByName }: MemoryTables): string | null {
    for (const [name, run] of runsByName)
      for (const [seq, record] of run.recordsBySeq) {
        const fault = this.#lookAt(run, seq, record);
        if (fault !== null) return `${name}, number ${seq}: ${fault}`;
      }
    return null;
  }

  #lookAt(run: HeldRun, seq: number, record: HeldRecord): string | null {
    const before = seq === 1 ? 'first' : (run.recordsBySeq.get(seq - 1) ?? whyMissing(run, seq - 1));
    if (before === null) return 'the one before is gone, and nothing says so';
    if (this.#foundBehind.get(record) === before) return null;
    const prev = this.#prev(record);
    if (typeof prev === 'string') return prev;
    const expected =
      before === 'first' ? beforeFirst(run.identity) : typeof before === 'string' ? null : before.hash;
    if (expected !== null && !isSameBytes(prev, expected)) return 'it names another before it';
    this.#foundBehind.set(record, before);
    return null;
  }

  #prev(record: HeldRecord): Bytes | string {
    const known = this.#prevOf.get(record);
    if (known !== undefined) return known;
    const parsed = parseSealedEnvelope(record.envelope);
    if (!parsed.ok) return 'it is no envelope';
    if (isOpen(record.envelope)) return 'it lies open';
    this.#prevOf.set(record, parsed.value.prev);
    return parsed.value.prev;
  }
}

function whyMissing(run: HeldRun, seq: number): 'apart' | 'gap' | null {
  if (run.apart.some((line) => line.seq === seq)) return 'apart';
  return run.gaps.some(({ from, to }) => from <= seq && seq <= to) ? 'gap' : null;
}
