// One embedded PostgreSQL for all tests of a process, and a fresh database in it for each that asks.

import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/server/database/embedded-postgres.ts';
import { openSession, type SqlTarget } from '../../src/server/storage/sql.ts';

let cluster: Promise<{ postgres: EmbeddedPostgres; folder: string }> | null = null;
let databases = 0;

async function openCluster() {
  const folder = await makeTestFolder();
  const postgres = await openEmbeddedPostgres(folder, () => {});
  process.once('exit', () => {
    const pid = postgres.pid();
    if (pid !== null) process.kill(pid, 'SIGQUIT');
  });
  return { postgres, folder };
}

/** A data folder that PostgreSQL's user can reach also when tests run as root. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelight-test-'));
  chmodSync(folder, 0o755);
  return folder;
}

export async function createTestDatabase(): Promise<SqlTarget> {
  cluster ??= openCluster();
  const { postgres } = await cluster;
  return createDatabaseIn(postgres.target);
}

/** A fresh database beside the one the target names; `original`: a copy of that one, to which nobody may be connected. */
export async function createDatabaseIn(target: SqlTarget, original?: string): Promise<SqlTarget> {
  const database = `test_${process.pid}_${++databases}`;
  const session = openSession(target);
  const template = original === undefined ? '' : ` TEMPLATE ${original}`;
  await session.sql.unsafe(`CREATE DATABASE ${database}${template}`);
  await session.close();
  if (!('url' in target)) return { ...target, database };
  const url = new URL(target.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}

/** A backup of a test's database. Close whatever is open on it before. */
export async function copyTestDatabase(original: SqlTarget): Promise<SqlTarget> {
  if (cluster === null || 'url' in original) throw new Error('not a database of this process');
  return createDatabaseIn((await cluster).postgres.target, original.database);
}

/** To be called when all tests of the process are done. */
export async function closeTestCluster(): Promise<void> {
  const open = await cluster;
  cluster = null;
  if (open === null) return;
  await open.postgres.close();
  await rm(open.folder, { recursive: true, force: true });
}
