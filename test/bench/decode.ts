// How many pictures of a folder are read, by which decoder, at what CPU time. npm run bench:decode -- --manifest FILE
// [--peers] [--json FILE] [--effort video|picture|file]. The manifest is a JSON array of {file, expected, set}; files lie beside it.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Pixels, readPixels } from '../../src/cli/picture-file.ts';
import { openPictureDecoder } from '../../src/cli/read-picture.ts';
import type { Effort } from '../../src/decode/decoder.ts';
import { rgbaToLuma } from '../../src/decode/luma.ts';
import { openPeers } from './decode-peers.ts';
import { addPicture, createScore, formatTable, judgeGoal, type Score, sumScores } from './decode-score.ts';

/** Reads one picture from its colours, as every decoder here starts from the same pixels. */
export interface Contestant {
  readonly name: string;
  read(pixels: Pixels): Promise<readonly string[]> | readonly string[];
}

interface Entry {
  readonly file: string;
  readonly expected: readonly string[];
  readonly set: string;
}

const LONGEST_SIDE = 1280;
const WARM_UP_PICTURES = 60;
const USAGE =
  'usage: npm run bench:decode -- --manifest FILE [--peers] [--json FILE] [--effort video|picture|file]';

export async function main(args: string[]): Promise<number> {
  const asked = parseOptions(args);
  if (asked === null) {
    console.error(USAGE);
    return 2;
  }
  const folder = dirname(asked.manifest);
  const entries = JSON.parse(await readFile(asked.manifest, 'utf8')) as Entry[];
  const contestants = [await openOurs(asked.effort), ...(asked.peers ? await openPeers() : [])];
  await warmUp(contestants, entries, folder);
  const scores = await measure(contestants, entries, folder);
  console.log(formatTable(scores));
  if (asked.json !== undefined) await writeFile(asked.json, `${JSON.stringify(scores, null, 1)}\n`);
  const verdict = judgeGoal(contestants.map(({ name }) => sumScores(scores, name)));
  for (const line of verdict.lines) console.log(line);
  return verdict.isMet ? 0 : 1;
}

function parseOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        manifest: { type: 'string' },
        peers: { type: 'boolean', default: false },
        json: { type: 'string' },
        effort: { type: 'string', default: 'picture' },
      },
    });
    const { manifest, peers, json, effort } = values;
    if (manifest === undefined || !isEffort(effort)) return null;
    return { manifest, peers, json, effort };
  } catch {
    return null;
  }
}

const isEffort = (word: string): word is Effort => word === 'video' || word === 'picture' || word === 'file';

async function openOurs(effort: Effort): Promise<Contestant> {
  const decoder = await openPictureDecoder();
  return {
    name: `gatelight ${effort}`,
    read: ({ rgba, width, height }) =>
      decoder.decode(rgbaToLuma(rgba, width, height), effort).map((reading) => reading.text),
  };
}

async function warmUp(contestants: readonly Contestant[], entries: readonly Entry[], folder: string) {
  const step = Math.max(1, Math.floor(entries.length / WARM_UP_PICTURES));
  for (let at = 0; at < entries.length; at += step) {
    const pixels = await readEntry(entries[at], folder);
    for (const contestant of contestants) await contestant.read(pixels);
  }
}

async function measure(
  contestants: readonly Contestant[],
  entries: readonly Entry[],
  folder: string,
): Promise<Score[]> {
  const scores = new Map<string, Score>();
  for (const [turn, entry] of entries.entries()) {
    const pixels = await readEntry(entry, folder);
    for (let at = 0; at < contestants.length; at++) {
      const contestant = contestants[(turn + at) % contestants.length];
      if (contestant === undefined) continue;
      const before = process.cpuUsage();
      const texts = await contestant.read(pixels);
      const { user, system } = process.cpuUsage(before);
      const key = `${entry.set} ${contestant.name}`;
      const score = scores.get(key) ?? createScore(entry.set, contestant.name);
      scores.set(key, addPicture(score, entry, texts, (user + system) / 1000));
    }
  }
  return [...scores.values()];
}

async function readEntry(entry: Entry | undefined, folder: string): Promise<Pixels> {
  const path = join(folder, entry?.file ?? '');
  const read = await readPixels(path, LONGEST_SIDE);
  if (!read.ok) throw new Error(`${path}: ${read.error.detail}`);
  return read.value;
}
