// The status lists of the issuers that count here: fetched whole, each put to use by itself. A list that does not come or
// does not hold leaves the one that is held, which ages.

import { ok, type Result, refused } from '../../result.ts';
import { type HeldStatusList, MAX_TOKEN_BYTES, verifyStatusToken } from '../status/status-token.ts';
import { serverOf } from '../targets/server-of.ts';
import { DEFAULT_AGES } from '../trust-age.ts';
import { issuersAt } from './assemble-trust.ts';
import type { HeldLists, HeldTrust } from './held-trust.ts';
import type { TrustClient } from './ports.ts';

export interface ListTrouble {
  readonly issuer: string;
  readonly list: number;
  /** A status refusal or what the network answered. */
  readonly why: string;
}

export interface RefreshedLists {
  readonly lists: HeldLists;
  readonly troubles: readonly ListTrouble[];
}

/** `nowSeconds`: the later of the clock and what is known to have passed. */
export async function refreshLists(
  client: TrustClient,
  held: HeldTrust,
  nowSeconds: number,
): Promise<RefreshedLists> {
  const lists = new Map(await client.store.readLists());
  const troubles: ListTrouble[] = [];
  for (const wanted of wantedLists(held)) {
    const came = await refreshList(client, wanted, lists.get(wanted.uri) ?? null, nowSeconds);
    if (came.ok) lists.set(wanted.uri, came.value);
    else troubles.push({ issuer: wanted.issuer, list: wanted.list, why: came.error });
  }
  await dropEnded(client, held, lists, nowSeconds);
  return { lists, troubles };
}

type Wanted = ReturnType<typeof wantedLists>[number];

function wantedLists({ documents, settings }: HeldTrust) {
  const server = serverOf(documents.servers, settings.site);
  if (server === null) return [];
  return issuersAt(documents, server.class).flatMap(({ id, statusLists }) =>
    statusLists === 'none' ? [] : statusLists.map((list) => ({ issuer: id, ...list })),
  );
}

async function refreshList(
  { source, store, engine }: TrustClient,
  { issuer, list, uri, keys }: Wanted,
  before: HeldStatusList | null,
  nowSeconds: number,
): Promise<Result<HeldStatusList, string>> {
  const answer = await source.fetchStatusList(issuer, list, MAX_TOKEN_BYTES);
  if (answer.kind !== 'bytes') return refused(answer.kind);
  const came = await verifyStatusToken(answer.bytes, { uri, keys, held: before, nowSeconds }, engine);
  if (!came.ok) return came;
  if (before?.issuedAt !== came.value.issuedAt) await store.writeList(came.value);
  return ok(came.value);
}

/** A list that nobody names any more is kept while an older one could still be played in its place. */
async function dropEnded(
  { store }: TrustClient,
  held: HeldTrust,
  lists: Map<string, HeldStatusList>,
  nowSeconds: number,
): Promise<void> {
  const wanted = new Set(wantedLists(held).map(({ uri }) => uri));
  for (const [uri, { issuedAt }] of lists) {
    if (wanted.has(uri) || nowSeconds - issuedAt <= DEFAULT_AGES.staleSeconds) continue;
    lists.delete(uri);
    await store.removeList(uri);
  }
}
