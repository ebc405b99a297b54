// One writer, one sender, one that refreshes trust and one that does what is ordered among all tabs and the service worker (Web Locks). Where the browser
// has no locks, a single tab is all there is to order, and a queue of promises does.

const LOG_LOCK = 'gatelight-log';
const SYNC_LOCK = 'gatelight-sync';
const TRUST_LOCK = 'gatelight-trust';
const DUTY_LOCK = 'gatelight-duties';

let tail: Promise<unknown> = Promise.resolve();
const taken = new Set<string>();

export function withLogLock<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks !== undefined) return navigator.locks.request(LOG_LOCK, work) as Promise<T>;
  const next = tail.then(work, work);
  tail = next.catch(() => {});
  return next;
}

/** Runs the work if nobody else is sending; 'busy' otherwise. */
export const withSyncLock = <T>(work: () => Promise<T>): Promise<T | 'busy'> => ifFree(SYNC_LOCK, work);

/** Runs the work if no other tab is refreshing trust; 'busy' otherwise. */
export const withTrustLock = <T>(work: () => Promise<T>): Promise<T | 'busy'> => ifFree(TRUST_LOCK, work);

/** Runs the work if no other tab does what the server has ordered; 'busy' otherwise. */
export const withDutyLock = <T>(work: () => Promise<T>): Promise<T | 'busy'> => ifFree(DUTY_LOCK, work);

/** Waits until nobody refreshes trust. */
export async function trustLockIsFree(): Promise<void> {
  await navigator.locks?.request(TRUST_LOCK, () => {});
}

async function ifFree<T>(name: string, work: () => Promise<T>): Promise<T | 'busy'> {
  if (navigator.locks !== undefined) {
    return (await navigator.locks.request(name, { ifAvailable: true }, async (lock) =>
      lock === null ? 'busy' : work(),
    )) as T | 'busy';
  }
  if (taken.has(name)) return 'busy';
  taken.add(name);
  try {
    return await work();
  } finally {
    taken.delete(name);
  }
}
