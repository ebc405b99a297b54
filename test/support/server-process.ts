// The built server as a process of its own, on a data folder and a port of its own, as a user would start it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DayReport } from '../../src/core/log/day-report.ts';

const ROOT = join(import.meta.dirname, '../..');
export const PROGRAM = join(ROOT, 'dist/node/gatelight.js');
const START_LIMIT_MS = 60_000;

export interface ServerProcess {
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** The day as the manager sees it. */
  report(): Promise<DayReport>;
  /** Every scan that the server has counted today. */
  countScans(): Promise<number>;
  samples(): Promise<readonly SamplePass[]>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
}

export interface SamplePass {
  readonly id: string;
  readonly text: string;
  readonly expectedVerdict: string;
  readonly expectedReason: string;
}

/** Open to all, so that the database can live in it even where the tests run as root. */
export async function newDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatelight-data-'));
  await chmod(dataDir, 0o755);
  return dataDir;
}

export const dropDataDir = (dataDir: string): Promise<void> => rm(dataDir, { recursive: true, force: true });

export async function startServerProcess(
  dataDir: string,
  port = 0,
  { aheadSeconds = 0 }: { readonly aheadSeconds?: number } = {},
): Promise<ServerProcess> {
  const clock = aheadSeconds === 0 ? [] : ['--import', clockAhead(aheadSeconds)];
  const args = [...clock, PROGRAM, 'serve', '--demo', '--data', dataDir, '--port', String(port)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const origin = await firstAddress(child, said);
  const getJson = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${origin}${path}`, { headers: await ownerHeaders(dataDir) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const report = () => getJson<DayReport>('/api/sites/lindenhof/days/today');
  return {
    origin,
    port: Number(new URL(origin).port),
    dataDir,
    child,
    report,
    countScans: async () => (await report()).hours.reduce((sum, { count }) => sum + count, 0),
    samples: () => getJson<SamplePass[]>('/api/demo/passes'),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Of a request by the operator's door of the server that runs on that folder. */
export async function ownerHeaders(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const { token } = JSON.parse(await readFile(join(dataDir, 'operator.json'), 'utf8')) as { token: string };
  return { Authorization: `Bearer ${token}` };
}

/** A module that winds the process's clock. */
const clockAhead = (seconds: number): string =>
  `data:text/javascript,${encodeURIComponent(
    `const Real = Date; globalThis.Date = class extends Real {
      constructor(...parts) { parts.length === 0 ? super(Real.now() + ${seconds * 1000}) : super(...parts); }
      static now() { return Real.now() + ${seconds * 1000}; }
    };`,
  )}`;

async function firstAddress(child: ChildProcess, said: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string) => reject(new Error(`the server did not start: ${why}\n${said.join('')}`));
    const limit = setTimeout(() => fail('no address in time'), START_LIMIT_MS);
    child.once('exit', (code) => fail(`exit ${code}`));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /http:\/\/localhost:\d+/.exec(text);
      if (found === null) return;
      clearTimeout(limit);
      resolve(found[0]);
    });
  });
}
