// PostgreSQL killed hard while tablets send: nothing that was receipted is lost, nothing is there twice, counts agree.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyReceipt } from '../../../src/core/log/receipt.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { prepareClusterPlace, prepareSocketFolder } from '../../../src/server/database/cluster-place.ts';
import { openEmbeddedPostgres } from '../../../src/server/database/embedded-postgres.ts';
import { findPostgresPrograms } from '../../../src/server/database/postgres-programs.ts';
import { makeCluster, startPostmaster } from '../../../src/server/database/postmaster.ts';
import { chooseRunAs } from '../../../src/server/database/run-as.ts';
import { isAlive } from '../../../src/server/processes.ts';
import { openSession } from '../../../src/server/storage/sql.ts';
import { type EnrolledLog, enrolLog, sendBatch } from '../../support/enrolled-log.ts';
import { scanOf, TEST_MINUTE } from '../../support/test-batch.ts';
import { makeTestFolder } from '../../support/test-database.ts';
import { testEd25519Device } from '../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation, type TestStation } from '../../support/test-station.ts';

const KILLS = 3;
const TABLETS = 4;
const PER_BATCH = 10;

let folder: string;
beforeEach(async () => {
  folder = await makeTestFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('under load', () => {
  let station: TestStation;
  let server: TestServer;
  let tablets: EnrolledLog[];
  beforeEach(async () => {
    station = await createTestStation(TEST_MINUTE * 60);
    server = await startTestServer({ station, dataDir: folder, nowMs: () => TEST_MINUTE * 60_000 });
    const receiptKey = station.receiptSigner.publicKey;
    const world = { server, receiptKey, site: 'lindenhof', nowSeconds: () => TEST_MINUTE * 60 };
    tablets = [];
    for (let at = 0; at < TABLETS; at++)
      tablets.push(await enrolLog(world, await testEd25519Device(at + 1), 'gate-1'));
  });
  afterEach(() => server.close());

  /** Sends batch after batch, each until a signed receipt covers it; gives the last number that was receipted. */
  async function runTablet(
    tablet: EnrolledLog,
    mayStop: () => boolean,
    statuses: Set<number>,
  ): Promise<number> {
    const { log } = tablet;
    const engine = await chooseEngine();
    let receipted = 0;
    while (!mayStop()) {
      while (log.envelopes.length < receipted + PER_BATCH) await log.add(scanOf());
      const body = await log.batch(receipted + 1);
      const answer = await sendBatch(server, tablet, body, TEST_MINUTE * 60).catch(() => null);
      statuses.add(answer?.status ?? 0);
      const bytes = new Uint8Array((await answer?.arrayBuffer().catch(() => null)) ?? new ArrayBuffer(0));
      const receipt = await verifyReceipt(bytes, [station.receiptSigner.publicKey], engine);
      if (receipt.ok) receipted = receipt.value.upTo;
      else await sleep(20);
    }
    return receipted;
  }

  it('is started again each time, and the log is whole', async () => {
    let isDone = false;
    const statuses = new Set<number>();
    const devices = tablets.map(({ log }) => log.identity.device);
    const running = tablets.map((tablet) => runTablet(tablet, () => isDone, statuses));
    const pids = new Set<number>();
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(400);
      const pid = await newPid(pids);
      process.kill(pid, 'SIGKILL');
      pids.add(pid);
    }
    await newPid(pids);
    await sleep(200);
    isDone = true;
    const receipted = await Promise.all(running);

    const stored = await server.storedScans();
    expect(new Set(stored).size).toBe(stored.length);
    for (const [at, upTo] of receipted.entries()) {
      expect(upTo).toBeGreaterThan(0);
      const lost = Array.from({ length: upTo }, (_, seq) => `${devices[at]} 1 ${seq + 1}`).filter(
        (name) => !stored.includes(name),
      );
      expect(lost).toEqual([]);
    }
    expect(await server.query('SELECT sum(count)::integer AS counted FROM hourly')).toMatchObject([
      { counted: stored.length },
    ]);
    expect(await server.query('SELECT count(*)::integer AS alarms FROM alarm')).toMatchObject([
      { alarms: 0 },
    ]);
    expect(pids.size).toBe(KILLS);
    // What a tablet saw meanwhile was a receipt or "later", never an accident.
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  /** Of a run that takes connections: health alone may still be an answer of the old run's last backend. */
  async function newPid(killed: ReadonlySet<number>): Promise<number> {
    for (;;) {
      const pid = server.databasePid();
      if (pid !== null && !killed.has(pid) && (await fetch(`${server.origin}/api/health`)).ok) return pid;
      await sleep(10);
    }
  }
});

describe('a run that outlived its server', () => {
  it('is ended and its data is there', async () => {
    const runAs = chooseRunAs();
    const place = prepareClusterPlace(folder, runAs);
    const programs = findPostgresPrograms(place.root, runAs);
    await makeCluster(place, programs, runAs);
    const socketFolder = prepareSocketFolder(place, runAs);
    const orphan = await startPostmaster(place, programs, runAs, socketFolder);
    const target = { socketFolder, user: 'gatelight', database: 'postgres' };
    const before = openSession(target);
    await before.sql.unsafe("CREATE TABLE kept (line text); INSERT INTO kept VALUES ('still here')");
    await before.close();

    const said: string[] = [];
    const postgres = await openEmbeddedPostgres(folder, (line) => said.push(line));
    expect(isAlive(orphan.pid ?? 0) && orphan.exitCode === null && orphan.signalCode === null).toBe(false);
    expect(postgres.pid()).not.toBe(orphan.pid);
    expect(said.join('\n')).toMatch('ended the run');
    const after = openSession(target);
    expect(await after.sql`SELECT line FROM kept`).toMatchObject([{ line: 'still here' }]);
    await after.close();
    await postgres.close();
  });
});

describe('locks of a run that is gone', () => {
  it('do not keep the database from starting when their number is taken again', async () => {
    const first = await openEmbeddedPostgres(folder, () => {});
    const { target } = first;
    await first.close();
    if (!('socketFolder' in target)) throw new Error('an embedded database has a socket');
    const stranger = spawn('sleep', ['60']);
    const locks = [
      join(first.folder, 'cluster/postmaster.pid'),
      join(target.socketFolder, '.s.PGSQL.5432.lock'),
    ];
    const lines = [
      stranger.pid,
      join(first.folder, 'cluster'),
      1_700_000_000,
      5432,
      target.socketFolder,
      '',
    ].join('\n');
    for (const lock of locks) await writeFile(lock, `${lines}\n`, { mode: 0o600 });
    try {
      const second = await openEmbeddedPostgres(folder, () => {});
      await second.close();
      expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
    } finally {
      stranger.kill();
    }
  });
});

describe('a long path', () => {
  it('gets a socket elsewhere, which goes with the run', async () => {
    const deep = `${folder}/${'a-rather-long-name/'.repeat(8)}`;
    await mkdir(deep, { recursive: true });
    const postgres = await openEmbeddedPostgres(deep.slice(0, -1), () => {});
    const { target } = postgres;
    if (!('socketFolder' in target)) throw new Error('an embedded database has a socket');
    expect(target.socketFolder.startsWith(folder)).toBe(false);
    const session = openSession(target);
    expect(await session.sql`SELECT 1 AS one`).toMatchObject([{ one: 1 }]);
    await session.close();
    await postgres.close();
    expect(existsSync(target.socketFolder)).toBe(false);
  });
});
