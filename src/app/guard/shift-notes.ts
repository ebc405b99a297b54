// Tells the log when a shift begins and ends, and in between, every 15 minutes, that it goes on: what a log can lose unseen
// is bounded by that.

import type { GatePlace, NoteOutcome, Tablet } from '../../device/tablet.ts';

export const HEARTBEAT_MS = 15 * 60_000;
/** A tablet that slept says so this soon after it woke. */
const LOOK_MS = 60_000;

export interface ShiftNotes {
  begin(place: GatePlace): void;
  /** At the place where the shift ends. */
  end(place: GatePlace): void;
}

export interface ShiftNotesPorts {
  readonly tablet: Pick<Tablet, 'note'>;
  /** Where the shift is now. */
  readonly place: () => GatePlace | null;
  /** Wall clock: another may stand still while the tablet sleeps. */
  readonly nowMs: () => number;
  /** Also where a note could not be kept: then no scan could be either. */
  readonly onNoted: (outcome: NoteOutcome) => void;
  readonly onFault: (error: unknown) => void;
}

export function createShiftNotes({ tablet, place, nowMs, onNoted, onFault }: ShiftNotesPorts): ShiftNotes {
  let timer: ReturnType<typeof setInterval> | undefined;
  let notedAtMs = 0;

  const note = (kind: Parameters<Tablet['note']>[0], at: GatePlace): void => {
    notedAtMs = nowMs();
    tablet.note(kind, at).then(onNoted, onFault);
  };

  const look = (): void => {
    const at = place();
    const sinceMs = nowMs() - notedAtMs;
    // A clock that was set back would otherwise be silent for that long.
    if (at !== null && (sinceMs >= HEARTBEAT_MS || sinceMs < 0)) note('heartbeat', at);
  };

  return {
    begin(at) {
      clearInterval(timer);
      note('shift-start', at);
      timer = setInterval(look, LOOK_MS);
    },
    end(at) {
      clearInterval(timer);
      note('shift-end', at);
    },
  };
}
