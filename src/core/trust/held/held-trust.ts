// What a tablet keeps of trust between two refreshes, verified and read: plain values, so that they can be stored as they
// are. What judges passes is put together of it anew each time the tablet opens.

import type { Bytes } from '../../bytes/bytes.ts';
import type { SiteSettings } from '../settings/settings.ts';
import type { HeldStatusList } from '../status/status-token.ts';
import type { TargetDocuments } from '../targets/targets.ts';

export interface HeldTrust {
  /** Of the targets metadata. */
  readonly version: number;
  /** When the timestamp over it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** The keys that may sign timestamps: what they proved of the time holds as long as they do. */
  readonly timestampKeys: string;
  readonly documents: TargetDocuments;
  readonly settings: SiteSettings;
  /** As they came: verified again whenever the documents change. */
  readonly settingsBytes: Bytes;
}

/** Status lists by their address. */
export type HeldLists = ReadonlyMap<string, HeldStatusList>;
