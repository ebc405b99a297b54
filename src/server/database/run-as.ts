// Whom PostgreSQL runs as. It refuses root, so as root it is `nobody`; and what `nobody` cannot reach it cannot run.

import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Null: as we are. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

export function chooseRunAs(): RunAs {
  if (process.getuid?.() !== 0) return null;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Whether that user may pass through this folder and all above it. */
export function isReachable(folder: string, runAs: RunAs): boolean {
  if (runAs === null) return true;
  const path = resolve(folder);
  const { mode, uid } = statSync(path);
  const mayPass = (mode & (uid === runAs.uid ? 0o100 : 0o001)) !== 0;
  return mayPass && (dirname(path) === path || isReachable(dirname(path), runAs));
}

export function giveTo(runAs: RunAs, path: string): void {
  if (runAs !== null) chownSync(path, runAs.uid, runAs.gid);
}

/** Fields for spawn. A group of its own: Ctrl-C is ours to answer, in order, and must not reach PostgreSQL first. */
export const spawnFields = (runAs: RunAs, cwd: string) => ({
  ...(runAs ?? {}),
  cwd,
  detached: true,
  env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
});
