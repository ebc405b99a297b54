// What an issuer's desk knows of one status list, in one file: which places are taken, the status of each, and when the list
// was last signed. It is private: which places are decoys' and how many passes there are is nobody else's business.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../../core/bytes/bytes.ts';
import { isId } from '../../core/trust/ids.ts';
import type { UsedIndices } from '../../core/trust/status/allot-index.ts';
import {
  MAX_INDICES,
  packedBytesFor,
  type StatusBits,
  type StatusList,
} from '../../core/trust/status/status-list.ts';
import { ifThere, readIfThere, writeWhole } from '../whole-file.ts';
import { noDeskText } from './desk-lock.ts';

export interface DeskList {
  readonly issuer: string;
  /** The number in a pass, uint16. */
  readonly list: number;
  /** Where tablets' servers find it, and its name. */
  readonly uri: string;
  /** The key file that signs it, relative to the desk. */
  readonly keyPath: string;
  /** Of the newest list that may have been handed out, in seconds since 1970; null before the first. */
  readonly issuedAt: number | null;
  readonly used: UsedIndices;
  readonly statuses: StatusList;
}

export const MAX_LIST = 0xffff;

const KIND = 'gatelight-status-list';
const VERSION = 1;

const listPath = (desk: string, list: number): string => join(desk, `list-${list}.json`);

/** Throws a sentence where the desk has no such list. */
export async function readList(desk: string, list: number): Promise<DeskList> {
  const found = await findList(desk, list);
  if (found !== null) return found;
  throw new Error(`the issuer's desk ${desk} has no list ${list}: begin it with issuer begin-list`);
}

export async function findList(desk: string, list: number): Promise<DeskList | null> {
  const path = listPath(desk, list);
  const bytes = await readIfThere(path);
  if (bytes === null) return null;
  const parsed = parseList(new TextDecoder().decode(bytes));
  if (parsed?.list === list) return parsed;
  throw new Error(`${path} cannot be used: it is damaged, or of another version. Put a good copy back.`);
}

/** Throws a sentence where there is no desk. */
export async function requireLists(desk: string): Promise<readonly DeskList[]> {
  const lists = await readLists(desk);
  if (lists.length > 0) return lists;
  throw new Error(noDeskText(desk));
}

/** By their numbers. */
export async function readLists(desk: string): Promise<readonly DeskList[]> {
  const names = await ifThere(readdir(desk));
  const numbers = (names ?? []).flatMap((name) => {
    const number = /^list-(\d{1,5})\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return Promise.all(numbers.sort((a, b) => a - b).map((number) => readList(desk, number)));
}

export async function writeList(desk: string, state: DeskList): Promise<void> {
  const { issuer, list, uri, keyPath, issuedAt, used, statuses } = state;
  const fields = {
    kind: KIND,
    version: VERSION,
    issuer,
    list,
    uri,
    keyPath,
    issuedAt,
    indices: used.indices,
    bits: statuses.bits,
    taken: Buffer.from(used.taken).toString('base64'),
    statuses: Buffer.from(statuses.packed).toString('base64'),
  };
  await writeWhole(listPath(desk, list), `${JSON.stringify(fields, null, 2)}\n`, {
    mode: 0o600,
    folderMode: 0o700,
  });
}

function parseList(text: string): DeskList | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  const fields = json as Readonly<Record<string, unknown>>;
  const { kind, version, issuer, list, uri, keyPath, issuedAt, indices, bits } = fields;
  if (kind !== KIND || version !== VERSION || !isId(issuer)) return null;
  if (!isWhole(list, 0, MAX_LIST) || !isWhole(indices, 1, MAX_INDICES)) return null;
  if (!isStatusBits(bits) || typeof uri !== 'string' || typeof keyPath !== 'string') return null;
  if (issuedAt !== null && !isWhole(issuedAt, 0, Number.MAX_SAFE_INTEGER)) return null;
  const taken = parseBase64(fields.taken, packedBytesFor(indices, 1));
  const packed = parseBase64(fields.statuses, packedBytesFor(indices, bits));
  if (taken === null || packed === null) return null;
  return {
    issuer,
    list,
    uri,
    keyPath,
    issuedAt,
    used: { indices, taken },
    statuses: { bits, packed },
  };
}

const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;

const isStatusBits = (value: unknown): value is StatusBits => value === 1 || value === 2;

function parseBase64(value: unknown, bytes: number): Bytes | null {
  if (typeof value !== 'string') return null;
  const decoded = Buffer.from(value, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === value ? new Uint8Array(decoded) : null;
}
