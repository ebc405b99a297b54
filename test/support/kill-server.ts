// The built server with its own database, made to be killed: each of the two alone or both at once, and started again on
// the same data.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareClusterPlace } from '../../src/server/database/cluster-place.ts';
import { isPostmasterOf, readPidFile } from '../../src/server/database/pid-file.ts';
import { DATABASE_USER } from '../../src/server/database/postmaster.ts';
import { chooseRunAs } from '../../src/server/database/run-as.ts';
import { openSession, type SqlSession } from '../../src/server/storage/sql.ts';
import { descendantsOf, killAll, listProcesses } from './kill-processes.ts';
import { dropDataDir, newDataDir, PROGRAM } from './server-process.ts';

/** 'starting': both, and once more before the next run had answered. */
export type KillKind = 'both' | 'server' | 'database' | 'starting';

export interface KillableServer {
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  /** Kills, starts again what the kill ended, and gives the ms until health was good: from spawn, or from the kill where the server lived. */
  killAndRestart(kind: KillKind, earlyMs: number): Promise<number>;
  openSession(): SqlSession;
}

const HEALTH_LIMIT_MS = 60_000;
const SAID_LINES = 20;

interface Run {
  readonly child: ChildProcess;
  readonly said: string[];
  readonly startedAtMs: number;
}

/** `atEnd` is given how to end and remove it all, before anything can go wrong. */
export async function openKillableServer(
  atEnd: (undo: () => Promise<void>) => void,
): Promise<KillableServer> {
  const dataDir = await newDataDir();
  const place = prepareClusterPlace(dataDir, chooseRunAs());
  const postmaster = () => readPidFile(place.cluster);
  let run = spawnServer(dataDir, 0);
  const pidOfServer = () => (run.child.pid === undefined || hasEnded(run) ? [] : [run.child.pid]);
  /** Postmaster and all its processes, also where one is only just being started or has lost its server. */
  const pidsOfDatabase = () => {
    const written = postmaster()?.pid;
    const known = written !== undefined && isPostmasterOf(written, place.cluster) ? [written] : [];
    const all = [...pidOfServer(), ...known];
    const lines = listProcesses();
    return [...known, ...all.flatMap((pid) => descendantsOf(pid, lines))];
  };
  const killBoth = () => killAll([...pidOfServer(), ...pidsOfDatabase()]);

  // Also when this process ends without having said so.
  const killAtExit = () => {
    for (const pid of [...pidOfServer(), ...pidsOfDatabase()]) process.kill(pid, 'SIGKILL');
  };
  process.once('exit', killAtExit);

  let isClosed = false;
  atEnd(async () => {
    isClosed = true;
    run.child.kill('SIGTERM');
    await untilTrue(() => hasEnded(run), null).catch(() => {});
    await killBoth();
    process.off('exit', killAtExit);
    await dropDataDir(dataDir);
    if (existsSync(place.root)) await rm(place.root, { recursive: true, force: true });
  });

  const origin = await addressOf(run);
  const port = Number(new URL(origin).port);
  await goodHealth(origin, run);

  const spawnAgain = () => {
    if (isClosed) throw new Error('the kill run is over');
    run = spawnServer(dataDir, port);
  };
  const start = async () => {
    spawnAgain();
    const heard = await addressOf(run);
    if (heard !== origin) throw new Error(`the server came back at ${heard}, not at ${origin}`);
    await goodHealth(origin, run);
    return performance.now() - run.startedAtMs;
  };

  return {
    origin,
    port,
    dataDir,
    async killAndRestart(kind, earlyMs) {
      if (kind === 'database') {
        const before = postmaster()?.pid;
        const killedAtMs = performance.now();
        await killAll(pidsOfDatabase());
        await untilTrue(() => postmaster()?.isReady === true && postmaster()?.pid !== before, run);
        await goodHealth(origin, run);
        return performance.now() - killedAtMs;
      }
      if (kind === 'server') await killAll(pidOfServer());
      else await killBoth();
      if (kind === 'starting') {
        spawnAgain();
        await sleep(earlyMs);
        await killBoth();
      }
      return start();
    },
    openSession() {
      const socketFolder = postmaster()?.socketFolder;
      if (socketFolder === undefined) throw new Error('the database does not run');
      return openSession({ socketFolder, user: DATABASE_USER, database: 'postgres' });
    },
  };
}

const hasEnded = ({ child }: Run): boolean => child.exitCode !== null || child.signalCode !== null;

function spawnServer(dataDir: string, port: number): Run {
  const { DATABASE_URL: _other, ...env } = process.env;
  const startedAtMs = performance.now();
  const args = [PROGRAM, 'serve', '--demo', '--data', dataDir, '--port', String(port)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said.push(...chunk.toString().trimEnd().split('\n'));
      said.splice(0, said.length - SAID_LINES);
    });
  }
  return { child, said, startedAtMs };
}

async function addressOf(run: Run): Promise<string> {
  const find = () => /scanner +(http:\/\/localhost:\d+)/.exec(run.said.join('\n'))?.[1];
  await untilTrue(() => find() !== undefined, run);
  return find() ?? '';
}

async function goodHealth(origin: string, run: Run): Promise<void> {
  let isGood = false;
  const ask = async () => {
    const answer = await fetch(`${origin}/api/health`, { signal: AbortSignal.timeout(2000) }).catch(
      () => null,
    );
    const health = (await answer?.json().catch(() => null)) as { readonly ok?: unknown } | null;
    isGood = health?.ok === true;
  };
  await untilTrue(async () => {
    await ask();
    return isGood;
  }, run);
}

async function untilTrue(ask: () => boolean | Promise<boolean>, run: Run | null): Promise<void> {
  const giveUpAt = performance.now() + HEALTH_LIMIT_MS;
  while (!(await ask())) {
    const isOver = run !== null && hasEnded(run);
    if (isOver || performance.now() > giveUpAt) {
      const why = isOver ? 'the server ended by itself' : 'nothing came of it in time';
      throw new Error(`${why}:\n${run?.said.join('\n') ?? ''}`);
    }
    await sleep(5);
  }
}
