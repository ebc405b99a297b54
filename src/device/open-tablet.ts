// Joins the tablet's parts: database, trust, clock, storage, network and sync behind the one interface of the page.

import { chooseEngine } from '../core/signature/engine.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import type { TabletWork } from './after-first-screen.ts';
import { readFact } from './database.ts';
import { later } from './later.ts';
import { countWaiting } from './log-position.ts';
import { createMemoryHolder, type Memory } from './memory-holder.ts';
import { onNews } from './news.ts';
import { startRounds } from './rounds.ts';
import type { Tablet } from './tablet.ts';
import { createTabletClock } from './tablet-clock.ts';
import { createStateKeeper } from './tablet-state.ts';
import { createTrustIntake } from './trust/trust-intake.ts';

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
  const lookForPin = async () => {
    const memory = holder.get();
    if (memory !== null) keeper.change({ hasPin: (await readFact(memory.database, 'pin')) !== undefined });
  };
  /** A tablet that was enrolled a moment ago has trust before it has a key: no shift begins in between. */
  const lookForDayKey = async ({ database }: Memory) => {
    const site = keeper.get().trust?.held.site;
    if (site === undefined) return;
    const key = await database.getKey('sealKeys', [site.id, siteDayAt(clock.stampMs(), site)]);
    keeper.change({ hasDayKey: key !== undefined });
  };
  let work: TabletWork | null = null;
  const holder = createMemoryHolder(keeper, () => work?.stop());
  const trust = createTrustIntake(keeper, clock, holder, engine);

  const settle = (load: (memory: Memory) => Promise<void>) => async (memory: Memory) => {
    await load(memory);
    // Twice, so that a wrong clock shows from the first scan on.
    clock.look();
    clock.look();
    await lookForDayKey(memory);
    await recount();
    await lookForPin();
  };
  const open = async (isNewLog: boolean) => {
    const memory = await holder.open(isNewLog, settle(trust.load));
    if (memory !== null) work?.start(memory);
  };
  const adopt = async () => {
    const memory = await holder.adopt(settle(trust.adopt));
    if (memory === null) return;
    work?.start(memory);
    await refresh();
  };
  const loadWork = later(async () => {
    const { openTabletWork } = await import('./after-first-screen.ts');
    work = openTabletWork({ keeper, clock, engine, holder, recount });
    const memory = holder.get();
    if (memory !== null) work.start(memory);
    return work;
  });
  const refresh = async () => {
    const isWiping = holder.get()?.identity?.isWiping === true;
    if (!isWiping && !(await trust.refresh())) return;
    work?.wake('online');
    await loadWork()
      .then((loaded) => loaded.refresh())
      .catch((error: unknown) => console.error('what the server has could not be fetched', error));
  };

  const look = async () => {
    clock.look();
    trust.age();
    await loadWork()
      .then((loaded) => loaded.look())
      .catch(() => {});
  };

  const openMemory = (): Memory => {
    const memory = holder.get();
    if (memory === null) throw new Error('this tablet’s memory is not open');
    return memory;
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
    onHidden: () => work?.desk.setLocked(true),
    onShown() {
      void trust.renewClock();
      work?.wake('opened');
      work?.desk.setLocked(false);
    },
  });
  onNews('log', () => {
    void recount();
    // Whichever tab has the sending: it may be this one, and idle.
    work?.wake('appended');
  });
  onNews('trust', () => void trust.reload());
  onNews('identity', () => void adopt());
  onNews('pin', () => void lookForPin());

  return {
    get state() {
      return keeper.get();
    },
    subscribe: keeper.subscribe,
    scan: async (text, place) => (await loadWork()).desk.scan(text, place),
    decide: async (decision, refersTo, place) => (await loadWork()).desk.decide(decision, refersTo, place),
    note: async (kind, place) => (await loadWork()).desk.note(kind, place),
    undo: async (refersTo, place) => (await loadWork()).desk.undo(refersTo, place),
    exportWaiting: async () => (await loadWork()).exportWaiting(),
    refresh,
    async openEnrolment() {
      const { openEnrolmentDesk } = await import('./identity/enrolment-store.ts');
      return openEnrolmentDesk(openMemory().database, engine);
    },
    async openPin() {
      const { openPinDesk } = await import('./identity/pin-desk.ts');
      return openPinDesk(openMemory().database, () => clock.stampMs() / 1000);
    },
    beginNewLog: () => open(true),
    async prepare() {
      const { desk } = await loadWork();
      // The day and the reserve are opened ahead; nobody has to wait for them, and a scan asks again.
      void desk.openToday().then(look, look);
    },
  };
}
