// gatelight serve: the site's server, with the pages. With --demo it makes a whole station to try it with.

import { once } from 'node:events';
import { resolve } from 'node:path';
import { isSameBytes } from '../core/bytes/bytes.ts';
import { chooseEngine } from '../core/signature/engine.ts';
import { FolderInUse } from '../server/data-folder.ts';
import { prepareDemo } from '../server/demo/prepare-demo.ts';
import { readKeyFile } from '../server/key-file.ts';
import { findProgramRoot } from '../server/program-root.ts';
import { createServerLog } from '../server/request-log.ts';
import { type ServerParts, startServer } from '../server/start-server.ts';
import { createTrustView, trustFile } from '../server/trust-source.ts';
import { parseOptions, wholeNumber } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

const USAGE = `gatelight serve [--demo] [--data DIR] [--port N] [--trust FILE --keys DIR]

Serves the scanner, the console and the interface for tablets on this machine alone (127.0.0.1), and keeps the log in
an embedded PostgreSQL in the data folder. DATABASE_URL in the environment names another PostgreSQL to use instead.

  --demo         a station to try it with: keys, trust and sample passes, made in the data folder
  --data DIR     the data folder (./data)
  --port N       the port (4173); a busy one moves to the next, 0 takes any
  --trust FILE   the signed trust document to hand out; read again when it changes
  --keys DIR     holds receipt.json, the key that signs receipts

Standard output gets the addresses, standard error a JSON line for each request. SIGINT or SIGTERM stops in order.

Exit: 0 stopped, 1 could not start, 2 wrong arguments`;

const DEFAULT_PORT = 4173;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the site’s server with the pages: serve --demo',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, {
      demo: { type: 'boolean', default: false },
      data: { type: 'string', default: 'data' },
      port: { type: 'string', default: String(DEFAULT_PORT) },
      trust: { type: 'string' },
      keys: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    if (positionals.length > 0) throw new UsageError(`serve takes no "${positionals.join(' ')}"`);
    const port = wholeNumber('--port', values.port, 65_535);
    return serve({ ...values, port }, io);
  },
};

interface ServeOptions {
  readonly demo: boolean;
  readonly data: string;
  readonly port: number;
  readonly trust?: string | undefined;
  readonly keys?: string | undefined;
}

async function serve({ demo, data, port, trust, keys }: ServeOptions, io: CommandIo): Promise<number> {
  const prepare = choosePreparation(demo, trust, keys);
  const { stop } = io;
  const { pagesFolder, version } = findProgramRoot();
  const databaseUrl = io.env.DATABASE_URL;
  try {
    const server = await startServer({
      dataDir: resolve(data),
      database: databaseUrl === undefined || databaseUrl === '' ? 'embedded' : { url: databaseUrl },
      port,
      pagesFolder,
      version,
      prepare,
      log: createServerLog((line) => io.err(line), Date.now),
      say: (line) => io.err(line),
      nowMs: Date.now,
    });
    io.out(addressLines(server.origin, demo));
    if (!stop.aborted) await once(stop, 'abort');
    io.err('stopping');
    await server.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    io.err(`gatelight serve: ${error.message}`);
    return 1;
  }
}

function choosePreparation(demo: boolean, trust: string | undefined, keys: string | undefined) {
  if (demo && (trust !== undefined || keys !== undefined))
    throw new UsageError('--demo makes its own trust and keys');
  if (demo) return prepareDemoParts;
  if (trust === undefined || keys === undefined)
    throw new UsageError('say --demo, or give both --trust FILE and --keys DIR');
  return () => prepareFromFiles(trust, keys);
}

async function prepareDemoParts(dataDir: string): Promise<ServerParts> {
  const demo = await prepareDemo(dataDir, { nowSeconds: () => Math.floor(Date.now() / 1000) });
  const { receiptSigner, sampleRoutes, trustText, stop } = demo;
  return { trust: { readText: async () => trustText() }, receiptSigner, moreRoutes: sampleRoutes, stop };
}

async function prepareFromFiles(trustPath: string, keysFolder: string): Promise<ServerParts> {
  const keyPath = resolve(keysFolder, 'receipt.json');
  const key = await readKeyFile(keyPath);
  if (!key.ok) throw new Error(`${keyPath} cannot be used (${key.error})`);
  const source = trustFile(resolve(trustPath));
  const { trust } = await createTrustView(source, await chooseEngine())();
  if (!isSameBytes(trust.receiptKey, key.value.publicKey)) {
    throw new Error(
      `${trustPath} names another receipt key than ${keyPath}: no tablet would believe a receipt`,
    );
  }
  return { trust: source, receiptSigner: key.value, moreRoutes: null, stop: () => {} };
}

function addressLines(origin: string, isDemo: boolean): string {
  const lines = [`  scanner        ${origin}/`, `  console        ${origin}/console/`];
  return [...lines, ...(isDemo ? [`  sample passes  ${origin}/demo/`] : [])].join('\n');
}
