// The log over a disk in memory: numbers without a gap, another writer's head, a damaged record, the next epoch.

import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../../../src/core/log/record.ts';
import { parseSealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import type { EnvelopeWriter, LogDisk, LogPosition, LogTurns, StoredRun } from '../../../src/sync/ports.ts';
import { createRecordLog, isSamePosition } from '../../../src/sync/record-log.ts';
import { shutEnvelope } from '../../support/shut-envelope.ts';
import { hashOf } from '../../support/test-batch.ts';

const IDENTITY = { site: 'lindenhof', device: '00112233445566778899aabbccddeeff', epoch: 1 };
const DAY = '2026-03-02';
const TURNS: LogTurns = { inTurn: (work) => work(), withRoom: (write) => write() };
const NO_HASH = new Uint8Array(0);

const recordAt = (minute: number): GateRecord => ({
  kind: 'heartbeat',
  minute,
  gate: 'gate-1',
  direction: 'in',
});

/** Sealing has tests of its own. */
const WRITER: EnvelopeWriter = {
  write: async ({ identity, seq, day, record }) => ({
    envelope: shutEnvelope(identity, seq, record.minute, { day }),
    committed() {},
  }),
};

/** Takes what it is given; `position` and `records` can be changed behind the log's back. */
class MemoryDisk implements LogDisk<string> {
  position: LogPosition | null = { identity: IDENTITY, head: { seq: 0, hash: NO_HASH } };
  records: StoredRun['records'] = [];
  readonly beside: string[] = [];
  positionReads = 0;

  async readPosition() {
    this.positionReads += 1;
    return this.position;
  }
  async append(before: LogPosition, after: LogPosition, envelope: Uint8Array<ArrayBuffer>, beside: string) {
    if (this.position === null || !isSamePosition(this.position, before)) return false;
    this.position = after;
    this.records = [...this.records, { seq: after.head.seq, envelope }];
    this.beside.push(beside);
    return true;
  }
  async readRun(limit: number): Promise<StoredRun | null> {
    if (this.records.length === 0) return null;
    return { identity: IDENTITY, records: this.records.slice(0, limit), lastReceipt: null };
  }
  async deleteRecords(_identity: typeof IDENTITY, seqs: readonly number[]) {
    this.records = this.records.filter(({ seq }) => !seqs.includes(seq));
  }
  async beginRun(identity: typeof IDENTITY) {
    this.position = { identity, head: { seq: 0, hash: NO_HASH } };
  }
}

const setUp = () => {
  const disk = new MemoryDisk();
  return { disk, log: createRecordLog(disk, TURNS, WRITER) };
};

describe('the log', () => {
  it('numbers records without a gap, and its head is the hash of the last envelope', async () => {
    const { disk, log } = setUp();
    const positions = [];
    for (const minute of [7, 8, 9]) positions.push(await log.append(recordAt(minute), DAY, `seen ${minute}`));
    expect(positions.map(({ head }) => head.seq)).toEqual([1, 2, 3]);
    expect(positions.map(({ head }) => head.hash)).toEqual(
      disk.records.map(({ envelope }) => hashOf(envelope)),
    );
    expect(disk.records.map(({ envelope }) => parseSealedEnvelope(envelope))).toMatchObject(
      [1, 2, 3].map((seq) => ({ ok: true, value: { ...IDENTITY, seq, day: DAY } })),
    );
    expect(disk.beside).toEqual(['seen 7', 'seen 8', 'seen 9']);
    expect(disk.positionReads).toBe(1);
  });

  it('builds on the head of another writer when that came first', async () => {
    const { disk, log } = setUp();
    const other = createRecordLog(disk, TURNS, WRITER);
    await log.append(recordAt(1), DAY, '');
    await other.append(recordAt(2), DAY, '');
    expect((await log.append(recordAt(3), DAY, '')).head.seq).toBe(3);
    expect(disk.records.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('looks at the disk again after a write that failed', async () => {
    const { disk, log } = setUp();
    await log.append(recordAt(1), DAY, '');
    const { append } = disk;
    disk.append = async () => {
      throw new Error('the disk is full');
    };
    await expect(log.append(recordAt(2), DAY, '')).rejects.toThrow('the disk is full');
    disk.append = append;
    expect((await log.append(recordAt(3), DAY, '')).head.seq).toBe(2);
    expect(disk.positionReads).toBe(2);
  });

  it('refuses to write before it knows who it is', async () => {
    const { disk, log } = setUp();
    disk.position = null;
    await expect(log.append(recordAt(1), DAY, '')).rejects.toThrow('the log has no identity yet');
  });
});

describe('what waits', () => {
  it.each([
    { held: [1, 2, 3], limit: 500, given: [1, 2, 3] },
    { held: [1, 2, 3], limit: 2, given: [1, 2] },
    { held: [2, 3, 5, 6], limit: 500, given: [2, 3] },
    { held: [4, 6], limit: 500, given: [4] },
    { held: [9], limit: 1, given: [9] },
  ])('of $held, $limit at most, is $given', async ({ held, limit, given }) => {
    const { disk, log } = setUp();
    disk.records = held.map((seq) => ({ seq, envelope: Uint8Array.of(seq) }));
    expect((await log.readWaiting(limit))?.records.map(({ seq }) => seq)).toEqual(given);
  });

  it('is nothing when there is nothing', async () => {
    expect(await setUp().log.readWaiting(500)).toBeNull();
  });

  it('is hashed as the disk has it now', async () => {
    const { disk, log } = setUp();
    await log.append(recordAt(1), DAY, '');
    const damaged = disk.records.map((record) => ({ ...record, envelope: record.envelope.slice().fill(1) }));
    disk.records = damaged;
    expect((await log.readWaiting(1))?.records).toEqual(
      damaged.map(({ seq, envelope }) => ({ seq, envelope, hash: hashOf(envelope) })),
    );
  });
});

describe('a new epoch', () => {
  it('begins at the first number, once for each fork', async () => {
    const { log } = setUp();
    await log.append(recordAt(1), DAY, '');
    await log.openNewEpoch(IDENTITY);
    await log.openNewEpoch(IDENTITY);
    const { identity, head } = await log.append(recordAt(2), DAY, '');
    expect([identity.epoch, head.seq]).toEqual([2, 1]);
  });
});
