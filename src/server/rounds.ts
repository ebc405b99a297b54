// What a server does again and again beside its requests: one look at a time, and none is at hand when it has stopped.

/** `look` never rejects. Gives how to stop, which waits for the look at hand. */
export function startRounds(everyMs: number, look: () => Promise<void>): () => Promise<void> {
  let atHand: Promise<void> | null = null;
  const timer = setInterval(() => {
    atHand ??= look().finally(() => {
      atHand = null;
    });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await atHand;
  };
}
