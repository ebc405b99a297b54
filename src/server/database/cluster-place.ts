// Where the embedded cluster lies: in the data folder, unless the user it runs as cannot get there.

import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { giveTo, isReachable, type RunAs } from './run-as.ts';

export interface ClusterPlace {
  /** Holds cluster, log and copied programs. */
  readonly root: string;
  readonly cluster: string;
  readonly logFile: string;
}

/** For data folders that the database's user cannot reach. */
const ELSEWHERE = '/var/lib/gatelight';
/** sun_path of a unix socket, less its closing zero. */
const MAX_SOCKET_PATH_BYTES = 107;
export const SOCKET_NAME = '.s.PGSQL.5432';
const TEMPORARY_NAME = 'gatelight-socket-';

export function prepareClusterPlace(dataDir: string, runAs: RunAs): ClusterPlace {
  const root = isReachable(dataDir, runAs) ? join(dataDir, 'postgres') : placeElsewhere(dataDir);
  makeOwnFolder(root, runAs);
  return { root, cluster: join(root, 'cluster'), logFile: join(root, 'postgres.log') };
}

/** A private folder whose path is short enough for a socket. */
export function prepareSocketFolder({ root }: ClusterPlace, runAs: RunAs): string {
  const beside = join(root, 'socket');
  if (Buffer.byteLength(join(beside, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES) {
    makeOwnFolder(beside, runAs);
    return beside;
  }
  const temporary =
    [tmpdir(), '/tmp'].find((folder) => Buffer.byteLength(folder) < 60 && isReachable(folder, runAs)) ??
    '/tmp';
  const fresh = mkdtempSync(join(temporary, TEMPORARY_NAME));
  giveTo(runAs, fresh);
  return fresh;
}

/** Whether it was made by prepareSocketFolder for one run, and goes with that run. */
export const isTemporarySocketFolder = (folder: string): boolean =>
  basename(folder).startsWith(TEMPORARY_NAME);

function placeElsewhere(dataDir: string): string {
  mkdirSync(ELSEWHERE, { recursive: true, mode: 0o711 });
  chmodSync(ELSEWHERE, 0o711);
  const name = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  return join(ELSEWHERE, name);
}

function makeOwnFolder(folder: string, runAs: RunAs): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  giveTo(runAs, folder);
}
