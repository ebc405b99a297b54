// npm run kill:trust: a refresh through a rotation of keys, by a process that is killed with SIGKILL at every write and
// removal in turn: before it, with the file half written, and after it. Each time what is left must verify and be the
// set before or the set after, and the next refresh must end as an undisturbed one does. Exit 0 when it did, 1 otherwise.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openFolderStore } from '../../src/cli/tuf-folder-store.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import { ed25519Keys } from '../../src/core/trust/tuf/ed25519-keys.ts';
import { readHeld, refreshHeld } from '../../src/core/trust/tuf/refresh-held.ts';
import { refusalText } from '../../src/core/trust/tuf/refusal.ts';
import { fetchFrom, type KillMoment } from '../support/tuf-refresh-child.ts';
import { TUF_NOW_SECONDS, type TufRepository } from '../support/tuf-repository.ts';
import { NEW_FILES, OLD_FILES, openFastForwarded, rotateAndRecover } from '../support/tuf-rotation.ts';

const SUPPORT = join(import.meta.dirname, '../support');
const MOMENTS: readonly KillMoment[] = ['before', 'torn', 'after'];

export async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error('usage: npm run kill:trust');
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatelight-kill-trust-'));
  try {
    return (await killEverywhere(folder)) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killEverywhere(folder: string): Promise<boolean> {
  const [served, before, undisturbed] = ['served', 'before', 'undisturbed'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const repository = await openFastForwarded();
  serve(repository, served);
  expectDone(refreshInChild(before, served), 'the first refresh');
  await rotateAndRecover(repository);
  serve(repository, served);
  cpSync(before, undisturbed, { recursive: true });
  const changes = expectDone(refreshInChild(undisturbed, served), 'the undisturbed refresh').changes;
  console.log(`a refresh through a rotation makes ${changes.length} changes; killed at each:`);

  let kills = 0;
  let faults = 0;
  for (const [at, words] of changes.entries()) {
    for (const moment of MOMENTS) {
      if (moment === 'torn' && !words.startsWith('write')) continue;
      const store = join(folder, `${at + 1}-${moment}`);
      cpSync(before, store, { recursive: true });
      const child = refreshInChild(store, served, at + 1, moment);
      const isOver = at + 1 === changes.length && moment === 'after';
      const fault =
        child.signal === 'SIGKILL'
          ? await faultOf(store, served, undisturbed, isOver)
          : 'the process was not killed';
      kills += 1;
      if (fault !== null) faults += 1;
      const place = `${String(at + 1).padStart(3)}  ${words.padEnd(18)} ${moment.padEnd(7)}`;
      console.log(`${place} ${fault ?? `verifies (${isOver ? 'new' : 'old'} set), refreshes`}`);
    }
  }
  console.log(`${kills} kills, ${faults} faults`);
  return kills > 0 && faults === 0;
}

/** What is wrong with a folder that a killed refresh left behind; null: nothing. */
async function faultOf(
  store: string,
  served: string,
  undisturbed: string,
  isOver: boolean,
): Promise<string | null> {
  const keys = ed25519Keys(await chooseEngine());
  const client = { store: openFolderStore(store), fetch: fetchFrom(served), keys };
  const held = await readHeld(client);
  if (held === null) return 'LOST: nothing that verifies is in use';
  if (!isDeepStrictEqual(held.filesByName, isOver ? NEW_FILES : OLD_FILES))
    return 'WRONG: another set is in use';
  const refreshed = await refreshHeld(client, TUF_NOW_SECONDS);
  if (!refreshed.ok) return `STUCK: ${refusalText(refreshed.error)}`;
  if (!isDeepStrictEqual(refreshed.value.filesByName, NEW_FILES)) return 'WRONG: it refreshed to another set';
  return isDeepStrictEqual(readAll(store), readAll(undisturbed)) ? null : 'WRONG: it keeps other files';
}

function serve(repository: TufRepository, folder: string): void {
  for (const [path, bytes] of repository.served) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** Parts of files are no files: nobody reads them. */
const readAll = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder)
      .filter((name) => !name.endsWith('.part'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );

interface Child {
  readonly changes: readonly string[];
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

function refreshInChild(store: string, served: string, change?: number, moment?: KillMoment): Child {
  mkdirSync(store, { recursive: true });
  const script = [join(SUPPORT, 'run-script.mjs'), join(SUPPORT, 'tuf-refresh-child.ts'), store, served];
  const at = change === undefined || moment === undefined ? [] : [String(change), moment];
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [...script, ...at], {
    encoding: 'utf8',
  });
  return { changes: stdout.split('\n').filter(Boolean), status, signal, said: stderr };
}

function expectDone(child: Child, what: string): Child {
  if (child.status !== 0) throw new Error(`${what} did not end well: ${child.said}`);
  return child;
}
