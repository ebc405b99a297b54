// Other processes of this machine: whether one is alive, and whether it is still the one that had this number.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Not one that is dead and only waits to be collected: in a container without an init that can be for ever. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  try {
    return statOf(pid)[0] !== 'Z';
  } catch {
    return true;
  }
}

/** Empty for one that is gone or only waits to be collected. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  }
}

/** Something that differs between two processes that had the same number one after the other; empty if unknown. */
export function startMarkOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${statOf(pid)[19]}`;
  } catch {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  }
}

/** The fields of /proc/PID/stat from the third on (state; start time is the 20th of these). Throws where there is none. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in the second field may hold spaces and closing brackets.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
