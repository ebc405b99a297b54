// Keys of issuers that tablets may meet before they know them.

import { isSameBytes } from '../../bytes/bytes.ts';
import type { ListedIssuer, ListedKey } from '../targets/targets.ts';
import { NOTICE_SECONDS } from './role-terms.ts';

export interface ShortNotice {
  readonly issuer: ListedIssuer;
  readonly key: ListedKey;
  /** From now to its first use; negative when it is in use already. */
  readonly noticeSeconds: number;
}

/** Keys that are new, or begin earlier than was published, and begin in less than 7 days. */
export const shortNotices = (
  before: readonly ListedIssuer[],
  after: readonly ListedIssuer[],
  nowSeconds: number,
): readonly ShortNotice[] =>
  after.flatMap((issuer) => {
    const known = before.find(({ id }) => id === issuer.id)?.keys ?? [];
    return issuer.keys
      .filter((key) => key.validFrom - nowSeconds < NOTICE_SECONDS && !isAnnounced(key, known))
      .map((key) => ({ issuer, key, noticeSeconds: key.validFrom - nowSeconds }));
  });

const isAnnounced = (key: ListedKey, known: readonly ListedKey[]): boolean =>
  known.some(
    ({ publicKey, validFrom }) => isSameBytes(publicKey, key.publicKey) && validFrom <= key.validFrom,
  );

export function noticeText(noticeSeconds: number): string {
  if (noticeSeconds <= 0) return 'no notice at all';
  const hours = Math.floor(noticeSeconds / 3600);
  return hours < 48 ? `${hours} h of notice` : `${Math.floor(hours / 24)} days of notice`;
}
