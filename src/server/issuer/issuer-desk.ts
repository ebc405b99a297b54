// The issuer's desk: a private folder in which an issuer gives each pass its place and takes passes back. It knows places,
// not people: whose pass has which place stands nowhere here. Several processes may work at one desk at once.

import { randomBytes } from 'node:crypto';
import { relative, resolve } from 'node:path';
import type { PassId } from '../../core/pass/pass.ts';
import { isId } from '../../core/trust/ids.ts';
import { allotIndex, allotIndices, createUsedIndices, isUsed } from '../../core/trust/status/allot-index.ts';
import {
  createStatusList,
  type ListedStatus,
  type StatusBits,
  statusAt,
  withStatuses,
} from '../../core/trust/status/status-list.ts';
import { isListAddress } from '../../core/trust/targets/targets.ts';
import {
  type DeskList,
  findList,
  MAX_LIST,
  readList,
  readLists,
  requireLists,
  writeList,
} from './desk-list.ts';
import { makeDesk, withDeskLock } from './desk-lock.ts';
import { openListKey } from './publish-lists.ts';

export { type PublishedList, publishLists } from './publish-lists.ts';

export interface NewList {
  readonly issuer: string;
  readonly list: number;
  readonly uri: string;
  readonly bits: StatusBits;
  /** Places, at most 2^20. */
  readonly indices: number;
  /** A key file; kept relative to the desk, so that both can be moved together. */
  readonly keyPath: string;
}

/** Throws a sentence for a list that could not be published, and for one that is there and is another. */
export async function beginList(desk: string, wanted: NewList): Promise<'begun' | 'there-already'> {
  const fault = findFault(wanted);
  if (fault !== null) throw new Error(fault);
  const { issuer, list, uri, bits, indices } = wanted;
  const keyPath = relative(resolve(desk), resolve(wanted.keyPath));
  await openListKey(desk, keyPath);
  await makeDesk(desk);
  return withDeskLock(desk, async () => {
    const found = await findList(desk, list);
    if (found !== null) {
      requireSame(found, { issuer, uri, keyPath, bits, indices });
      return 'there-already';
    }
    const neighbour = (await readLists(desk))[0];
    if (neighbour !== undefined && neighbour.issuer !== issuer)
      throw new Error(
        `the desk ${desk} is ${neighbour.issuer}'s: give ${issuer} a desk of its own, for both count their lists from 0`,
      );
    await writeList(desk, {
      issuer,
      list,
      uri,
      keyPath,
      issuedAt: null,
      used: createUsedIndices(indices),
      statuses: createStatusList(indices, bits),
    });
    return 'begun';
  });
}

/** Takes a place at random for a new pass. Throws a sentence where the list is full. */
export async function allotPlace(desk: string, list: number): Promise<PassId> {
  return withDeskLock(desk, async () => {
    const state = await readList(desk, list);
    const allotted = allotIndex(state.used, randomBytes);
    if (allotted === null) throw new Error(fullText(state, 1));
    await writeList(desk, { ...state, used: allotted.used });
    return { list, index: allotted.index };
  });
}

/** That many free places at random, each another, without taking them. Throws a sentence where fewer are free. */
export async function drawFreePlaces(desk: string, list: number, count: number): Promise<readonly PassId[]> {
  const state = await readList(desk, list);
  const drawn = allotIndices(state.used, count, randomBytes);
  if (drawn === null) throw new Error(fullText(state, count));
  return Array.from(drawn.allotted, (index) => ({ list, index }));
}

/**
 * Counts from the next publication on. The place is taken from then on, whether this desk gave it away or not: nobody
 * shall get a place that was taken back. Throws a sentence for a place that does not exist.
 */
export async function changeStatus(
  desk: string,
  id: PassId,
  status: ListedStatus,
): Promise<'changed' | 'unchanged'> {
  const [outcome = 'unchanged'] = await changeStatuses(desk, [id], status);
  return outcome;
}

