// The database that comes with the server: a real PostgreSQL on a private socket, watched, and started again if it dies.

import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorText } from '../../core/error-text.ts';
import type { SqlTarget } from '../storage/sql.ts';
import { isTemporarySocketFolder, prepareClusterPlace, prepareSocketFolder } from './cluster-place.ts';
import { findPostgresPrograms } from './postgres-programs.ts';
import {
  DATABASE_USER,
  endOrphan,
  exitOf,
  makeCluster,
  startPostmaster,
  stopPostmaster,
} from './postmaster.ts';
import { chooseRunAs } from './run-as.ts';

export interface EmbeddedPostgres {
  readonly target: SqlTarget;
  /** Where cluster, log and socket lie. */
  readonly folder: string;
  /** Of the postmaster that runs now; null while there is none. */
  pid(): number | null;
  /** Stops it in order: everything is on the disk afterwards. */
  close(): Promise<void>;
}

/** After a hard kill, what is left of the old run may hold the shared memory for a moment. */
const START_TRIES = 40;
const RETRY_MS = 50;
const MAX_RESTART_PAUSE_MS = 5_000;

/** One server at a time over a data folder: the caller holds its lock. `say` gets lines for the operator. */
export async function openEmbeddedPostgres(
  dataDir: string,
  say: (line: string) => void,
): Promise<EmbeddedPostgres> {
  const runAs = chooseRunAs();
  const place = prepareClusterPlace(dataDir, runAs);
  if (!place.root.startsWith(dataDir)) {
    say(`database: ${place.root} (the user "nobody", who runs PostgreSQL for root, cannot reach ${dataDir})`);
  }
  const programs = findPostgresPrograms(place.root, runAs);
  if ((await endOrphan(place)) === 'ended') say('database: ended the run of a server that was killed');
  await makeCluster(place, programs, runAs);
  const socketFolder = prepareSocketFolder(place, runAs);

  let running: ChildProcess | null = null;
  let isClosing = false;

  const start = async () => {
    const child = await startPatiently(() => startPostmaster(place, programs, runAs, socketFolder));
    running = child;
    exitOf(child).then((how) => {
      running = null;
      if (!isClosing) void restart(how);
    });
  };

  const restart = async (how: string) => {
    say(`database: PostgreSQL ended by itself (${how}); starting it again`);
    for (let pauseMs = RETRY_MS; !isClosing; pauseMs = Math.min(2 * pauseMs, MAX_RESTART_PAUSE_MS)) {
      try {
        await endOrphan(place);
        await start();
        say('database: PostgreSQL runs again');
        break;
      } catch (error) {
        say(`database: ${errorText(error)}`);
        await sleep(pauseMs, undefined, { ref: false });
      }
    }
    if (isClosing && running !== null) await stopPostmaster(running);
  };

  await start();
  return {
    target: { socketFolder, user: DATABASE_USER, database: 'postgres' },
    folder: place.root,
    pid: () => running?.pid ?? null,
    async close() {
      isClosing = true;
      if (running !== null) await stopPostmaster(running);
      if (isTemporarySocketFolder(socketFolder)) rmSync(socketFolder, { recursive: true, force: true });
    },
  };
}

async function startPatiently(start: () => Promise<ChildProcess>): Promise<ChildProcess> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      const isHeld = error instanceof Error && /still in use|lock file|already exists/.test(error.message);
      if (!isHeld || tries === START_TRIES) throw error;
      await sleep(RETRY_MS);
    }
  }
}
