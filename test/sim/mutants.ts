// Thirteen ways to get it wrong, each by replacing a port or a function that production code is handed: the simulator must
// catch them all, or it proves nothing.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { Receipt } from '../../src/core/log/envelope.ts';
import { parseReceipt } from '../../src/core/log/receipt.ts';
import { encodeRecord } from '../../src/core/log/sealed/encode-record.ts';
import { encodeSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import { nonceOf, type Sealer } from '../../src/core/log/sealed/sealer.ts';
import { sealBox } from '../../src/core/nacl/box.ts';
import type { JudgedBatch } from '../../src/server/storage/port.ts';
import { settleBatch } from '../../src/server/storage/settle-batch.ts';
import type { SyncPorts, WaitingLog } from '../../src/sync/ports.ts';
import { copyTables, openMemoryStorage } from '../support/memory-storage.ts';
import { GOOD_HABITS } from './model-disk.ts';
import type { Mutation, SealerParts } from './mutation.ts';

const NO_BYTES: Bytes = new Uint8Array(0);
const LATE_COMMIT_MS = 40;

/** Takes an answer that is no receipt for one: deletes what was sent. */
const deletingOn =
  (isTaken: (status: number) => boolean) =>
  (ports: SyncPorts): SyncPorts => {
    let sent: WaitingLog | null = null;
    return {
      ...ports,
      store: {
        ...ports.store,
        async readWaiting(limit) {
          sent = await ports.store.readWaiting(limit);
          return sent;
        },
      },
      net: {
        async sendBatch(site, batch) {
          const answer = await ports.net.sendBatch(site, batch);
          const isReceipt = answer.kind === 'answer' && (await ports.readReceipt(answer.body)) !== null;
          if (sent !== null && answer.kind === 'answer' && !isReceipt && isTaken(answer.status)) {
            const seqs = sent.records.map(({ seq }) => seq);
            await ports.store.deleteCovered(sent.identity, seqs, sent.lastReceipt ?? NO_BYTES);
          }
          return answer;
        },
      },
    };
  };

/** What it says, whoever signed it. */
function readUnverified(bytes: Bytes): Receipt | null {
  const receipt = parseReceipt(bytes);
  return receipt.ok ? receipt.value : null;
}

/** One session a page, whatever became of the record before. */
function openCarelessSealer({ randomBytes, agreement }: SealerParts): Sealer {
  const { publicKey: session, secretKey } = agreement.pairOf(randomBytes(32));
  return {
    seal({ identity, seq, dayKey, prev, record }) {
      const shared = agreement.agree(dayKey.publicKey, secretKey);
      if (shared === null) throw new Error('not a day key');
      const sealed = sealBox(encodeRecord(record), nonceOf(seq), shared);
      const { day, name: key } = dayKey;
      const envelope = encodeSealedEnvelope({ ...identity, seq, day, key, session, sealed, prev });
      return { envelope, committed() {} };
    },
    endSession() {},
  };
}

export const MUTANTS: readonly Mutation[] = [
  {
    name: 'answers before the flush',
    habits: { ...GOOD_HABITS, isFlushAwaited: false },
  },
  { name: 'deletes on 400', ports: deletingOn((status) => status === 400) },
  {
    name: 'takes a receipt without verifying it',
    ports: (ports) => ({ ...ports, readReceipt: async (bytes) => readUnverified(bytes) }),
  },
  {
    name: 'uses a nonce again after an append that failed',
    sealer: (_sealer, parts) => openCarelessSealer(parts),
  },
  {
    name: 'seals with the old session after lock',
    sealer: (sealer) => ({ ...sealer, endSession() {} }),
  },
  {
    name: 'gives the receipt before the commit',
    storage: (storage, tables, time) => ({
      ...storage,
      async takeBatch(batch) {
        const outcome = await openMemoryStorage(copyTables(tables)).takeBatch(batch);
        time.after(LATE_COMMIT_MS, () => void storage.takeBatch(batch));
        return outcome;
      },
    }),
  },
  {
    name: 'uses a number again after a kill',
    habits: { ...GOOD_HABITS, isHeadChecked: false },
    disk(disk) {
      let isFirst = true;
      return {
        ...disk,
        async readPosition() {
          const position = await disk.readPosition();
          if (position === null || position.head.seq === 0 || !isFirst) return position;
          isFirst = false;
          return { ...position, head: { ...position.head, seq: position.head.seq - 1 } };
        },
      };
    },
  },
  {
    name: 'does not look for duplicates on the server',
    storage: (storage, tables) => ({
      ...storage,
      async takeBatch(batch) {
        const known = countKnown(batch, tables.runsByName);
        const outcome = await storage.takeBatch(batch);
        const [line] = tables.countsByName.values();
        if (line !== undefined) line.count += known;
        return outcome;
      },
    }),
  },
  {
    name: 'takes a receipt to reach one number further',
    log: (log) => ({
      ...log,
      deleteCovered: (identity, seqs, receipt) =>
        log.deleteCovered(identity, [...seqs, Math.max(...seqs) + 1], receipt),
    }),
  },
  {
    name: 'writes in two tabs without a lock',
    habits: { ...GOOD_HABITS, isHeadChecked: false },
    turns: (turns) => ({ ...turns, inTurn: (work) => work() }),
  },
  {
    name: 'drops a fork in silence',
    settle(batch, held) {
      const settled = settleBatch(batch, held);
      return { ...settled, putApart: settled.putApart.filter(({ kind }) => kind !== 'fork') };
    },
  },
  {
    name: 'skips a record in a batch',
    settle(batch, held) {
      const settled = settleBatch(batch, held);
      return { ...settled, add: settled.add.filter((_, at) => at !== 1) };
    },
  },
  {
    name: 'tries again without a pause',
    ports: (ports) => ({
      ...ports,
      clock: { ...ports.clock, startTimer: (_ms, ring) => ports.clock.startTimer(100, ring) },
    }),
  },
];

/** How many of these records the tables hold already. */
function countKnown(
  { identity: { site, device, epoch }, entries }: JudgedBatch,
  runsByName: ReadonlyMap<string, { readonly recordsBySeq: ReadonlyMap<number, unknown> }>,
): number {
  const run = runsByName.get(`${site}/${device}/${epoch}`);
  return entries.filter(({ kind, seq }) => kind === 'good' && run?.recordsBySeq.has(seq)).length;
}

export const mutantNamed = (name: string): Mutation | undefined =>
  MUTANTS.find((mutant) => mutant.name === name);