/** In the order of the places. Nothing is changed where one of them does not exist. */
export async function changeStatuses(
  desk: string,
  ids: readonly PassId[],
  status: ListedStatus,
): Promise<readonly ('changed' | 'unchanged')[]> {
  return withDeskLock(desk, async () => {
    const before = new Map<number, DeskList>();
    for (const { list } of ids) if (!before.has(list)) before.set(list, await readList(desk, list));
    const after = new Map(before);
    const outcomes = ids.map(({ list, index }) => {
      const state = after.get(list);
      const changed = state === undefined ? null : changePlace(state, index, status);
      if (changed !== null) after.set(list, changed);
      return changed === null ? 'unchanged' : 'changed';
    });
    for (const [list, state] of after) if (state !== before.get(list)) await writeList(desk, state);
    return outcomes;
  });
}

/** Null where that is its status already. */
function changePlace(state: DeskList, index: number, status: ListedStatus): DeskList | null {
  const { issuer, list, used, statuses } = state;
  if (!Number.isSafeInteger(index) || index < 0 || index >= used.indices)
    throw new Error(`list ${list} of ${issuer} has the places 0 to ${used.indices - 1}, not ${index}`);
  if (status === 'suspended' && statuses.bits === 1)
    throw new Error(
      `list ${list} of ${issuer} has one bit a pass: it can revoke and not suspend, which needs a list of 2 bits`,
    );
  if (statusAt(statuses, index) === status) return null;
  const taken = used.taken.slice();
  taken[index >> 3] = (taken[index >> 3] ?? 0) | (1 << (index & 7));
  return { ...state, used: { ...used, taken }, statuses: withStatuses(statuses, [[index, status]]) };
}

/** Decoys count as passes that were revoked: nothing here tells them apart. */
export interface ListCounts {
  readonly issuer: string;
  readonly list: number;
  readonly uri: string;
  readonly bits: StatusBits;
  readonly places: number;
  readonly taken: number;
  readonly revoked: number;
  readonly suspended: number;
  /** Of the last publication; null: there was none. */
  readonly issuedAt: number | null;
}

export async function countLists(desk: string): Promise<readonly ListCounts[]> {
  return (await requireLists(desk)).map(({ issuer, list, uri, issuedAt, used, statuses }) => {
    const counts = { taken: 0, revoked: 0, suspended: 0 };
    for (let index = 0; index < used.indices; index++) {
      if (isUsed(used, index)) counts.taken++;
      const status = statusAt(statuses, index);
      if (status === 'revoked' || status === 'suspended') counts[status]++;
    }
    return { issuer, list, uri, bits: statuses.bits, places: used.indices, ...counts, issuedAt };
  });
}

function findFault({ issuer, list, uri }: NewList): string | null {
  if (!isId(issuer))
    return `an issuer's id is 1 to 24 lower-case letters, digits and dashes, not "${issuer}"`;
  if (!Number.isSafeInteger(list) || list < 0 || list > MAX_LIST)
    return `lists are numbered from 0 to ${MAX_LIST}, not ${list}`;
  if (!isListAddress(uri))
    return `a list's address begins with http:// or https:// and is plain ASCII, not "${uri}"`;
  return null;
}

function requireSame(
  found: DeskList,
  wanted: Pick<NewList, 'issuer' | 'uri' | 'keyPath' | 'bits' | 'indices'>,
): void {
  const there = {
    issuer: found.issuer,
    uri: found.uri,
    keyPath: found.keyPath,
    bits: found.statuses.bits,
    indices: found.used.indices,
  };
  for (const [name, value] of Object.entries(there)) {
    const asked = wanted[name as keyof typeof there];
    if (asked !== value)
      throw new Error(`list ${found.list} is there already with another ${name}: ${value}, not ${asked}`);
  }
}

const fullText = ({ issuer, list, used }: DeskList, count: number): string =>
  `list ${list} of ${issuer} with its ${used.indices} places has no ${count} free: begin another list`;
