// What a verdict is to a shell: the larger, the less is known in the holder's favour.

import type { VerdictKind } from '../core/verdict/verdict.ts';

const EXIT_CODES = { admit: 0, check: 10, refuse: 20, unverifiable: 30 } as const satisfies Record<
  VerdictKind,
  number
>;

export const exitCodeOf = (kind: VerdictKind): number => EXIT_CODES[kind];
