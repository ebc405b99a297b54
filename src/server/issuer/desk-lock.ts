// One at a time at an issuer's desk, among all processes of this machine. Whoever wants in puts up a flag, a file of its
// own, and then looks for others: of two at least one sees the other and takes its flag down. A flag's name is never used
// twice, so one that was left by a killed process can be removed by anybody at any time.

import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startMarkOf } from '../processes.ts';
import { ifThere, isPart } from '../whole-file.ts';

const FLAG = /^\.lock-(\d+)-([0-9a-f]{16})-[0-9a-f]{16}$/;
const GIVE_UP_AFTER_MS = 30_000;

/** For its owner alone. */
export async function makeDesk(desk: string): Promise<void> {
  await mkdir(desk, { recursive: true, mode: 0o700 });
  await chmod(desk, 0o700);
}

/** Throws a sentence where there is no such folder, and when somebody else stays at the desk. */
export async function withDeskLock<T>(desk: string, work: () => Promise<T>): Promise<T> {
  if ((await ifThere(stat(desk))) === null) throw new Error(noDeskText(desk));
  const flag = join(desk, `.lock-${process.pid}-${markOf(process.pid)}-${randomBytes(8).toString('hex')}`);
  const giveUpAtMs = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const other = (await findLiving(desk)) ?? (await putUp(desk, flag));
    if (other === null) break;
    if (performance.now() > giveUpAtMs)
      throw new Error(`process ${other} has been at the issuer's desk ${desk} for too long: try again later`);
    await sleep(2 + Math.random() * 15);
  }
  try {
    await removeParts(desk);
    return await work();
  } finally {
    await rm(flag, { force: true });
  }
}

export const noDeskText = (desk: string): string =>
  `${desk} is no issuer's desk: it has no list yet. Begin one with issuer begin-list.`;

/** Who else wants in, with the own flag taken down again; null: the desk is ours. */
async function putUp(desk: string, flag: string): Promise<number | null> {
  await (await open(flag, 'wx', 0o600)).close();
  const other = await findLiving(desk, flag);
  if (other !== null) await rm(flag, { force: true });
  return other;
}

async function findLiving(desk: string, own?: string): Promise<number | null> {
  let living: number | null = null;
  for (const name of await readdir(desk)) {
    const [, pid = '', mark] = FLAG.exec(name) ?? [];
    if (mark === undefined || join(desk, name) === own) continue;
    if (isAlive(Number(pid)) && markOf(Number(pid)) === mark) living = Number(pid);
    else await rm(join(desk, name), { force: true });
  }
  return living;
}

/** Of writers that were killed: nobody writes here but who has the desk. */
async function removeParts(desk: string): Promise<void> {
  for (const name of await readdir(desk)) if (isPart(name)) await rm(join(desk, name), { force: true });
}

/** Tells a process from an earlier one of the same number, also across a restart of the machine. */
const markOf = (pid: number): string =>
  createHash('sha256').update(startMarkOf(pid)).digest('hex').slice(0, 16);
