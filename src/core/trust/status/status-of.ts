// Whether an issuer has taken a pass back, as far as this tablet knows.

import type { PassId } from '../../pass/pass.ts';
import type { Issuer } from '../trust.ts';
import { type ListedStatus, statusAt } from './status-list.ts';

export type Status = ListedStatus | 'unknown';

/** 'unknown': the list is not held, or it has no such place. */
export function statusOf({ list, index }: PassId, { status }: Pick<Issuer, 'status'>): Status {
  if (status === 'none') return 'valid';
  const held = status.get(list) ?? null;
  if (held === null) return 'unknown';
  const listed = statusAt(held.list, index);
  return listed === 'out-of-range' ? 'unknown' : listed;
}

/** When the older of these two was issued: the timestamp of trust, or the list in which this pass has its place. */
export function oldestIssue(
  trustIssuedAt: number,
  { list }: PassId,
  { status }: Pick<Issuer, 'status'>,
): number {
  const held = status === 'none' ? null : (status.get(list) ?? null);
  return held === null ? trustIssuedAt : Math.min(trustIssuedAt, held.issuedAt);
}
