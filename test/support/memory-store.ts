// A record store in memory that forgets nothing by itself and remembers what it was told to delete.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { sha256 } from '../../src/core/bytes/sha256.ts';
import type { LogIdentity } from '../../src/core/log/envelope.ts';
import type { RecordStore, WaitingLog, WaitingRecord } from '../../src/sync/ports.ts';
import { shutEnvelope } from './shut-envelope.ts';

interface Chain {
  readonly identity: LogIdentity;
  readonly waiting: Map<number, WaitingRecord>;
  lastSeq: number;
  lastReceipt: Bytes | null;
}

export class MemoryStore implements RecordStore {
  readonly #chains: Chain[];
  readonly deleted: string[] = [];

  constructor(identity: LogIdentity) {
    this.#chains = [{ identity, waiting: new Map(), lastSeq: 0, lastReceipt: null }];
  }

  get epoch(): number {
    return this.#current.identity.epoch;
  }

  get #current(): Chain {
    const chain = this.#chains.at(-1);
    if (chain === undefined) throw new Error('no chain');
    return chain;
  }

  /** Appends a record; `minute` makes it differ from others. Gives 'epoch/seq'. */
  async append(minute: number): Promise<string> {
    const { identity, waiting } = this.#current;
    this.#current.lastSeq += 1;
    const seq = this.#current.lastSeq;
    const envelope = shutEnvelope(identity, seq, minute);
    waiting.set(seq, { seq, envelope, hash: await sha256(envelope) });
    return `${identity.epoch}/${seq}`;
  }

  countWaiting(): number {
    return this.#chains.reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  async readWaiting(limit: number): Promise<WaitingLog | null> {
    const chain = this.#chains.find(({ waiting }) => waiting.size > 0);
    if (chain === undefined) return null;
    const first = Math.min(...chain.waiting.keys());
    const records: WaitingRecord[] = [];
    for (let seq = first; records.length < limit; seq++) {
      const record = chain.waiting.get(seq);
      if (record === undefined) break;
      records.push(record);
    }
    return { identity: chain.identity, records, lastReceipt: chain.lastReceipt };
  }

  async deleteCovered(identity: LogIdentity, seqs: readonly number[], receipt: Bytes): Promise<void> {
    const chain = this.#chains.find((one) => one.identity.epoch === identity.epoch);
    if (chain === undefined) throw new Error('no such chain');
    for (const seq of seqs) {
      if (chain.waiting.delete(seq)) this.deleted.push(`${identity.epoch}/${seq}`);
    }
    chain.lastReceipt = receipt;
  }

  async openNewEpoch(identity: LogIdentity): Promise<void> {
    if (identity.epoch !== this.epoch) return;
    const next = { ...identity, epoch: identity.epoch + 1 };
    this.#chains.push({ identity: next, waiting: new Map(), lastSeq: 0, lastReceipt: null });
  }
}
