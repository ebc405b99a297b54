// The time of an update, fixed at its beginning (section 5.1): the later of the clock and what is known to have passed.
// What is known goes back to signed times, so it holds only as long as the keys that sign them: a root that replaces the
// timestamp's keys ends it, or a stolen key could set a date from which no client returns.

import type { Metadata } from './metadata.ts';

/** Seconds since 1970, for any root or by the timestamp's keys in it. */
export type StartTime = number | ((timestampKeys: string) => number);

export const secondsUnder = (start: StartTime, root: Metadata<'root'>): number =>
  typeof start === 'number' ? start : start(timestampKeysOf(root));

/** The public keys that may sign timestamps, in one order, joined. */
export const timestampKeysOf = ({ signed }: Metadata<'root'>): string =>
  [...new Set(signed.rolesByName.timestamp.keys.map((key) => key.public))].sort().join(' ');
