import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyReceipt } from '../../../src/core/log/receipt.ts';
import { chooseEngine, type Ed25519Engine } from '../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../src/core/signature/signer.ts';
import { LONGEST_WAIT_MS, waitMs } from '../../../src/sync/back-off.ts';
import { createBatchSigner } from '../../../src/sync/sealed-log.ts';
import { createSyncEngine, type SyncState } from '../../../src/sync/sync-engine.ts';
import { HandClock, settle } from '../../support/hand-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { type Fault, ModelServer } from '../../support/model-server.ts';
import { testEd25519Device } from '../../support/test-device.ts';

const IDENTITY = { site: 'lindenhof', device: '00112233445566778899aabbccddeeff', epoch: 1 };
const FAULTS: readonly Fault[] = [
  'unreachable',
  'answer-lost',
  'captive-portal',
  'error-500',
  'error-400',
  'busy-503',
  'too-large-413',
  'receipt-of-another-key',
  'truncated-answer',
];

let engine: Ed25519Engine;
let signer: Signer;
let otherSigner: Signer;

beforeAll(async () => {
  engine = await chooseEngine();
  signer = await createSigner(new Uint8Array(32).fill(21));
  otherSigner = await createSigner(new Uint8Array(32).fill(22));
});

function setUp(isBad: (seq: number) => boolean = () => false) {
  const clock = new HandClock(1_772_355_600_000);
  const store = new MemoryStore(IDENTITY);
  const server = new ModelServer(signer, otherSigner, isBad);
  const states: SyncState[] = [];
  const sync = createSyncEngine(
    {
      clock,
      store,
      net: server,
      makeBatch: createBatchSigner(async () => device),
      random: () => 0.5,
      async readReceipt(bytes) {
        const receipt = await verifyReceipt(bytes, [signer.publicKey], engine);
        return receipt.ok ? receipt.value : null;
      },
    },
    { onState: (state) => states.push(state), onReceipt: () => {} },
    (pass) => pass(),
  );
  const drain = async () => {
    for (let turn = 0; turn < 200 && store.countWaiting() > 0; turn++) await clock.windToNext();
    await settle();
  };
  return { clock, store, server, states, sync, drain };
}

const device = await testEd25519Device(7);

describe('sync', () => {
  it('sends what waits in batches of 500, in order, and deletes it', async () => {
    const { store, server, sync, drain } = setUp();
    for (let minute = 0; minute < 1201; minute++) await store.append(minute);
    void sync.run();
    await drain();
    sync.stop();
    expect([store.countWaiting(), server.held.size, server.requests]).toEqual([0, 1201, 3]);
    expect(store.deleted).toEqual(Array.from({ length: 1201 }, (_, at) => `1/${at + 1}`));
  });

  it.each(FAULTS)('deletes nothing on %s, and sends it all when that is over', async (fault) => {
    const { store, server, sync, drain } = setUp();
    server.faults.push(fault, fault);
    await store.append(1);
    await store.append(2);
    const run = sync.run();
    await settle();
    expect(store.deleted).toEqual([]);
    await drain();
    sync.stop();
    await run;
    expect([store.countWaiting(), [...server.held.keys()].length, store.epoch]).toEqual([0, 2, 1]);
  });

  it('puts a bad record aside and sends the rest', async () => {
    const { store, server, sync, drain } = setUp((seq) => seq === 3);
    for (let minute = 0; minute < 6; minute++) await store.append(minute);
    void sync.run();
    await drain();
    sync.stop();
    expect([store.countWaiting(), server.held.size]).toEqual([0, 6]);
    expect(server.quarantined).toEqual([`${IDENTITY.device}/1/3`]);
  });

  it('opens a new epoch when the server holds other records under our numbers', async () => {
    const { store, server, sync, drain } = setUp();
    server.held.set(`${IDENTITY.device}/1/1`, 'another');
    await store.append(1);
    void sync.run();
    await drain();
    expect([store.countWaiting(), store.epoch]).toEqual([0, 2]);
    await store.append(2);
    sync.wake('appended');
    await settle();
    sync.stop();
    expect(server.held.has(`${IDENTITY.device}/2/1`)).toBe(true);
  });

  it('halves a batch that is too large for the server', async () => {
    const { store, server, sync, drain } = setUp();
    for (let minute = 0; minute < 8; minute++) await store.append(minute);
    server.faults.push('too-large-413', 'too-large-413');
    void sync.run();
    await drain();
    sync.stop();
    expect([store.countWaiting(), server.requests]).toEqual([0, 6]);
  });

  it('waits as long as the server asks, and no scan cuts that short', async () => {
    const { clock, store, server, states, sync } = setUp();
    server.faults.push('busy-503');
    await store.append(1);
    void sync.run();
    await settle();
    expect(states.at(-1)).toEqual({
      kind: 'backing-off',
      untilMs: clock.nowMs() + 120_000,
      why: 'not-our-server',
    });
    await store.append(2);
    sync.wake('appended');
    await settle();
    expect(server.requests).toBe(1);
    sync.wake('online');
    await settle();
    sync.stop();
    expect([server.requests, store.countWaiting()]).toEqual([2, 0]);
  });

  it('does nothing until woken when nothing waits', async () => {
    const { clock, store, server, sync } = setUp();
    void sync.run();
    expect(await clock.windToNext()).toBe(false);
    await store.append(1);
    sync.wake('appended');
    await settle();
    sync.stop();
    expect([server.requests, store.countWaiting()]).toEqual([1, 0]);
  });

  it('brings every record to the server exactly once, whatever the network does', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...FAULTS, 'none' as const), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
        async (faults, bursts) => {
          const { clock, store, server, sync, drain } = setUp();
          server.faults.push(...faults);
          const written: string[] = [];
          const run = sync.run();
          for (const [burst, count] of bursts.entries()) {
            for (let at = 0; at < count; at++) written.push(await store.append(burst * 10 + at));
            sync.wake('appended');
            await clock.windToNext();
            for (const gone of store.deleted)
              expect(server.held.has(`${IDENTITY.device}/${gone}`)).toBe(true);
          }
          await drain();
          sync.stop();
          await run;
          expect([...server.held.keys()].sort()).toEqual(
            written.map((key) => `${IDENTITY.device}/${key}`).sort(),
          );
          expect(store.countWaiting()).toBe(0);
        },
      ),
      { numRuns: 60 },
    ));
});

describe('the back-off', () => {
  it('doubles from a second to 15 minutes, within its jitter', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, chance) => {
          const full = Math.min(1000 * 2 ** (failures - 1), LONGEST_WAIT_MS);
          const ms = waitMs(failures, null, () => chance);
          expect(ms).toBeGreaterThanOrEqual(full / 2);
          expect(ms).toBeLessThanOrEqual(full);
        },
      ),
    ));

  it('obeys Retry-After up to 15 minutes and no further', () => {
    expect(waitMs(1, 60_000, () => 0)).toBe(60_000);
    expect(waitMs(1, 10 ** 12, () => 0)).toBe(LONGEST_WAIT_MS);
  });
});
