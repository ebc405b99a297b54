// A process that refreshes from files and ends itself with SIGKILL at one change of what it keeps. Prints the changes
// that it made. Arguments: STORE SERVED [CHANGE before|torn|after]

import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openFolderStore, storedPath } from '../../src/cli/tuf-folder-store.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import { ed25519Keys } from '../../src/core/trust/tuf/ed25519-keys.ts';
import type { TufFetch, TufStore } from '../../src/core/trust/tuf/ports.ts';
import { refreshHeld } from '../../src/core/trust/tuf/refresh-held.ts';
import { refusalText } from '../../src/core/trust/tuf/refusal.ts';
import { pinRoot } from '../../src/core/trust/tuf/update-root.ts';
import { partOf, readIfThere } from '../../src/server/whole-file.ts';
import { TUF_NOW_SECONDS } from './tuf-repository.ts';

/** 'torn': half of a file lies where it is written before it is moved to its place. */
export type KillMoment = 'before' | 'torn' | 'after';

export async function main([storeFolder = '', servedFolder = '', change, moment]: string[]): Promise<number> {
  const store = killedAt(storeFolder, Number(change ?? 0), moment as KillMoment | undefined);
  const client = { store, fetch: fetchFrom(servedFolder), keys: ed25519Keys(await chooseEngine()) };
  if ((await store.read('root')) === null)
    await pinRoot(client, new Uint8Array(readFileSync(join(servedFolder, 'metadata/1.root.json'))));
  const refreshed = await refreshHeld(client, TUF_NOW_SECONDS);
  if (!refreshed.ok) console.error(refusalText(refreshed.error));
  return refreshed.ok ? 0 : 1;
}

export const fetchFrom = (folder: string): TufFetch => ({
  async fetch({ kind, path }) {
    const bytes = await readIfThere(join(folder, kind === 'target' ? 'targets' : 'metadata', path));
    return bytes === null ? { kind: 'not-found' } : { kind: 'bytes', bytes };
  },
});

function killedAt(folder: string, killChange: number, moment: KillMoment | undefined): TufStore {
  const store = openFolderStore(folder);
  let changes = 0;
  const dieIf = (isNow: boolean) => {
    if (isNow) process.kill(process.pid, 'SIGKILL');
  };
  const change = async (words: string, make: () => Promise<void>, tear: () => void) => {
    changes += 1;
    const isHere = changes === killChange;
    dieIf(isHere && moment === 'before');
    if (isHere && moment === 'torn') tear();
    dieIf(isHere && moment === 'torn');
    await make();
    // Not console.log: what it has not yet written dies with the process.
    writeSync(1, `${words}\n`);
    dieIf(isHere);
  };
  return {
    read: store.read,
    write: (name, bytes) =>
      change(
        `write ${name}`,
        () => store.write(name, bytes),
        () => writeFileSync(partOf(storedPath(folder, name)), bytes.subarray(0, bytes.length / 2)),
      ),
    remove: (name) =>
      change(
        `remove ${name}`,
        () => store.remove(name),
        () => {},
      ),
  };
}
