// What may stand in the identity of a record: (site, device, epoch, seq).

import type { CborValue } from '../bytes/cbor.ts';

type Read = CborValue | undefined;

export const isDeviceId = (value: Read): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

/** Epochs and sequence numbers: 1 to 2^31 - 1, the range of an SQL integer. */
export const isPositive = (value: Read): value is number =>
  typeof value === 'number' && value >= 1 && value <= 2 ** 31 - 1;
