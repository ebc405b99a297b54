// How trust comes to the page: from the tablet's own database at opening, from the server after that, never in the path
// of a scan. New trust is put to use whole; what does not verify changes nothing but a line on the screen.

import { errorText } from '../../core/error-text.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { assembleTrust } from '../../core/trust/held/assemble-trust.ts';
import type { HeldLists, HeldTrust } from '../../core/trust/held/held-trust.ts';
import type { TrustClient } from '../../core/trust/held/ports.ts';
import { readFact } from '../database.ts';
import { later } from '../later.ts';
import { trustLockIsFree, withTrustLock } from '../locks.ts';
import type { Memory, MemoryHolder } from '../memory-holder.ts';
import { tellNews } from '../news.ts';
import type { TabletClock } from '../tablet-clock.ts';
import type { StateKeeper } from '../tablet-state.ts';
import { ageOfTrust } from './age-of-trust.ts';
import { createHttpSource } from './http-source.ts';

export interface TrustIntake {
  /** Shows what this memory holds; a new memory is first given what the page still holds. */
  load(memory: Memory): Promise<void>;
  /** The tablet was enrolled anew: what it held before counts only where the enrolment has left it. */
  adopt(memory: Memory): Promise<void>;
  /** Another tab has put new trust to use. */
  reload(): Promise<void>;
  /** Asks the server; true when something answered that verified. One refresh at a time, among all tabs. Never throws. */
  refresh(): Promise<boolean>;
  /** After sleep, in which the monotonic clock may have stood still: asks the server for a new base. */
  renewClock(): Promise<void>;
  /** Says anew how old the held trust is. */
  age(): void;
}

interface Known {
  readonly held: HeldTrust;
  readonly lists: HeldLists;
}

const FIRST_SCREEN_MS = 500;

const loadClient = later(() => import('./fetch-trust.ts'));
const loadRest = later(() => import('./after-trust.ts'));

export function createTrustIntake(
  keeper: StateKeeper,
  clock: TabletClock,
  holder: MemoryHolder,
  engine: Ed25519Engine,
): TrustIntake {
  let known: Known | null = null;
  let refreshing: Promise<boolean> | null = null;

  const age = () => {
    const { trust } = keeper.get();
    if (trust !== null)
      keeper.change({ trust: { held: trust.held, ...ageOfTrust(trust.held, clock.judgedMs()) } });
  };

  const take = (next: Known) => {
    const trust = assembleTrust(next.held, next.lists);
    if (trust === null) return;
    known = next;
    keeper.change({ trust: { held: trust, ...ageOfTrust(trust, clock.judgedMs()) } });
  };

  const load = async (memory: Memory) => {
    const store = memory.trustStore;
    if (known !== null && (await store.readTrust()) === null) await carryOver(known, memory);
    // Nothing is verified again here: this is the tablet's own database, written only after all checks. Whoever can
    // write to it runs code as this page, and could as well replace the checks.
    const held = await store.readTrust();
    clock.load(await readFact(memory.database, 'clockFloor'), held);
    if (held !== null) take({ held, lists: await store.readLists() });
    else keeper.change({ trust: null });
  };

  const adopt = async (memory: Memory) => {
    // What is on its way is of the time before.
    await refreshing;
    known = null;
    await load(memory);
  };

  const takeTime = async (memory: Memory): Promise<boolean> => {
    const { trust } = keeper.get();
    const rest = trust === null ? null : await loadRest().catch(asUnreachable);
    if (trust === null || rest === null) return false;
    const signedMs = await rest.askTime(trust.held.timeKeys, engine);
    if (signedMs === null) return false;
    await clock.takeFreshTime(memory.database, signedMs);
    return true;
  };

  const takeTrust = async (memory: Memory, client: TrustClient): Promise<Came> => {
    const part = await loadClient().catch(asUnreachable);
    if (part === null) return 'nothing';
    const came = await part.refreshTrust(client, clock.startSeconds);
    if (!came.ok) {
      if (came.error.code === 'unreachable') return 'nothing';
      keeper.change({ trustTrouble: part.trustRefusalText(came.error) });
      return 'refused';
    }
    const { held, trouble } = came.value;
    await clock.takeTimestamp(memory.database, held);
    take({ held, lists: known?.lists ?? new Map() });
    keeper.change({ trustTrouble: trouble === null ? null : part.trustRefusalText(trouble) });
    return 'taken';
  };

  const takeLists = async (client: TrustClient): Promise<void> => {
    const rest = known === null ? null : await loadRest().catch(asUnreachable);
    if (known === null || rest === null) return;
    const { held } = known;
    // What troubles a single list is not told: the list that is held ages, and that shows where it matters.
    const { lists } = await rest.refreshLists(client, held, clock.startSeconds(held.timestampKeys));
    take({ held, lists });
  };

  const refreshIn = async (memory: Memory): Promise<boolean> => {
    const site = memory.identity?.site ?? null;
    const client = {
      source: createHttpSource(site),
      store: memory.trustStore,
      engine,
      rootHash: memory.identity?.rootHash ?? null,
      site,
    };
    const isFirst = known === null;
    const isTimed = await takeTime(memory);
    const came = await takeTrust(memory, client);
    // The first screen can be used now, and is drawn before more is asked for.
    if (isFirst && came === 'taken') await new Promise((resolve) => setTimeout(resolve, FIRST_SCREEN_MS));
    if (isTimed || came !== 'nothing') await takeLists(client);
    if (came === 'taken') tellNews('trust');
    return isTimed || came === 'taken';
  };

  /** What the database does wrong must not end the page: trust stays as it is, and the next refresh tries again. */
  const refreshOrSay = async (memory: Memory): Promise<boolean> => {
    try {
      return await refreshIn(memory);
    } catch (error) {
      console.error('trust could not be kept', error);
      if (holder.get() === memory) keeper.change({ trustTrouble: `not kept: ${errorText(error)}` });
      return false;
    }
  };

  const reload = async () => {
    const memory = holder.get();
    if (memory === null) return;
    await load(memory).catch((error: unknown) => console.error('trust could not be read', error));
  };

  const refreshOnce = async (): Promise<boolean> => {
    const memory = holder.get();
    if (memory === null) {
      keeper.setReachable(false);
      return false;
    }
    // With which root trust begins is told by the enrolment.
    if (memory.identity === null || memory.identity.isWiping) return false;
    const isReached = await withTrustLock(() => refreshOrSay(memory));
    if (isReached === 'busy') {
      await trustLockIsFree();
      await reload();
      return false;
    }
    keeper.setReachable(isReached);
    return isReached;
  };

  const refresh = () => {
    refreshing ??= refreshOnce().finally(() => {
      refreshing = null;
    });
    return refreshing;
  };

  return {
    load,
    adopt,
    reload,
    age,
    refresh,
    async renewClock() {
      clock.wakeFromSleep();
      const memory = holder.get();
      if (memory === null) return;
      await takeTime(memory).catch((error: unknown) => console.error('the time could not be kept', error));
    },
  };
}

type Came = 'taken' | 'refused' | 'nothing';

/** A part of the program that does not load is a server that is not there. */
const asUnreachable = () => null;

/** The repository's files begin anew with the new memory; what judges passes goes on. */
async function carryOver({ held, lists }: Known, { trustStore }: Memory): Promise<void> {
  for (const list of lists.values()) await trustStore.writeList(list);
  await trustStore.writeTrust(held);
}
