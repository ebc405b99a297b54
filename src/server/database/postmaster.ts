// One run of PostgreSQL over a cluster: made, started, found again after we were killed, and stopped.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterPlace, isTemporarySocketFolder, SOCKET_NAME } from './cluster-place.ts';
import { isPostmasterOf, PID_FILE, pidIn, readPidFile } from './pid-file.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { type RunAs, spawnFields } from './run-as.ts';

export const DATABASE_USER = 'gatelight';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 10;
const NAMELESS_USER =
  'PostgreSQL needs a name for the user it runs as, and this user id has none in /etc/passwd: give it one, or set DATABASE_URL to use another database';

/** Makes the cluster where there is none; one that was not finished does not count. */
export async function makeCluster(
  place: ClusterPlace,
  programs: PostgresPrograms,
  runAs: RunAs,
): Promise<void> {
  if (existsSync(join(place.cluster, 'PG_VERSION'))) return;
  const unfinished = `${place.cluster}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const options = [
    '--auth=trust',
    '--locale=C',
    '--encoding=UTF8',
    '--no-instructions',
    '--username',
    DATABASE_USER,
  ];
  const child = spawn(programs.initdb, ['--pgdata', unfinished, ...options], {
    ...spawnFields(runAs, place.root),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const failure = await exitOf(child);
  if (said.includes('user does not exist')) throw new Error(NAMELESS_USER);
  if (failure !== 'exit 0') throw new Error(`initdb failed (${failure}) in ${place.root}:\n${said.trim()}`);
  renameSync(unfinished, place.cluster);
}

/** Resolves when it takes connections. Throws with the end of its log when it does not come up. */
export async function startPostmaster(
  place: ClusterPlace,
  programs: PostgresPrograms,
  runAs: RunAs,
  socketFolder: string,
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    fsync: 'on',
    synchronous_commit: 'on',
    max_connections: '50',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Nothing of a record may reach the log: neither statements, nor parameters, nor the details of an error.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  };
  const args = [
    '-D',
    place.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  for (const lock of [join(place.cluster, PID_FILE), join(socketFolder, `${SOCKET_NAME}.lock`)])
    removeStaleLock(lock, place.cluster);
  const log = openSync(place.logFile, 'w', 0o600);
  const child = spawn(programs.postgres, args, {
    ...spawnFields(runAs, place.root),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let failure: string | null = null;
  const exited = exitOf(child).then((how) => (failure = how));
  const giveUpAt = performance.now() + START_LIMIT_MS;
  while (failure === null && performance.now() < giveUpAt) {
    const written = readPidFile(place.cluster);
    if (written?.pid === child.pid && written?.isReady === true) return child;
    await sleep(POLL_MS);
  }
  if (failure === null) {
    child.kill('SIGQUIT');
    await exited;
  }
  throw new Error(`PostgreSQL did not start (${failure}): ${endOfLog(place)}`);
}

/** Ends a run that outlived its server, and waits until it is gone. */
export async function endOrphan({ cluster }: ClusterPlace): Promise<'none' | 'ended'> {
  const written = readPidFile(cluster);
  if (written === null || !isPostmasterOf(written.pid, cluster)) return 'none';
  // SIGQUIT ends it at once, and the log is replayed at the start: quicker than a clean stop, and as safe.
  await endProcess(written.pid, ['SIGQUIT', 'SIGKILL'], () => isPostmasterOf(written.pid, cluster));
  if (isTemporarySocketFolder(written.socketFolder))
    rmSync(written.socketFolder, { recursive: true, force: true });
  return 'ended';
}

/**
 * PostgreSQL refuses to start while the number in a lock is taken: by a stranger who has it now (in a container the same
 * low numbers come again), or by its own dead run that nobody has collected (a container without an init).
 */
function removeStaleLock(path: string, cluster: string): void {
  const pid = pidIn(path);
  if (pid !== null && !isPostmasterOf(pid, cluster)) rmSync(path, { force: true });
}

export async function stopPostmaster(child: ChildProcess): Promise<void> {
  const { pid } = child;
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  if (pid !== undefined) await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], isRunning);
}

async function endProcess(
  pid: number,
  signals: readonly NodeJS.Signals[],
  isRunning: () => boolean,
): Promise<void> {
  for (const signal of signals) {
    if (!isRunning()) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const giveUpAt = performance.now() + STOP_LIMIT_MS;
    while (isRunning() && performance.now() < giveUpAt) await sleep(POLL_MS);
  }
}

function endOfLog({ logFile }: ClusterPlace): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
}

/** 'exit CODE', the signal's name, or why it could not be spawned. */
export const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
