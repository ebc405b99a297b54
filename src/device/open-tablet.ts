// Joins the tablet's parts: database, trust, clock, storage, network and sync behind the one interface of the page.

import { chooseEngine } from '../core/signature/engine.ts';
import type { Trust } from '../core/trust/trust.ts';
import { DEFAULT_AGES, shorterAges, trustAgeState } from '../core/trust/trust-age.ts';
import { askForBackgroundSync } from './background-sync.ts';
import { type Database, openDatabase, readFact } from './database.ts';
import { later } from './later.ts';
import { readLogMark, writeLogMark } from './log-mark.ts';
import { onLogChanged, tellLogChanged } from './log-news.ts';
import { createLogStore, type LogStore, newDeviceId } from './log-store.ts';
import type { DeskPorts } from './scan-desk.ts';
import { askToPersist, lookAtStorage } from './storage-watch.ts';
import { createSyncRun } from './sync-run.ts';
import type { Tablet } from './tablet.ts';
import { createTabletClock } from './tablet-clock.ts';
import { fetchTrustText } from './tablet-net.ts';
import { createStateKeeper } from './tablet-state.ts';
import { createTrustKeeper, type TrustKeeper } from './trust-keeper.ts';

const LOOK_EVERY_MS = 10_000;
const REFRESH_EVERY_MS = 60 * 60_000;
const PROBE_EVERY_MS = 30_000;

/** What stands on an open database. */
export interface Memory {
  readonly database: Database;
  readonly log: LogStore;
  readonly trustKeeper: TrustKeeper;
}

/** Resolves when the tablet can say how it is: opened, or blocked by another tab, or broken. */
export async function openTablet(): Promise<Tablet> {
  const engine = await chooseEngine();
  const keeper = createStateKeeper(Date.now, navigator.onLine);
  const clock = createTabletClock(keeper);
  let memory: Memory | null = null;
  let heldTrustText: string | null = null;

  const showTrust = (held: Trust | null) => {
    if (held === null) return;
    const ageSeconds = Math.max(0, Math.floor(clock.judgedMs() / 1000) - held.issuedAt);
    const state = trustAgeState(ageSeconds, shorterAges(held.policy.ages, DEFAULT_AGES));
    keeper.change({ trust: { held, ageSeconds, state } });
  };
  const recount = async () => {
    if (memory !== null) keeper.change({ waiting: await memory.log.countWaiting() });
  };
  const sync = createSyncRun(keeper, clock, engine, recount);

  /** Gives the log its identity: at the first trust, and again when this tablet moves to another site. */
  const settleIdentity = async ({ log }: Memory, { site }: Trust) => {
    const position = await log.position();
    if (position?.identity.site === site.id) return;
    const mark = readLogMark();
    const before = position?.identity ?? mark;
    const identity = {
      site: site.id,
      device: before?.device ?? newDeviceId(),
      epoch: (before?.epoch ?? 0) + 1,
    };
    await log.beginEpoch(identity);
    writeLogMark(identity);
  };

  const takeTrust = async (text: string): Promise<boolean> => {
    if (memory === null) return false;
    const taken = await memory.trustKeeper.take(text);
    if (!taken.ok) {
      const isForeign = taken.error.startsWith('trust-json') || taken.error.startsWith('trust-frame');
      if (!isForeign) keeper.change({ trustTrouble: taken.error });
      return false;
    }
    heldTrustText = text;
    await clock.raiseFloor(memory.database, taken.value.issuedAt * 1000);
    await settleIdentity(memory, taken.value);
    keeper.change({ trustTrouble: null });
    showTrust(taken.value);
    return true;
  };

  const refresh = async () => {
    const text = await fetchTrustText();
    const isTaken = text !== null && (await takeTrust(text));
    keeper.setReachable(isTaken);
    if (isTaken) sync.wake('online');
  };

  const stopMemory = (log: 'vanished' | 'blocked' | 'broken') => {
    sync.stop();
    memory = null;
    keeper.change({ log });
  };

  const openMemory = async (isNewLog: boolean) => {
    const database = await openDatabase({
      onBlocked: () => keeper.change({ log: 'blocked' }),
      onSuperseded: () => stopMemory('blocked'),
      onVanished: () => stopMemory('vanished'),
    });
    const opened = {
      database,
      log: createLogStore(database),
      trustKeeper: createTrustKeeper(database, engine),
    };
    const isVanished = (await opened.log.position()) === null && readLogMark() !== null;
    if (isVanished && !isNewLog) {
      database.close();
      keeper.change({ log: 'vanished' });
      return;
    }
    memory = opened;
    await clock.load(await readFact(database, 'clockFloorMs'));
    keeper.change({ log: 'open' });
    if (isNewLog && heldTrustText !== null) await takeTrust(heldTrustText);
    const held = await opened.trustKeeper.load();
    if (held !== null) await settleIdentity(opened, held);
    showTrust(held);
    await recount();
    sync.start(opened);
  };

  const openOrSay = (isNewLog: boolean) =>
    openMemory(isNewLog).catch((error: unknown) => {
      console.error('the log cannot be opened', error);
      stopMemory('broken');
    });

  const isBlocked = new Promise<void>((resolve) => {
    keeper.subscribe(({ log }) => {
      if (log === 'blocked') resolve();
    });
  });
  await Promise.race([openOrSay(false), isBlocked]);

  const look = async () => {
    clock.look();
    showTrust(keeper.get().trust?.held ?? null);
    keeper.change({ storage: await lookAtStorage() });
  };
  let refreshedAtMs = Number.NEGATIVE_INFINITY;
  const refreshIfDue = () => {
    const everyMs = keeper.get().network.isReachable
      ? REFRESH_EVERY_MS * (0.8 + 0.4 * Math.random())
      : PROBE_EVERY_MS;
    if (performance.now() - refreshedAtMs < everyMs) return;
    refreshedAtMs = performance.now();
    void refresh();
  };
  await look();
  refreshIfDue();
  void askToPersist();
  setInterval(() => void look().then(refreshIfDue), LOOK_EVERY_MS);
  addEventListener('offline', () => keeper.setReachable(false));
  addEventListener('online', () => void refresh());
  addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    clock.wakeFromSleep();
    refreshIfDue();
    sync.wake('opened');
  });
  onLogChanged(() => void recount());

  const deskPorts: DeskPorts = {
    engine,
    keeper,
    clock,
    memory: () => memory,
    onAppended() {
      keeper.change({ waiting: keeper.get().waiting + 1 });
      sync.wake('appended');
      tellLogChanged();
      if (!keeper.get().network.isReachable) void askForBackgroundSync();
      void lookAtStorage().then((storage) => keeper.change({ storage }));
    },
    onLost: stopMemory,
  };
  const desk = later(async () => (await import('./scan-desk.ts')).createScanDesk(deskPorts));
  void desk().catch(() => {});

  return {
    get state() {
      return keeper.get();
    },
    subscribe: keeper.subscribe,
    scan: async (text, place) => (await desk()).scan(text, place),
    decide: async (decision, refersTo, place) => (await desk()).decide(decision, refersTo, place),
    refresh,
    beginNewLog: () => openOrSay(true),
  };
}
