// Where this tablet stands and what this shift has seen. The gate and direction are remembered on the tablet.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Direction } from '../../core/trust/trust.ts';
import type { VerdictKind } from '../../core/verdict/verdict.ts';
import type { GatePlace, TabletState } from '../../device/tablet.ts';

export type Tally = Readonly<Record<VerdictKind, number>>;

/** A few words kept between visits; null where nothing is kept. */
export interface Memory {
  read(key: string): string | null;
  write(key: string, value: string): void;
}

export interface ShiftModel {
  /** Null until a gate of this site is chosen. */
  readonly place: ReadonlySignal<GatePlace | null>;
  readonly direction: ReadonlySignal<Direction>;
  readonly isOn: ReadonlySignal<boolean>;
  readonly tally: ReadonlySignal<Tally>;
  chooseGate(gate: string): void;
  chooseDirection(direction: Direction): void;
  begin(): void;
  end(): void;
  count(kind: VerdictKind): void;
}

const GATE_KEY = 'gatelight-gate';
const DIRECTION_KEY = 'gatelight-direction';
const NOTHING_SEEN: Tally = { admit: 0, check: 0, refuse: 0, unverifiable: 0 };

export function createShiftModel(tablet: ReadonlySignal<TabletState>, memory: Memory): ShiftModel {
  const chosenGate = signal(memory.read(GATE_KEY));
  const direction = signal<Direction>(memory.read(DIRECTION_KEY) === 'out' ? 'out' : 'in');
  const isOn = signal(false);
  const tally = signal(NOTHING_SEEN);

  const gate = computed(() => {
    const gates = tablet.value.trust?.held.site.gates ?? [];
    const only = gates.length === 1 ? gates[0]?.id : undefined;
    return gates.find(({ id }) => id === chosenGate.value)?.id ?? only ?? null;
  });
  const place = computed(() =>
    gate.value === null ? null : { gate: gate.value, direction: direction.value },
  );

  return {
    place,
    direction,
    isOn,
    tally,
    chooseGate(id) {
      chosenGate.value = id;
      memory.write(GATE_KEY, id);
    },
    chooseDirection(next) {
      direction.value = next;
      memory.write(DIRECTION_KEY, next);
    },
    begin() {
      tally.value = NOTHING_SEEN;
      isOn.value = true;
    },
    end() {
      isOn.value = false;
    },
    count(kind) {
      tally.value = { ...tally.value, [kind]: tally.value[kind] + 1 };
    },
  };
}

/** Storage may be switched off altogether: then the gate is chosen at each start. */
export const browserMemory: Memory = {
  read(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Not remembered.
    }
  },
};
