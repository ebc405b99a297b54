// Trust from a server or a data folder, brought in as a tablet does that holds none yet. Errors are sentences for the one
// who typed the command.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex, parseHex } from '../core/bytes/hex.ts';
import { sha256 } from '../core/bytes/sha256.ts';
import { ok, type Result, refused } from '../core/result.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import { assembleTrust } from '../core/trust/held/assemble-trust.ts';
import type { HeldTrust } from '../core/trust/held/held-trust.ts';
import type { TrustClient, TrustSource } from '../core/trust/held/ports.ts';
import { type ListTrouble, refreshLists } from '../core/trust/held/refresh-lists.ts';
import { refreshTrust } from '../core/trust/held/refresh-trust.ts';
import { type TrustRefusal, trustRefusalText } from '../core/trust/held/trust-refusal.ts';
import type { Trust } from '../core/trust/trust.ts';
import { downloadMetadata } from '../core/trust/tuf/download.ts';
import { TUF_LIMITS } from '../core/trust/tuf/limits.ts';
import { refusalText } from '../core/trust/tuf/refusal.ts';
import { UsageError } from './command.ts';
import { openFolderSource } from './folder-source.ts';
import { createMemoryTrustStore } from './memory-trust-store.ts';
import { openServerSource } from './server-source.ts';

export interface OpenedTrust {
  readonly trust: Trust;
  /** SHA-256 of the first root's file, in hex. */
  readonly root: string;
  /** What else is to be said: lists that did not come. */
  readonly warnings: readonly string[];
}

/** When it is, and the moment to judge at: what ends in trust must not have ended at the earlier of the two. */
export interface Moments {
  readonly nowSeconds: number;
  readonly atSeconds: number;
}

export function rootOption(hex: string | undefined): Bytes | null {
  if (hex === undefined) return null;
  const bytes = parseHex(hex);
  if (!bytes.ok || bytes.value.length !== 32)
    throw new UsageError('--root takes the SHA-256 of the first root’s file, 64 hex digits');
  return bytes.value;
}

/** What trust is wanted of. */
export interface TrustWanted {
  /** A server's address or a data folder. */
  readonly place: string;
  /** Null: the first site of that place. */
  readonly site: string | null;
  /** SHA-256 of the first root's file; null: whichever comes is believed. */
  readonly root: Bytes | null;
}

export async function openTrust(
  { place, site, root }: TrustWanted,
  engine: Ed25519Engine,
  moments: Moments,
): Promise<Result<OpenedTrust, string>> {
  const source = openSource(place, site);
  const rootHash = root === null ? await hashFirstRoot(source) : ok(root);
  if (!rootHash.ok) return refused(`no trust from ${place}: ${rootHash.error}. ${NAME_ONE}`);
  const client: TrustClient = { source, store: createMemoryTrustStore(), engine, rootHash: rootHash.value };
  const came = await refreshTrust(client, Math.min(moments.nowSeconds, moments.atSeconds));
  if (!came.ok) return refused(refusalSentence(place, came.error));
  const { held } = came.value;
  const own = held.settings.site.id;
  if (site !== null && site !== own)
    return refused(
      `${place} has the settings of ${own}, not of ${site}: a server has those of all its sites`,
    );
  const { lists, troubles } = await refreshListsAt(client, held, moments);
  const trust = assembleTrust(held, lists);
  if (trust === null)
    return refused(
      `the trust of ${place} cannot be used: policies.json has no bounds for the class of the site ${held.settings.site.id}`,
    );
  return ok({ trust, root: encodeHex(rootHash.value), warnings: troubles.map(warningOf) });
}

const NAME_ONE = 'Name a server or a data folder with --trust.';

function openSource(place: string, site: string | null): TrustSource {
  if (!/^https?:\/\//i.test(place)) return openFolderSource(place);
  if (URL.canParse(place)) return openServerSource(place, site);
  throw new UsageError(`--trust takes a server's address or a folder, not "${place}"`);
}

async function hashFirstRoot({ repository }: TrustSource): Promise<Result<Bytes, string>> {
  const first = await downloadMetadata(repository, 'root', 1, TUF_LIMITS.rootBytes);
  return first.ok ? ok(await sha256(first.value)) : refused(refusalText(first.error));
}

/**
 * A list counts that has not ended at the earlier moment, or not by now: an old copy may be judged by at an old moment,
 * and a list of this hour at a moment before it was made.
 */
async function refreshListsAt(client: TrustClient, held: HeldTrust, { nowSeconds, atSeconds }: Moments) {
  const latest = Math.max(nowSeconds, held.issuedAt);
  const first = await refreshLists(client, held, Math.min(latest, atSeconds));
  if (first.troubles.length === 0) return first;
  const { lists, troubles } = await refreshLists(client, held, latest);
  const cameFirst = ({ issuer, list }: ListTrouble) =>
    !first.troubles.some((trouble) => trouble.issuer === issuer && trouble.list === list);
  return { lists, troubles: troubles.filter((trouble) => !cameFirst(trouble)) };
}

function refusalSentence(place: string, refusal: TrustRefusal): string {
  const text = trustRefusalText(refusal);
  switch (refusal.code) {
    case 'unreachable':
      return `no trust from ${place}: ${refusal.detail}. ${NAME_ONE}`;
    case 'other-root':
      return `the trust of ${place} begins with another root than --root names: nothing of it is believed`;
    case 'repository':
      return `the trust of ${place} cannot be used: ${text}.${/\bexpired\b/.test(text) ? ENDED : ''}`;
    default:
      return `the trust of ${place} cannot be used: ${text}.`;
  }
}

const ENDED = ' A running server keeps it fresh; --at judges at the moment at which this copy was.';

const warningOf = ({ issuer, list, why }: ListTrouble): string =>
  `list ${list} of ${issuer} did not come (${why}): whether its passes were taken back is not known`;
