// Keeps the screen lit during a shift. Browsers drop the lock whenever the page is hidden, so it is asked for again.

export interface WakeLock {
  hold(): void;
  release(): void;
}

export function createWakeLock(): WakeLock {
  let isWanted = false;
  let sentinel: WakeLockSentinel | null = null;

  const acquire = async (): Promise<void> => {
    if (!isWanted || sentinel !== null || document.visibilityState !== 'visible') return;
    try {
      const gained = await navigator.wakeLock?.request('screen');
      if (gained === undefined) return;
      if (!isWanted || sentinel !== null) return void gained.release();
      sentinel = gained;
      gained.addEventListener('release', () => {
        sentinel = null;
      });
    } catch {
      // Low battery or a policy: the screen dims as the tablet is set to, and scanning goes on.
    }
  };

  document.addEventListener('visibilitychange', () => void acquire());

  return {
    hold() {
      isWanted = true;
      void acquire();
    },
    release() {
      isWanted = false;
      void sentinel?.release().catch(() => undefined);
      sentinel = null;
    },
  };
}
