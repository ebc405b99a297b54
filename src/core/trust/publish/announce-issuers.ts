// Issuers as they may be staged: a key with less than 7 days of notice only when that was meant, and then it says so.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import { parseIssuers } from '../targets/issuers-schema.ts';
import type { ListedIssuer, TargetRefusal } from '../targets/targets.ts';
import { encodeDocument, type JsonEntry } from './edit-document.ts';
import { type ShortNotice, shortNotices } from './notice.ts';

export type AnnounceRefusal =
  | { readonly kind: 'target'; readonly refusal: TargetRefusal }
  | { readonly kind: 'short-notice'; readonly notices: readonly ShortNotice[] };

export interface Announcement {
  /** The issuers that are published. */
  readonly known: readonly ListedIssuer[];
  /** Those that were staged before this change: an emergency among them need not be said again. */
  readonly staged: readonly ListedIssuer[];
  readonly isEmergency: boolean;
  readonly nowSeconds: number;
}

/** The document with each key's `isEmergency` set by what it is, whatever stood there. */
export function announceIssuers(
  document: Bytes,
  { known, staged, isEmergency, nowSeconds }: Announcement,
): Result<Bytes, AnnounceRefusal> {
  const issuers = parseIssuers(document);
  if (!issuers.ok) return refused({ kind: 'target', refusal: issuers.error });
  const notices = shortNotices(known, issuers.value, nowSeconds);
  const unsaid = notices.filter((notice) => !isSaid(notice, staged));
  if (unsaid.length > 0 && !isEmergency) return refused({ kind: 'short-notice', notices: unsaid });
  const short = new Set(notices.map(({ key }) => key));
  // The schema kept the order, so places in the JSON are places in what was parsed.
  const json = JSON.parse(new TextDecoder().decode(document)) as {
    readonly issuers: readonly (JsonEntry & { readonly keys: readonly JsonEntry[] })[];
  };
  const marked = json.issuers.map((issuer, at) => ({
    ...issuer,
    keys: issuer.keys.map((key, keyAt) => {
      const parsed = issuers.value[at]?.keys[keyAt];
      return { ...key, isEmergency: parsed !== undefined && short.has(parsed) };
    }),
  }));
  return ok(encodeDocument({ ...json, issuers: marked }));
}

const isSaid = ({ issuer, key }: ShortNotice, staged: readonly ListedIssuer[]): boolean =>
  staged
    .filter(({ id }) => id === issuer.id)
    .some(({ keys }) =>
      keys.some(
        (other) =>
          other.isEmergency &&
          other.validFrom <= key.validFrom &&
          isSameBytes(other.publicKey, key.publicKey),
      ),
    );
