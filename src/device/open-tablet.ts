// Joins the tablet's parts: database, trust, clock, storage, network and sync behind the one interface of the page.

import { chooseEngine } from '../core/signature/engine.ts';
import { later } from './later.ts';
import { countWaiting } from './log-position.ts';
import { createMemoryHolder, type Memory } from './memory-holder.ts';
import { onNews, tellNews } from './news.ts';
import { startRounds } from './rounds.ts';
import type { SyncRun } from './sync-run.ts';
import type { Tablet } from './tablet.ts';
import { createTabletClock } from './tablet-clock.ts';
import { createStateKeeper } from './tablet-state.ts';
import { createTrustIntake } from './trust/trust-intake.ts';

/** The verdict is drawn before its record is sent. */
const VERDICT_FIRST_MS = 200;

export interface OpenedTablet extends Tablet {
  /** Loads what judging and sending need. Call it when the first screen stands; the first scan waits for it in any case. */
  prepare(): Promise<void>;
}

/** Resolves when the tablet can say how it is: opened, or blocked by another tab, or broken. */
export async function openTablet(): Promise<OpenedTablet> {
  const engine = await chooseEngine();
  const keeper = createStateKeeper(Date.now, navigator.onLine);
  const clock = createTabletClock(keeper);
  const recount = async () => {
    const memory = holder.get();
    if (memory !== null) keeper.change({ waiting: await countWaiting(memory.database) });
  };
  let sync: SyncRun | null = null;
  const holder = createMemoryHolder(keeper, () => sync?.stop());
  const trust = createTrustIntake(keeper, clock, holder, engine);

  const settle = (load: (memory: Memory) => Promise<void>) => async (memory: Memory) => {
    await load(memory);
    // Twice, so that a wrong clock shows from the first scan on.
    clock.look();
    clock.look();
    await recount();
  };
  const open = async (isNewLog: boolean) => {
    const memory = await holder.open(isNewLog, settle(trust.load));
    if (memory !== null) sync?.start(memory);
  };
  const adopt = async () => {
    const memory = await holder.adopt(settle(trust.adopt));
    if (memory === null) return;
    sync?.start(memory);
    await refresh();
  };
  const refresh = async () => {
    if (await trust.refresh()) sync?.wake('online');
  };
  const loadDesk = later(async () => {
    const { askForBackgroundSync, createScanDesk, createStorageKeeper, createSyncRun } = await import(
      './after-first-screen.ts'
    );
    const storage = createStorageKeeper((state) => keeper.change({ storage: state }));
    sync = createSyncRun(keeper, clock, storage, engine, recount);
    const memory = holder.get();
    if (memory !== null) sync.start(memory);
    const spreadNews = () => {
      sync?.wake('appended');
      tellNews('log');
      if (!keeper.get().network.isReachable) void askForBackgroundSync();
    };
    const desk = createScanDesk({
      engine,
      keeper,
      clock,
      storage,
      memory: holder.get,
      onLost: holder.lose,
      onAppended() {
        keeper.change({ waiting: keeper.get().waiting + 1 });
        setTimeout(spreadNews, VERDICT_FIRST_MS);
      },
    });
    return { desk, storage };
  });

  const look = async () => {
    clock.look();
    trust.age();
    const loaded = await loadDesk().catch(() => null);
    const memory = holder.get();
    if (loaded !== null && memory !== null) await loaded.storage.look(memory.database).catch(() => {});
  };

  const isBlocked = new Promise<void>((resolve) => {
    keeper.subscribe(({ log }) => {
      if (log === 'blocked') resolve();
    });
  });
  await Promise.race([open(false), isBlocked]);

  startRounds({
    hasTrust: keeper.get().trust !== null,
    look,
    refresh,
    isReachable: () => keeper.get().network.isReachable,
    onOffline: () => keeper.setReachable(false),
    onShown() {
      void trust.renewClock();
      sync?.wake('opened');
    },
  });
  onNews('log', () => {
    void recount();
    // Whichever tab has the sending: it may be this one, and idle.
    sync?.wake('appended');
  });
  onNews('trust', () => void trust.reload());
  onNews('identity', () => void adopt());

  return {
    get state() {
      return keeper.get();
    },
    subscribe: keeper.subscribe,
    scan: async (text, place) => (await loadDesk()).desk.scan(text, place),
    decide: async (decision, refersTo, place) => (await loadDesk()).desk.decide(decision, refersTo, place),
    refresh,
    beginNewLog: () => open(true),
    async prepare() {
      const { desk } = await loadDesk();
      // The day and the reserve are opened ahead; nobody has to wait for them, and a scan asks again.
      void desk.openToday().then(look, look);
    },
  };
}
