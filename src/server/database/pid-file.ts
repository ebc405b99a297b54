// What PostgreSQL writes down of its run in the cluster's folder, and whether that run still is.

import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineOf, isAlive } from '../processes.ts';

export const PID_FILE = 'postmaster.pid';

export interface PidFile {
  readonly pid: number;
  readonly socketFolder: string;
  readonly isReady: boolean;
}

/** Its lines: pid, data folder, start, port, socket folder, address, shared memory, status. */
export function readPidFile(cluster: string): PidFile | null {
  try {
    const lines = readFileSync(join(cluster, PID_FILE), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return pid > 1 ? { pid, socketFolder: lines[4] ?? '', isReady: lines[7]?.trim() === 'ready' } : null;
  } catch {
    return null;
  }
}

/** The number in the first line of PostgreSQL's pid file, or of its socket's lock. */
export function pidIn(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8').split('\n')[0]);
    return pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

/** A postmaster works in its cluster's folder; where that cannot be read (no /proc), its command line must do. */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return commandLineOf(pid).includes(cluster);
  }
}
