// Every family of faults, by name. Those of a link and a tablet last until they are healed; strikes happen at once. What
// is counted is what really happened to something, not what was planned.

export const LINK_FAULTS = [
  'drop',
  'duplicate',
  'reorder',
  'delay-to-7-days',
  'half-open',
  'captive-portal',
  'forged-receipt',
  'truncated',
  'refused-400',
  'busy-429',
  'error-500',
  'away-503',
] as const;
export type LinkFault = (typeof LINK_FAULTS)[number];

export const TABLET_FAULTS = ['disk-full', 'database-blocked', 'clock-wrong', 'key-revoked'] as const;
export type TabletFault = (typeof TABLET_FAULTS)[number];

export type LastingFault = LinkFault | TabletFault;
export const LASTING_FAULTS: readonly LastingFault[] = [...LINK_FAULTS, ...TABLET_FAULTS];

export const STRIKES = [
  'tab-killed',
  'power-cut',
  'database-deleted',
  'record-damaged',
  'record-lost',
  'lock-stolen',
  'server-killed',
  'server-killed-after-commit',
  'server-backed-up',
  'server-restored',
  'stale-replica',
  'key-rotated',
  'new-version',
  'tablet-imaged',
  'tablet-restored',
] as const;
export type Strike = (typeof STRIKES)[number];

/** Seen on the way, besides what was begun on purpose. */
export const SIGHTS = [
  'write-lost',
  'last-write-torn',
  'two-tabs-at-once',
  'fork-kept',
  'gap-taken',
  'enrolled-again',
  'key-in-use-replaced',
  'no-day-key',
  'arrived-after-the-end',
  'append-in-doubt',
] as const;
export type Sight = (typeof SIGHTS)[number];

export type FaultName = LastingFault | Strike | Sight;
export const FAULT_NAMES: readonly FaultName[] = [...LASTING_FAULTS, ...STRIKES, ...SIGHTS];

export class FaultCounts {
  readonly #counts = new Map<FaultName, number>();

  add(name: FaultName, times = 1): void {
    this.#counts.set(name, this.of(name) + times);
  }

  addAll(other: Readonly<Record<string, number>>): void {
    for (const name of FAULT_NAMES) this.add(name, other[name] ?? 0);
  }

  of(name: FaultName): number {
    return this.#counts.get(name) ?? 0;
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(FAULT_NAMES.map((name) => [name, this.of(name)]));
  }
}
