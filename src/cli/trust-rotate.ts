// gatelight trust rotate-root: the next root, with other keys or the same for another year.

import { join } from 'node:path';
import { encodeHex } from '../core/bytes/hex.ts';
import type { HeldKey, RootKeys } from '../core/trust/publish/build-metadata.ts';
import { currentKeys, isSameOffline, stageFiles, stageRoot } from '../core/trust/publish/stage-change.ts';
import { filesToEdit } from '../core/trust/publish/staged.ts';
import { summariseStaged } from '../core/trust/publish/summarise.ts';
import { type CommandIo, UsageError } from './command.ts';
import type { AskPassphrase } from './trust-asking.ts';
import {
  findOrMakeKey,
  nowSeconds,
  openWorkplace,
  parseHolder,
  stageOf,
  TrustRefused,
  type Workplace,
} from './trust-workplace.ts';

interface RotateOptions {
  /** 'anna=dora': dora signs in anna's place. */
  readonly replacements: readonly string[];
  readonly online: string | undefined;
}

/** Begins from the published root, so that said again it replaces what was staged of a root. */
export async function rotateRoot(
  dir: string,
  { replacements, online }: RotateOptions,
  ask: AskPassphrase,
  io: CommandIo,
): Promise<number> {
  const place = await openWorkplace(dir);
  const before = currentKeys(place.published, null);
  if (before === null) throw new TrustRefused('no root was published yet: there is none to rotate');
  const pairs = replacements.map((text) => parsePair(text, before));
  const keys = await replaceKeys(place, before, pairs, online, ask, io);
  await stageRoot(stageOf(place), keys);
  // Whoever signs targets must be known to the root, so other signers sign them anew.
  if (!isSameOffline(before, keys) || place.staged?.content != null)
    await stageFiles(stageOf(place), filesToEdit(place.published, place.staged));
  const { published, staged } = await openWorkplace(dir);
  if (staged === null) throw new Error('what was staged is not there');
  io.out(
    `staged    in ${join(place.dir, 'staged')}, to be signed by two who sign now and two who sign then:`,
  );
  for (const line of summariseStaged(published, staged, nowSeconds())) io.out(line);
  return 0;
}

type Pair = readonly [from: string, to: string];

function parsePair(text: string, { offline }: RootKeys): Pair {
  const [from, to, ...more] = text.split('=');
  if (from === undefined || to === undefined || more.length > 0)
    throw new UsageError(`--replace takes OLD=NEW, not "${text}"`);
  if (!offline.some(({ holder }) => holder === from)) {
    const names = offline.map(({ holder }) => holder).join(', ');
    throw new UsageError(`"${from}" signs nothing now; those who do: ${names}`);
  }
  return [from, parseHolder(to)];
}

async function replaceKeys(
  { keysDir }: Workplace,
  before: RootKeys,
  pairs: readonly Pair[],
  online: string | undefined,
  ask: AskPassphrase,
  io: CommandIo,
): Promise<RootKeys> {
  const offline: HeldKey[] = [];
  for (const key of before.offline) {
    const pair = pairs.find(([from]) => from === key.holder);
    offline.push(pair === undefined ? key : await findOrMakeKey(keysDir, pair[1], ask, io));
  }
  const onlineKeys =
    online === undefined ? before.online : [await findOrMakeKey(keysDir, parseHolder(online), ask, io)];
  const all = [...offline, ...onlineKeys].map(({ publicKey }) => encodeHex(publicKey));
  if (new Set(all).size !== all.length)
    throw new UsageError('one key would stand in two places: name somebody new, with a key of their own');
  return { offline, online: onlineKeys };
}
