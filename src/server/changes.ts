// Tells those who watch a site that something changed there: at once, then at most once a second for each watcher.

const LEAST_GAP_MS = 1_000;

export interface Changes {
  announce(site: string): void;
  /** Calls back until the returned function is called. */
  watch(site: string, onChange: () => void): () => void;
  readonly watcherCount: number;
}

export function createChanges(): Changes {
  const watchersBySite = new Map<string, Set<() => void>>();
  let watcherCount = 0;
  return {
    announce(site) {
      for (const notice of watchersBySite.get(site) ?? []) notice();
    },
    watch(site, onChange) {
      const { notice, stop } = atMostOnceASecond(onChange);
      const watchers = watchersBySite.get(site) ?? new Set();
      watchersBySite.set(site, watchers.add(notice));
      watcherCount++;
      return () => {
        if (!watchers.delete(notice)) return;
        watcherCount--;
        stop();
      };
    },
    get watcherCount() {
      return watcherCount;
    },
  };
}

/** The last change of a busy second is told at its end: nothing stays unsaid. */
function atMostOnceASecond(tell: () => void) {
  let timer: NodeJS.Timeout | null = null;
  let isOwed = false;
  const tick = () => {
    timer = null;
    if (!isOwed) return;
    isOwed = false;
    say();
  };
  const say = () => {
    tell();
    timer = setTimeout(tick, LEAST_GAP_MS);
    timer.unref();
  };
  return {
    notice() {
      if (timer === null) say();
      else isOwed = true;
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
