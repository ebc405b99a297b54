// Looks at the day keys once before anything is served, and then as each minute of the clock begins: a key's end is kept
// to the minute.

import { errorText } from '../../core/error-text.ts';
import { createTroubleBook } from '../trust/trouble-book.ts';
import type { DayKeyBook, SiteEnds } from './day-key-book.ts';

export interface DayKeyRounds {
  readonly book: Pick<DayKeyBook, 'look'>;
  /** As they are at that moment. */
  sites(): readonly SiteEnds[];
  nowMs(): number;
  say(line: string): void;
}

const MINUTE_MS = 60_000;

/** The stop waits for a look at hand. */
export async function keepDayKeys(rounds: DayKeyRounds): Promise<() => Promise<void>> {
  const { book, sites, nowMs, say } = rounds;
  const troubles = createTroubleBook(say);
  let atHand: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const look = (): Promise<void> =>
    book.look(sites(), nowMs()).then(
      () => troubles.note('day keys', null),
      (error: unknown) =>
        troubles.note('day keys', `not all day keys were made or destroyed: ${errorText(error)}`),
    );
  const goOn = () => {
    if (isStopped) return;
    timer = setTimeout(
      () => {
        atHand = look().then(goOn);
      },
      MINUTE_MS - (nowMs() % MINUTE_MS),
    );
    timer.unref();
  };

  await look();
  goOn();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await atHand;
  };
}
