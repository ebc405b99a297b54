// Documents as they are edited: JSON with one list of entries, each known by its id. What comes out is read by its schema
// before it is staged.

import { type Bytes, utf8ToBytes } from '../../bytes/bytes.ts';
import type { PoliciesJson } from '../targets/policies-schema.ts';
import {
  ISSUERS_FILE,
  MAX_RETENTION_DAYS,
  POLICIES_FILE,
  SERVERS_FILE,
  serverName,
} from '../targets/targets.ts';
import { DEFAULT_AGES } from '../trust-age.ts';

export type JsonEntry = Readonly<Record<string, unknown>>;
export type EntryList = 'issuers' | 'policies' | 'servers';

export const encodeDocument = (json: object): Bytes => utf8ToBytes(`${JSON.stringify(json, null, 2)}\n`);

/** Bounds for any site, until there are others. */
export const STANDARD_POLICY: PoliciesJson['policies'][number] = {
  class: 'standard',
  name: { en: 'Standard bounds' },
  version: 1,
  mildest: { yellow: 'check', red: 'refuse' },
  maxPassAgeSeconds: null,
  maxSeenBeforeWindowSeconds: 12 * 3600,
  ages: DEFAULT_AGES,
  maxRetentionDays: MAX_RETENTION_DAYS,
};

/** What a repository begins with: nobody, and the standard bounds. */
export const FIRST_FILES: ReadonlyMap<string, Bytes> = new Map([
  [ISSUERS_FILE, encodeDocument({ format: 1, issuers: [] })],
  [POLICIES_FILE, encodeDocument({ format: 1, policies: [STANDARD_POLICY] })],
  [SERVERS_FILE, encodeDocument({ format: 1, servers: [] })],
]);

/** Puts an entry in the place of the one with the same id, or at the end of the list. */
export function putEntry(document: Bytes, list: EntryList, entry: JsonEntry): Bytes {
  const { json, entries } = readEntries(document, list);
  const idOf = ID_OF[list];
  const at = entries.findIndex((other) => idOf(other) === idOf(entry));
  const next = at < 0 ? [...entries, entry] : entries.with(at, entry);
  return encodeDocument({ ...json, [list]: next });
}

/** Null when no entry has that id. */
export function dropEntry(document: Bytes, list: EntryList, id: string): Bytes | null {
  const { json, entries } = readEntries(document, list);
  const next = entries.filter((entry) => ID_OF[list](entry) !== id);
  return next.length === entries.length ? null : encodeDocument({ ...json, [list]: next });
}

const ID_OF: Readonly<Record<EntryList, (entry: JsonEntry) => string>> = {
  issuers: ({ id }) => String(id),
  policies: (entry) => String(entry.class),
  servers: (entry) => serverName({ site: String(entry.site), class: String(entry.class) }),
};

/** Only for documents that their schema has read: published ones, and ones that were staged. */
function readEntries(document: Bytes, list: string) {
  const json = JSON.parse(new TextDecoder().decode(document)) as JsonEntry;
  return { json, entries: json[list] as readonly JsonEntry[] };
}
