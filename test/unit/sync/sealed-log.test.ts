// The sealed log over a disk in memory: a chain that verifies, sessions that end where an append is in doubt, and batches
// that the tablet's key vouches for.

import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { openDeviceVerifier } from '../../../src/core/identity/device-key.ts';
import { parseSealedBatch, verifySealedBatch } from '../../../src/core/log/sealed/batch.ts';
import { verifyChain } from '../../../src/core/log/sealed/chain.ts';
import { type SealKey, sealKeyOf } from '../../../src/core/log/sealed/day-keys.ts';
import { parseSealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import { createOpener } from '../../../src/core/log/sealed/opener.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { findSessionMisuse } from '../../../src/core/log/sealed/session-use.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import type { LogDisk, LogPosition, LogTurns } from '../../../src/sync/ports.ts';
import { createRecordLog, isSamePosition } from '../../../src/sync/record-log.ts';
import { createBatchSigner, createSealedWriter, NoDayKey } from '../../../src/sync/sealed-log.ts';
import { createRandom } from '../../fuzz/random.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { DAY, hashOf, heartbeat, identityOf, keyPairOf } from '../core/log/sealed/sealed-fixtures.ts';

const identity = identityOf();
const pair = await keyPairOf();
const nextPair = await keyPairOf('lindenhof', '2026-03-03');
const keys: readonly SealKey[] = [pair, nextPair].map(sealKeyOf);
const TURNS: LogTurns = { inTurn: (work) => work(), withRoom: (write) => write() };

function setUp() {
  let position: LogPosition = { identity, head: { seq: 0, hash: new Uint8Array(0) } };
  const envelopes: Bytes[] = [];
  const outcomes: ('taken' | 'full' | 'other-head')[] = [];
  const disk: LogDisk<null> = {
    readPosition: async () => position,
    async append(before, after, envelope) {
      const outcome = outcomes.shift() ?? 'taken';
      if (outcome === 'full') throw new Error('the disk is full');
      if (outcome === 'other-head' || !isSamePosition(before, position)) return false;
      position = after;
      envelopes.push(envelope);
      return true;
    },
    readRun: async () => ({
      identity,
      records: envelopes.map((envelope, at) => ({ seq: at + 1, envelope })),
      lastReceipt: null,
    }),
    deleteRecords: async () => {},
    beginRun: async () => {},
  };
  const random = createRandom('sealed log');
  const sealer = createSealer((length) => random.bytes(length));
  let nowMs = 0;
  const writer = createSealedWriter({
    sealer,
    sealKeyOf: async (site, day) => keys.find((key) => key.site === site && key.day === day) ?? null,
    monotonicMs: () => nowMs,
  });
  const log = createRecordLog(disk, TURNS, writer);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const read = () =>
    envelopes.map((bytes) => {
      const parsed = parseSealedEnvelope(bytes);
      if (!parsed.ok) throw new Error(parsed.error);
      return parsed.value;
    });
  const sessions = () => new Set(read().map(({ session }) => session.join())).size;
  return { log, sealer, envelopes, outcomes, pass, read, sessions };
}

describe('the sealed log', () => {
  it('is a chain from the identity on, which opens with the key of its day', async () => {
    const { log, envelopes, read, sessions } = setUp();
    for (let minute = 0; minute < 5; minute++) await log.append(heartbeat(minute), DAY, null);
    const chain = await verifyChain({ identity, envelopes, witnesses: [], quarantined: [], after: null });
    expect(chain).toEqual({ ok: true, value: { seq: 5, hash: hashOf(envelopes[4] ?? new Uint8Array(0)) } });
    const opener = createOpener(() => pair);
    expect(read().map((envelope) => opener.open(envelope))).toEqual(
      [0, 1, 2, 3, 4].map((minute) => ({ ok: true, value: heartbeat(minute) })),
    );
    expect(sessions()).toBe(1);
  });

  it.each(['full', 'other-head'] as const)(
    'seals under a new session after an append that was %s',
    async (outcome) => {
      const { log, outcomes, envelopes, sessions, read } = setUp();
      await log.append(heartbeat(1), DAY, null);
      outcomes.push(outcome);
      await log.append(heartbeat(2), DAY, null).catch(() => null);
      await log.append(heartbeat(3), DAY, null);
      expect(sessions()).toBe(2);
      expect(findSessionMisuse(read())).toEqual([]);
      const chain = await verifyChain({ identity, envelopes, witnesses: [], quarantined: [], after: null });
      expect(chain.ok).toBe(true);
    },
  );

  it('begins a session at lock, with another day, and after a quarter of an hour', async () => {
    const { log, sealer, pass, sessions } = setUp();
    await log.append(heartbeat(), DAY, null);
    sealer.endSession();
    await log.append(heartbeat(), DAY, null);
    expect(sessions()).toBe(2);
    await log.append(heartbeat(), '2026-03-03', null);
    expect(sessions()).toBe(3);
    pass(15 * 60_000);
    await log.append(heartbeat(), '2026-03-03', null);
    expect(sessions()).toBe(4);
  });

  it('stops with no-day-key where it holds none, writes nothing, and goes on with a day that has one', async () => {
    const { log, envelopes } = setUp();
    await expect(log.append(heartbeat(), '2026-03-04', null)).rejects.toThrow(NoDayKey);
    expect(envelopes).toEqual([]);
    expect((await log.append(heartbeat(), DAY, null)).head.seq).toBe(1);
  });

  it('is sent in batches signed by whichever key the tablet has then', async () => {
    const { log } = setUp();
    for (let minute = 0; minute < 3; minute++) await log.append(heartbeat(minute), DAY, null);
    const waiting = await log.readWaiting(500);
    if (waiting === null) throw new Error('nothing waits');
    const verify = openDeviceVerifier(await chooseEngine());
    const signers = [await testEd25519Device(1), await testEd25519Device(2)];
    let at = 0;
    const makeBatch = createBatchSigner(async () => signers[at++] ?? Promise.reject(new Error('no key')));
    for (const { publicKey } of signers) {
      const batch = parseSealedBatch(await makeBatch(waiting));
      if (!batch.ok) throw new Error(batch.error);
      const verified = await verifySealedBatch(batch.value, [publicKey], verify);
      expect(verified).toMatchObject({ ok: true, value: { ...identity, from: 1, to: 3 } });
    }
    await expect(makeBatch({ ...waiting, records: [] })).rejects.toThrow('a batch of no records');
  });
});
