// What may stand in the identity of a record: (site, device, epoch, seq).

import type { CborValue } from '../bytes/cbor.ts';

type Read = CborValue | undefined;

/** Site, gate and issuer ids are at most this long, so that every record fits its one size. */
export const MAX_ID_BYTES = 24;

/** Lower-case letters, digits and dashes, at most 24: safe in a path, a key and a log line. */
export const isSiteId = (value: Read): value is string =>
  typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,23}$/.test(value);

export const isDeviceId = (value: Read): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

/** Epochs and sequence numbers: 1 to 2^31 - 1, the range of an SQL integer. */
export const isPositive = (value: Read): value is number =>
  typeof value === 'number' && value >= 1 && value <= 2 ** 31 - 1;
