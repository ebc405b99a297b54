// gatelight serve: the site's server, with the pages. With --demo it makes a whole station to try it with.

import { once } from 'node:events';
import { join, relative, resolve } from 'node:path';
import { FolderInUse } from '../server/data-folder.ts';
import { prepareDemo } from '../server/demo/prepare-demo.ts';
import type { JoinLink } from '../server/managers/people.ts';
import { prepareSite } from '../server/prepare-site.ts';
import { findProgramRoot } from '../server/program-root.ts';
import { createServerLog } from '../server/request-log.ts';
import { type ServerOptions, startServer } from '../server/start-server.ts';
import { parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { choosePlace, PLACE_OPTIONS, PLACE_USAGE, type ServePlace } from './serve-place.ts';
import { passphrasesFrom } from './trust-asking.ts';

const USAGE = `gatelight serve [--demo] [--data DIR] [--port N] [--trust DIR --keys DIR [--settings FILE] [--lists DIR]]

Serves the scanner, the console and the interface for tablets, on this machine alone unless told otherwise, and keeps the
log in an embedded PostgreSQL in the data folder. DATABASE_URL in the environment names another PostgreSQL to use instead.

  --demo           a station to try it with: keys, trust, an issuer and sample passes, made in the data folder
  --data DIR       the data folder (./data)
${PLACE_USAGE}
  --trust DIR      holds published/, as gatelight trust publishes it. Where the online key lies in DIR/keys too, the
                   timestamp is signed anew within every hour; elsewhere this server only hands it out
  --keys DIR       holds receipt.json, settings.json and time.json: the keys that servers.json names for this site
  --settings FILE  the site's settings to be signed (DATA/settings.json); looked at again when they change
  --lists DIR      where issuers on this machine publish status lists (ISSUER/LIST.cwt); a list that is not there is
                   fetched from the address in issuers.json
  --passphrase-file FILE
                   the online key's passphrase; or GATELIGHT_PASSPHRASE, or it is asked for

Standard output gets the addresses, standard error a JSON line for each request, and a sentence for whatever needs a
person. SIGINT or SIGTERM stops in order.

Exit: 0 stopped, 1 could not start, 2 wrong arguments`;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run the site’s server with the pages: serve --demo',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, {
      demo: { type: 'boolean', default: false },
      data: { type: 'string', default: 'data' },
      ...PLACE_OPTIONS,
      trust: { type: 'string' },
      keys: { type: 'string' },
      settings: { type: 'string' },
      lists: { type: 'string' },
      'passphrase-file': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    if (positionals.length > 0) throw new UsageError(`serve takes no "${positionals.join(' ')}"`);
    const place = choosePlace(values, (line) => io.err(line));
    const { demo: isDemo, data } = values;
    return serve({ isDemo, data, ...place, prepare: choosePreparation(values, io) }, io);
  },
};

interface ServeOptions extends Pick<ServerOptions, 'prepare'>, ServePlace {
  readonly isDemo: boolean;
  readonly data: string;
}

async function serve(options: ServeOptions, io: CommandIo): Promise<number> {
  const { isDemo, data, place, publicOrigin, prepare } = options;
  const { stop } = io;
  const { pagesFolder, version } = findProgramRoot();
  const databaseUrl = io.env.DATABASE_URL;
  try {
    const server = await startServer({
      dataDir: resolve(data),
      database: databaseUrl === undefined || databaseUrl === '' ? 'embedded' : { url: databaseUrl },
      place,
      publicOrigin,
      pagesFolder,
      version,
      prepare,
      log: createServerLog((line) => io.err(line), Date.now),
      say: (line) => io.err(line),
      nowMs: Date.now,
    });
    io.out(addressLines(server.origin, isDemo, server.firstOwner));
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

interface SiteOptions {
  readonly demo: boolean;
  readonly trust?: string | undefined;
  readonly keys?: string | undefined;
  readonly settings?: string | undefined;
  readonly lists?: string | undefined;
  readonly 'passphrase-file'?: string | undefined;
}

function choosePreparation(options: SiteOptions, io: CommandIo): ServerOptions['prepare'] {
  const { demo, trust, keys, settings, lists } = options;
  const passphraseFile = options['passphrase-file'];
  if (demo) {
    if ([trust, keys, settings, lists, passphraseFile].some((value) => value !== undefined))
      throw new UsageError('--demo makes its own trust, keys, settings and lists');
    return prepareDemoParts;
  }
  if (trust === undefined || keys === undefined)
    throw new UsageError('say --demo, or give both --trust DIR and --keys DIR');
  const ask = passphrasesFrom(passphraseFile, io);
  return (dataDir) =>
    prepareSite({
      dataDir,
      trustDir: trust,
      keysDir: keys,
      settingsFile: settings ?? join(dataDir, 'settings.json'),
      listsDir: lists ?? null,
      askPassphrase: (holder) => ask(holder, { isNew: false }),
    });
}

function prepareDemoParts(dataDir: string) {
  const { folder, pagesFolder } = findProgramRoot();
  const program = `node ${relative(process.cwd(), join(folder, 'dist/node/gatelight.js'))}`;
  return prepareDemo(dataDir, { nowSeconds: () => Math.floor(Date.now() / 1000), pagesFolder, program });
}

function addressLines(origin: string, isDemo: boolean, firstOwner: JoinLink | null): string {
  return [
    `  scanner        ${origin}/`,
    `  console        ${origin}${isDemo ? '/demo' : ''}/console/`,
    ...(isDemo ? [`  sample passes  ${origin}/demo/`] : []),
    ...(firstOwner === null ? [] : [`  first owner    ${firstOwner.link}  (once, within 24 hours)`]),
  ].join('\n');
}
