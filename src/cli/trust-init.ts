// gatelight trust init and keygen: the first root, with nobody in it yet but those who sign.

import { join } from 'node:path';
import { encodeHex } from '../core/bytes/hex.ts';
import { LEAST_OFFLINE_KEYS } from '../core/trust/publish/role-terms.ts';
import { FIRST_FILES, putEntry, stageFiles, stageRoot } from '../core/trust/publish/stage-change.ts';
import { POLICIES_FILE, SERVERS_FILE } from '../core/trust/targets/targets.ts';
import type { CommandIo } from './command.ts';
import { UsageError } from './command.ts';
import type { AskPassphrase } from './trust-asking.ts';
import { makeTrustKey } from './trust-key-file.ts';
import {
  documentsOf,
  findOrMakeKey,
  keysFolder,
  openWorkplace,
  parseHolder,
  readEntryFile,
  stageOf,
  TrustRefused,
} from './trust-workplace.ts';

export interface InitOptions {
  readonly holders: string;
  readonly online: string;
  readonly siteKeys: string | undefined;
}

/** The bounds to begin with; set-policy replaces them. */
export const STANDARD_POLICY = {
  class: 'standard',
  name: { en: 'Standard bounds' },
  version: 1,
  mildest: { yellow: 'check', red: 'refuse' },
  maxPassAgeSeconds: null,
  maxSeenBeforeWindowSeconds: 12 * 3600,
  ages: { freshSeconds: 24 * 3600, ageingSeconds: 72 * 3600, staleSeconds: 7 * 24 * 3600 },
  maxRetentionDays: 30,
};

export async function initTrust(
  dir: string,
  { holders, online, siteKeys }: InitOptions,
  ask: AskPassphrase,
  io: CommandIo,
): Promise<number> {
  const names = [...new Set(holders.split(',').map((name) => parseHolder(name.trim())))];
  if (names.length < LEAST_OFFLINE_KEYS)
    throw new UsageError(`--holders takes at least ${LEAST_OFFLINE_KEYS} names, so that one may be lost`);
  if (names.includes(parseHolder(online)))
    throw new UsageError(`${online} cannot be both: the online key signs the timestamp and nothing else`);
  const place = await openWorkplace(dir);
  if (place.published !== null || place.staged !== null)
    throw new TrustRefused(`${place.dir} holds a repository already`);
  const files = new Map(FIRST_FILES);
  const put = (file: string, list: string, idField: string, entry: Readonly<Record<string, unknown>>) => {
    const before = files.get(file);
    if (before !== undefined) files.set(file, putEntry(before, list, idField, entry));
  };
  put(POLICIES_FILE, 'policies', 'class', STANDARD_POLICY);
  for (const entry of siteKeys === undefined ? [] : await readEntryFile(siteKeys))
    put(SERVERS_FILE, 'servers', 'site', entry);
  documentsOf(files);

  const offlineKeys = [];
  for (const name of names) offlineKeys.push(await findOrMakeKey(place.keysDir, name, ask, io));
  const onlineKey = await findOrMakeKey(place.keysDir, online, ask, io);
  await stageRoot(stageOf(place), { offline: offlineKeys, online: [onlineKey] });
  await stageFiles(stageOf(place), files);
  io.out(`staged    root 1, targets 1 and snapshot 1 in ${join(place.dir, 'staged')}`);
  io.out(`next      two of ${names.join(', ')} sign: gatelight trust sign ${dir} --as ${names[0]}`);
  return 0;
}

export async function makeKey(dir: string, name: string, ask: AskPassphrase, io: CommandIo): Promise<number> {
  const holder = parseHolder(name);
  const folder = keysFolder(dir);
  const made = await makeTrustKey(folder, holder, await ask(holder, { isNew: true }));
  if (!made.ok) throw new TrustRefused(`${join(folder, holder)}.json is there already and was left as it is`);
  io.out(`key file    ${join(folder, holder)}.json`);
  io.out(`to hand on  ${join(folder, holder)}.pub`);
  io.out(`public key  ${encodeHex(made.value.publicKey)}`);
  return 0;
}
