// gatelight trust init and keygen: the first root, with nobody in it yet but those who sign.

import { join } from 'node:path';
import { encodeHex } from '../core/bytes/hex.ts';
import { FIRST_FILES, putEntry } from '../core/trust/publish/edit-document.ts';
import { LEAST_OFFLINE_KEYS } from '../core/trust/publish/role-terms.ts';
import { stageFiles, stageRoot } from '../core/trust/publish/stage-change.ts';
import { SERVERS_FILE } from '../core/trust/targets/targets.ts';
import { makeTrustKey } from '../server/trust-key-file.ts';
import { type CommandIo, UsageError } from './command.ts';
import type { AskPassphrase } from './trust-asking.ts';
import {
  documentsOf,
  fileOf,
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
  for (const entry of siteKeys === undefined ? [] : await readEntryFile(siteKeys))
    files.set(SERVERS_FILE, putEntry(fileOf(files, SERVERS_FILE), 'servers', entry));
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
