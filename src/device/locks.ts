// One writer and one sender among all tabs and the service worker (Web Locks). Where the browser has no locks, a single
// tab is all there is to order, and a queue of promises does.

const LOG_LOCK = 'gatelight-log';
const SYNC_LOCK = 'gatelight-sync';

let tail: Promise<unknown> = Promise.resolve();
let isSending = false;

export function withLogLock<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks !== undefined) return navigator.locks.request(LOG_LOCK, work) as Promise<T>;
  const next = tail.then(work, work);
  tail = next.catch(() => {});
  return next;
}

/** Runs the work if nobody else is sending; 'busy' otherwise. */
export async function withSyncLock<T>(work: () => Promise<T>): Promise<T | 'busy'> {
  if (navigator.locks !== undefined) {
    return (await navigator.locks.request(SYNC_LOCK, { ifAvailable: true }, async (lock) =>
      lock === null ? 'busy' : work(),
    )) as T | 'busy';
  }
  if (isSending) return 'busy';
  isSending = true;
  try {
    return await work();
  } finally {
    isSending = false;
  }
}
