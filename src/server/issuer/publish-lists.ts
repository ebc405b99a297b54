// Signs an issuer's status lists and puts them where a server hands them out. A list that may be in somebody's hands is
// never followed by an older one, nor by another one of the same second: its time is on the disk before the list is.

import { randomBytes, randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Signer } from '../../core/signature/signer.ts';
import { addDecoys, nextIssueTime } from '../../core/trust/status/allot-index.ts';
import {
  MAX_ISSUED_AHEAD_SECONDS,
  readStatusFacts,
  signStatusToken,
} from '../../core/trust/status/status-token.ts';
import { readKeyFile } from '../key-file.ts';
import { readIfThere, writeWhole } from '../whole-file.ts';
import { type DeskList, requireLists, writeList } from './desk-list.ts';
import { withDeskLock } from './desk-lock.ts';

export interface PublishedList {
  readonly issuer: string;
  readonly list: number;
  readonly issuedAt: number;
  readonly bytes: number;
}

export const LIST_LIFE_SECONDS = 7 * 86_400;
const TTL_SECONDS = 3600;
/** Of a list's places, drawn between these two: 1,024 to 2,048 of 2^20. They cost a byte or two each. */
const DECOY_SHARE = { least: 1 / 1024, most: 1 / 512 };

/** Signs every list of the desk anew and writes it to outFolder/ISSUER/LIST.cwt. */
export async function publishLists(
  desk: string,
  outFolder: string,
  nowSeconds: number,
): Promise<readonly PublishedList[]> {
  return withDeskLock(desk, async () => {
    const published: PublishedList[] = [];
    for (const state of await requireLists(desk))
      published.push(await publishList(desk, outFolder, state, nowSeconds));
    return published;
  });
}

/** Throws a sentence for a key that cannot be used. */
export async function openListKey(desk: string, keyPath: string): Promise<Signer> {
  const path = resolve(desk, keyPath);
  const key = await readKeyFile(path);
  if (key.ok) return key.value;
  throw new Error(`${path} cannot be used as the key that signs the list: ${key.error}`);
}

async function publishList(
  desk: string,
  outFolder: string,
  before: DeskList,
  nowSeconds: number,
): Promise<PublishedList> {
  const { issuer, list, uri, keyPath } = before;
  const path = join(outFolder, issuer, `${list}.cwt`);
  await requireNewestDesk(desk, before, path);
  const issuedAt = nextIssueTime(before.issuedAt, nowSeconds);
  if (issuedAt > nowSeconds + MAX_ISSUED_AHEAD_SECONDS) throw new Error(aheadText(before, nowSeconds));
  const state = { ...withFirstDecoys(before), issuedAt };
  const token = await signStatusToken(
    {
      uri,
      issuedAt,
      expiresAt: issuedAt + LIST_LIFE_SECONDS,
      ttlSeconds: TTL_SECONDS,
      list: state.statuses,
    },
    await openListKey(desk, keyPath),
    (bytes) => deflateSync(bytes, { level: 9 }),
  );
  await writeList(desk, state);
  await writeWhole(path, token);
  return { issuer, list, issuedAt, bytes: token.length };
}

/** Before anybody sees the list for the first time, so that it never tells how many were taken back. */
function withFirstDecoys(state: DeskList): DeskList {
  if (state.issuedAt !== null) return state;
  const { indices } = state.used;
  const [least, most] = [Math.ceil(indices * DECOY_SHARE.least), Math.ceil(indices * DECOY_SHARE.most)];
  const decoyed = addDecoys(state.statuses, state.used, randomInt(least, most + 1), randomBytes);
  // A list that is as good as full hides nothing any more by its decoys.
  return decoyed === null ? state : { ...state, used: decoyed.used, statuses: decoyed.list };
}

/** A desk put back from an older copy would give back passes that were taken back since. */
async function requireNewestDesk(
  desk: string,
  { list, uri, issuedAt }: DeskList,
  path: string,
): Promise<void> {
  const there = await readIssueTime(path, uri);
  if (there === null || there <= (issuedAt ?? 0)) return;
  throw new Error(
    `${path} is newer than what the desk ${desk} knows of list ${list}: the desk is an older copy, and publishing from it would give back what was taken back since. Put the newest copy of the desk back.`,
  );
}

/** Null where there is no list of that address. */
async function readIssueTime(path: string, uri: string): Promise<number | null> {
  const token = await readIfThere(path);
  const facts = token === null ? null : readStatusFacts(token, FAR_AHEAD_SECONDS);
  return facts?.uri === uri ? facts.issuedAt : null;
}

/** The year 9999: here no time is too late to be read. */
const FAR_AHEAD_SECONDS = 253_402_300_799;

const aheadText = ({ issuer, list, issuedAt }: DeskList, nowSeconds: number): string =>
  `list ${list} of ${issuer} was last signed for ${dateText(issuedAt ?? 0)}, and this clock says ${dateText(nowSeconds)}: no tablet would take a list from so far ahead. Set the clock right, or begin another list at another address.`;

const dateText = (seconds: number): string => new Date(seconds * 1000).toISOString();
