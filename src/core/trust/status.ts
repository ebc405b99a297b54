// Whether an issuer has taken a pass back, as far as this tablet knows.

import type { PassId } from '../pass/pass.ts';
import type { Issuer } from './trust.ts';

export type Status = 'valid' | 'revoked' | 'suspended' | 'unknown';

/** A pass's place as one number: list uint16, index uint24. */
export const statusPlace = ({ list, index }: PassId): number => list * 2 ** 24 + index;

export function statusOf(id: PassId, { status }: Issuer): Status {
  if (status === 'none') return 'valid';
  if (status === null) return 'unknown';
  const place = statusPlace(id);
  if (status.revoked.has(place)) return 'revoked';
  return status.suspended.has(place) ? 'suspended' : 'valid';
}
