// The wall clock, once a second.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Milliseconds since 1970, by this device. */
export function useNow(): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [now]);
  return now.value;
}

/** Calls at once, and then again and again while the page is shown. */
export function useRepeated(call: () => void, everyMs: number): void {
  useEffect(() => {
    call();
    const timer = setInterval(call, everyMs);
    return () => clearInterval(timer);
  }, []);
}
