// Looks at the day keys once before anything is served, and then as each minute of the clock begins: a key's end is kept
// to the minute. What was seen under a pseudonym key goes with it.

import { errorText } from '../../core/error-text.ts';
import type { Storage } from '../storage/port.ts';
import { createTroubleBook } from '../trust/trouble-book.ts';
import type { DayKeyBook, SiteEnds } from './day-key-book.ts';

export interface DayKeyRounds {
  readonly book: Pick<DayKeyBook, 'look' | 'pseudonymDays'>;
  readonly storage: Pick<Storage, 'dropSightings'>;
  /** As they are at that moment. */
  sites(): readonly SiteEnds[];
  nowMs(): number;
  say(line: string): void;
}

const MINUTE_MS = 60_000;

/** The stop waits for a look at hand. */
export async function keepDayKeys(rounds: DayKeyRounds): Promise<() => Promise<void>> {
  const { book, storage, sites, nowMs, say } = rounds;
  const troubles = createTroubleBook(say);
  let atHand: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const attempt = (what: string, work: Promise<unknown>): Promise<void> =>
    work.then(
      () => troubles.note(what, null),
      (error: unknown) => troubles.note(what, `${what}: ${errorText(error)}`),
    );
  // Each time, for one may have been on its way into the database as its day ended.
  const dropSightings = () =>
    Promise.all(sites().map(({ site }) => storage.dropSightings(site.id, book.pseudonymDays(site.id))));
  const look = async (): Promise<void> => {
    await attempt('not all day keys were made or destroyed', book.look(sites(), nowMs()));
    await attempt('what was seen on ended days was not dropped', dropSightings());
  };
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
