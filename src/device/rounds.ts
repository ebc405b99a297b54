// What a tablet does from time to time and when the world changes: looks at clock, trust and disk, and asks the server.

const LOOK_EVERY_MS = 10_000;
const REFRESH_EVERY_MS = 60 * 60_000;
/** While the server does not answer, it is asked this often. */
const PROBE_EVERY_MS = 30_000;

/** With trust held, the first screen comes first. */
const AFTER_FIRST_SCREEN_MS = 1000;

export interface Rounds {
  /** False: nothing can be done before trust was fetched. */
  readonly hasTrust: boolean;
  readonly look: () => Promise<void>;
  readonly refresh: () => Promise<void>;
  readonly isReachable: () => boolean;
  readonly onOffline: () => void;
  readonly onShown: () => void;
  /** The tablet was locked, or another program is before this one. */
  readonly onHidden: () => void;
}

export function startRounds(rounds: Rounds): void {
  const { hasTrust, look, refresh, isReachable, onOffline, onShown, onHidden } = rounds;
  let refreshedAtMs = Number.NEGATIVE_INFINITY;
  const hourlyMs = REFRESH_EVERY_MS * (0.8 + 0.4 * Math.random());
  const refreshNow = () => {
    refreshedAtMs = performance.now();
    void refresh();
  };
  const refreshIfDue = () => {
    const everyMs = isReachable() ? hourlyMs : PROBE_EVERY_MS;
    if (performance.now() - refreshedAtMs >= everyMs) refreshNow();
  };

  if (hasTrust) setTimeout(refreshNow, AFTER_FIRST_SCREEN_MS);
  else refreshNow();
  // Asks the browser not to clear this tablet's log by itself. It may say no; nothing depends on it.
  void navigator.storage?.persist?.();
  setInterval(() => void look().then(refreshIfDue), LOOK_EVERY_MS);
  addEventListener('offline', onOffline);
  addEventListener('online', refreshNow);
  document.addEventListener('resume', onShown);
  document.addEventListener('freeze', onHidden);
  addEventListener('pagehide', onHidden);
  addEventListener('pageshow', onShown);
  addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return onHidden();
    onShown();
    refreshIfDue();
  });
}
