// Somebody was let in without a pass: noted by one tap, and taken back by one more as long as it stands on the screen.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { GatePlace, NoteOutcome, Stopped, Tablet } from '../../device/tablet.ts';

/** So long a slip of the finger can be taken back. */
export const UNDO_MS = 15_000;

interface Noted {
  readonly seq: number;
  readonly place: GatePlace;
}

export interface EntryModel {
  /** The last entry, while it can be taken back. */
  readonly noted: ReadonlySignal<Noted | null>;
  letIn(place: GatePlace): Promise<void>;
  undo(): Promise<void>;
  clear(): void;
}

export function createEntryModel(
  tablet: Pick<Tablet, 'note' | 'undo'>,
  onStopped: (stopped: Stopped) => void,
  onFault: (error: unknown) => void,
): EntryModel {
  const noted = signal<Noted | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;

  const clear = (): void => {
    clearTimeout(timer);
    noted.value = null;
  };

  /** One tap is one record, however often the key is pressed before it is kept. */
  const once = async (work: () => Promise<NoteOutcome>): Promise<NoteOutcome | null> => {
    if (isBusy) return null;
    isBusy = true;
    try {
      const outcome = await work();
      if (outcome.kind === 'stopped') onStopped(outcome);
      return outcome;
    } catch (error) {
      onFault(error);
      return null;
    } finally {
      isBusy = false;
    }
  };

  return {
    noted,
    clear,
    async letIn(place) {
      const outcome = await once(() => tablet.note('entry-without-pass', place));
      if (outcome?.kind !== 'noted') return;
      clearTimeout(timer);
      noted.value = { seq: outcome.seq, place };
      timer = setTimeout(clear, UNDO_MS);
    },
    async undo() {
      const taken = noted.value;
      if (taken === null) return;
      const outcome = await once(() => tablet.undo(taken.seq, taken.place));
      if (outcome?.kind === 'noted') clear();
    },
  };
}
