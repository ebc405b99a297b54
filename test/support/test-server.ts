// The real server in this process, on a free port, with a database of its own.

import { rm } from 'node:fs/promises';
import type { Hono } from 'hono';
import type { PublicOrigin } from '../../src/core/identity/public-origin.ts';
import { LOOPBACK } from '../../src/server/listen.ts';
import { findProgramRoot } from '../../src/server/program-root.ts';
import type { ServerEvent } from '../../src/server/request-log.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';
import { openSession, type SqlTarget } from '../../src/server/storage/sql.ts';
import type { TlsFiles } from '../../src/server/tls-files.ts';
import { ownerHeaders } from './server-process.ts';
import { createTestDatabase, makeTestFolder } from './test-database.ts';
import type { TestStation } from './test-station.ts';

export interface TestServerOptions {
  /** Given: the server keeps its own embedded database there. Missing: a fresh database in the cluster all tests share. */
  readonly dataDir?: string;
  /** 0, or missing: any free one. */
  readonly port?: number;
  readonly station: TestStation;
  readonly pagesFolder?: string;
  readonly demoRoutes?: Hono;
  readonly isEnrolmentOpen?: boolean;
  readonly nowMs?: () => number;
  /** Beyond plain HTTP at this machine's own name. */
  readonly publicOrigin?: PublicOrigin;
  readonly tls?: TlsFiles;
}

export interface TestServer {
  /** http://127.0.0.1:PORT, the same over restarts. */
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  /** What the server logged, all restarts together. */
  readonly events: readonly ServerEvent[];
  /** What it told its operator. */
  readonly said: readonly string[];
  /** Of the embedded database of this server; null for a shared one. */
  databasePid(): number | null;
  /** Rows of `scan` as 'device epoch seq', sorted; the same one twice would be there twice. */
  storedScans(): Promise<readonly string[]>;
  /** Asks as the operator, who is an owner. */
  askAsOwner(path: string, init?: RequestInit): Promise<Response>;
  query(text: string): Promise<readonly Record<string, unknown>[]>;
  /** Stops the server, and the database if it is its own. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  /** Ends everything, and removes what was made for it. */
  close(): Promise<void>;
}

export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const { station } = options;
  const dataDir = options.dataDir ?? (await makeTestFolder());
  const shared: SqlTarget | null = options.dataDir === undefined ? await createTestDatabase() : null;
  const events: ServerEvent[] = [];
  const said: string[] = [];

  const start = (port: number): Promise<RunningServer> =>
    startServer({
      dataDir,
      database: shared ?? 'embedded',
      place: { host: LOOPBACK, port, mayMove: true, tls: options.tls ?? null },
      publicOrigin: options.publicOrigin ?? null,
      pagesFolder: options.pagesFolder ?? findProgramRoot().pagesFolder,
      version: findProgramRoot().version,
      prepare: async () => ({
        trust: station.parts,
        demoRoutes: options.demoRoutes ?? null,
        isEnrolmentOpen: options.isEnrolmentOpen ?? false,
      }),
      log: (event) => void events.push(event),
      say: (line) => void said.push(line),
      nowMs: options.nowMs ?? Date.now,
    });

  let running: RunningServer | null = await start(options.port ?? 0);
  const { port } = running;

  const stop = async () => {
    const stopping = running;
    running = null;
    await stopping?.stop();
  };
  const query = async (text: string) => {
    const target = shared ?? running?.embedded?.target;
    if (target === undefined) throw new Error('the database is stopped');
    const session = openSession(target);
    try {
      return await session.sql.unsafe(text);
    } finally {
      await session.close();
    }
  };

  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    events,
    said,
    databasePid: () => running?.embedded?.pid() ?? null,
    storedScans: async () => {
      const rows = await query(
        "SELECT device_id || ' ' || epoch || ' ' || seq AS name FROM scan ORDER BY device_id, epoch, seq",
      );
      return rows.map(({ name }) => String(name));
    },
    askAsOwner: async (path, init = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), ...(await ownerHeaders(dataDir)) },
      }),
    query,
    stop,
    async startAgain() {
      if (running !== null) throw new Error('the server runs');
      running = await start(port);
    },
    async close() {
      await stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
