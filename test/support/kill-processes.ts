// Other processes of this machine, listed and ended without a chance to say anything: as a power cut would.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

const GONE_LIMIT_MS = 10_000;

/** Those that run; not those that only wait to be collected. */
export function listProcesses(): readonly ProcessLine[] {
  const listed = listFromProc() ?? listFromPs();
  return listed.filter(({ command }) => command !== '');
}

export function descendantsOf(pid: number, lines = listProcesses()): readonly number[] {
  const children = lines.filter(({ parent }) => parent === pid).map((line) => line.pid);
  return children.flatMap((child) => [child, ...descendantsOf(child, lines)]);
}

/** Ends a whole group in one blow, and then whoever else belongs to it; waits until none is left. */
export async function killGroup(group: number, isOneOfThem: (line: ProcessLine) => boolean): Promise<void> {
  kill(-group);
  await killAll([group], (line) => line.group === group || isOneOfThem(line));
}

/** Ends these, and whoever else belongs to them, and waits until none is left. */
export async function killAll(
  pids: readonly number[],
  isOneOfThem: (line: ProcessLine) => boolean = () => false,
): Promise<void> {
  for (const pid of pids) kill(pid);
  const giveUpAt = performance.now() + GONE_LIMIT_MS;
  for (;;) {
    const left = listProcesses().filter((line) => pids.includes(line.pid) || isOneOfThem(line));
    if (left.length === 0) return;
    if (performance.now() > giveUpAt)
      throw new Error(`cannot be killed: ${left.map((line) => line.command)}`);
    for (const line of left) kill(line.pid);
    await sleep(5);
  }
}

/** A negative number is a group. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already, or no group has that number.
  }
}

function listFromProc(): readonly ProcessLine[] | null {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(readProc);
  } catch {
    return null;
  }
}

function readProc(pid: string): readonly ProcessLine[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in field 2 may hold spaces and closing brackets.
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }];
  } catch {
    return [];
  }
}

function listFromPs(): readonly ProcessLine[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,command='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (found === null || found[4]?.startsWith('Z') === true) return [];
    const [, pid, parent, group, , command = ''] = found;
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }];
  });
}
