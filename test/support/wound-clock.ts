// A wall clock that is wound by hand, in a browser: every page that opens afterwards has it, the monotonic clock goes on.

import type { BrowserContext, Page } from '@playwright/test';

const KEY = 'test-wall-clock';

/** Call it before the first page opens. Until the clock is wound it is the machine's. */
export async function giveClock(context: BrowserContext): Promise<void> {
  await context.addInitScript((key) => {
    const RealDate = Date;
    const read = (): number => {
      let said: string | null = null;
      try {
        said = localStorage.getItem(key);
      } catch {
        // A page without an origin has no storage, and no clock of its own.
      }
      if (said === null) return RealDate.now();
      return said.startsWith('+') || said.startsWith('-') ? RealDate.now() + Number(said) : Number(said);
    };
    class WoundDate extends RealDate {
      constructor(...parts: [] | [number]) {
        super(parts.length === 0 ? read() : (parts as [number])[0]);
      }
      static override now(): number {
        return read();
      }
    }
    // All arguments go through, as they do for the real one.
    globalThis.Date = new Proxy(WoundDate, {
      construct: (target, parts) =>
        parts.length <= 1
          ? Reflect.construct(target, parts)
          : new RealDate(...(parts as unknown as ConstructorParameters<typeof Date>)),
      apply: () => new WoundDate().toString(),
    }) as unknown as DateConstructor;
  }, KEY);
}

/** The clock stands still at that moment, from the next opening of a page on. */
export const stopClockAt = (page: Page, ms: number): Promise<void> =>
  page.evaluate(([key, at]) => localStorage.setItem(key, at), [KEY, String(ms)] as const);

/** The clock goes on, so much ahead of the machine's (or behind), from the next opening of a page on. */
export const windClockBy = (page: Page, ms: number): Promise<void> =>
  page.evaluate(([key, by]) => localStorage.setItem(key, by), [KEY, ms < 0 ? String(ms) : `+${ms}`] as const);
