// The page's half of an update: registers the service worker, says when a new version waits, and takes it when told.
// The caller takes only while idle. Every path ends: in the new version, or in the old one still at work.

export interface UpdateNotice {
  /** Calls back when a new version waits, at once if one already does. */
  onReady(callback: () => void): void;
  take(): void;
}

/** Posted to the waiting service worker: take over now. */
export interface TakeOver {
  readonly kind: 'take-over';
}

const ACTIVATION_LIMIT_MS = 10_000;
const LOOK_AGAIN_MS = 30 * 60_000;

export function createUpdateNotice(
  /** Absent where the page is not secure or the browser has none. */
  container: ServiceWorkerContainer | undefined,
  reload: () => void = () => location.reload(),
): UpdateNotice {
  let registration: ServiceWorkerRegistration | null = null;
  let isReady = false;
  let isTaking = false;
  const callbacks: (() => void)[] = [];

  // The first worker of all has nothing to replace: its arrival is no update.
  let isControlled = (container?.controller ?? null) !== null;

  const ready = (): void => {
    if (isReady || !isControlled) return;
    isReady = true;
    for (const callback of callbacks) callback();
  };

  const watch = (found: ServiceWorkerRegistration | undefined): void => {
    // A browser whose service workers are switched off from outside may say that it registered, and give nothing.
    if (found === undefined) return;
    registration = found;
    if (found.waiting !== null) ready();
    found.addEventListener('updatefound', () => {
      const installing = found.installing;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') ready();
      });
    });
    setInterval(() => void found.update().catch(() => undefined), LOOK_AGAIN_MS);
  };

  const reloadOnce = (): void => {
    if (!isTaking) return;
    isTaking = false;
    reload();
  };

  // Without a service worker the page works on, only not after a reload without a network.
  container?.register('/sw.js').then(watch, () => undefined);
  container?.addEventListener('controllerchange', () => {
    // Another tab took the new version: this page still runs the old one's script, and its next idle moment ends that.
    if (isTaking) reloadOnce();
    else ready();
    isControlled = true;
  });

  return {
    onReady(callback) {
      callbacks.push(callback);
      if (isReady) callback();
    },
    take() {
      if (!isReady || isTaking) return;
      isTaking = true;
      const waiting = registration?.waiting ?? null;
      if (waiting === null) return reloadOnce();
      const message: TakeOver = { kind: 'take-over' };
      waiting.postMessage(message);
      setTimeout(reloadOnce, ACTIVATION_LIMIT_MS);
    },
  };
}
