// Server and database killed hard while tablets send as fast as they can: what was receipted is there, exactly once.

import { setTimeout as sleep } from 'node:timers/promises';
import { openTrust } from '../../src/cli/open-trust.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import type { Trust } from '../../src/core/trust/trust.ts';
import { createRandom } from '../fuzz/random.ts';
import { openDayKeysOf } from '../support/day-keys-at-hand.ts';
import { type KillKind, openKillableServer } from '../support/kill-server.ts';
import { type LoadTablet, startLoadTablet } from '../support/kill-tablet.ts';
import { testEd25519Device } from '../support/test-device.ts';
import { auditExport } from './audit-export.ts';
import type { Outcome, Run } from './outcome.ts';
import { faultsOf, readHoldings, tally } from './tally.ts';

const TABLETS = 4;
const MOST_MS = 1500;
const MOST_EARLY_MS = 400;
const RECEIPT_LIMIT_MS = 30_000;
const DRAIN_LIMIT_MS = 60_000;
/** In every ten kills. */
const KINDS: readonly KillKind[] = [
  ...([
    'both',
    'database',
    'both',
    'server',
    'starting',
    'both',
    'database',
    'server',
    'both',
    'server',
  ] as const),
];

export async function killServers({ kills, seed, say, atEnd, stop }: Run): Promise<Outcome> {
  const server = await openKillableServer(atEnd);
  const random = createRandom(seed, 'server');
  const [engine, trust] = await Promise.all([chooseEngine(), readTrust(server.origin)]);
  const tablets = await Promise.all(
    Array.from({ length: TABLETS }, async (_, at) =>
      startLoadTablet({
        origin: server.origin,
        signer: await testEd25519Device(at + 1),
        trust,
        engine,
        random: createRandom(seed, 'tablet', at),
      }),
    ),
  );
  const restartMs: number[] = [];
  const recoveryMs: number[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    const kind = KINDS[(kill - 1) % KINDS.length] ?? 'both';
    await nextReceipt(tablets);
    const afterMs = random.below(MOST_MS);
    await sleep(afterMs, undefined, { signal: stop });
    const ms = await server.killAndRestart(kind, random.below(MOST_EARLY_MS));
    (kind === 'database' ? recoveryMs : restartMs).push(ms);
    for (const tablet of tablets) tablet.wake();
    say(
      `server kill ${kill}/${kills}: ${kind} after ${afterMs} ms, good again in ${ms.toFixed(0)} ms, ${countReceipted(tablets)} receipted`,
    );
  }
  const left = await drain(tablets);
  for (const tablet of tablets) await tablet.stop();

  const session = server.openSession();
  const open = await openDayKeysOf(server.dataDir);
  const held = await readHoldings(session.sql, open).finally(session.close);
  const unsound = await auditExport(server);
  const receipted = tablets.flatMap((tablet) => tablet.receipted);
  const { stored, lost, duplicates, extra } = tally(receipted, held.rows);
  return {
    kills,
    promised: [{ what: 'records receipted', count: receipted.length }],
    stored,
    lost,
    duplicates,
    extra: extra.length,
    faults: [
      ...faultsOf(held),
      ...unsound,
      ...(left === 0 ? [] : [`${left} records never left the tablets`]),
    ],
    restartMs,
    recoveryMs,
  };
}

async function readTrust(origin: string): Promise<Trust> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const opened = await openTrust({ place: origin, site: null, root: null }, await chooseEngine(), {
    nowSeconds,
    atSeconds: nowSeconds,
  });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value.trust;
}

const countReceipted = (tablets: readonly LoadTablet[]): number =>
  tablets.reduce((sum, { receipted }) => sum + receipted.length, 0);

/** A kill finds a server that is receiving. */
async function nextReceipt(tablets: readonly LoadTablet[]): Promise<void> {
  const before = countReceipted(tablets);
  const giveUpAt = performance.now() + RECEIPT_LIMIT_MS;
  while (countReceipted(tablets) === before) {
    if (performance.now() > giveUpAt) throw new Error('the server is healthy and gives no receipt');
    for (const tablet of tablets) tablet.countWaiting();
    await sleep(5);
  }
}

/** Once nothing is killed any more, everything that waits reaches the server. Gives how much did not in time. */
async function drain(tablets: readonly LoadTablet[]): Promise<number> {
  for (const tablet of tablets) tablet.endShift();
  const giveUpAt = performance.now() + DRAIN_LIMIT_MS;
  for (;;) {
    const waiting = tablets.reduce((sum, tablet) => sum + tablet.countWaiting(), 0);
    if (waiting === 0 || performance.now() > giveUpAt) return waiting;
    await sleep(20);
  }
}
