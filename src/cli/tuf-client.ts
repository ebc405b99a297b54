// gatelight tuf-client: the tablet's TUF client, on a folder and over HTTP, with the command line that the suite of
// theupdateframework/tuf-conformance speaks to (its CLIENT-CLI.md).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../core/result.ts';
import { chooseEngine } from '../core/signature/engine.ts';
import { ed25519Keys } from '../core/trust/tuf/ed25519-keys.ts';
import { fetchTarget, isTarget } from '../core/trust/tuf/fetch-target.ts';
import type { TufClient } from '../core/trust/tuf/ports.ts';
import { refreshMetadata } from '../core/trust/tuf/refresh-metadata.ts';
import { refusalText, type TufRefusal } from '../core/trust/tuf/refusal.ts';
import { pinRoot } from '../core/trust/tuf/update-root.ts';
import { readIfThere, writeWhole } from '../server/whole-file.ts';
import { parseOptions } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { openFolderStore } from './tuf-folder-store.ts';
import { openHttpFetch } from './tuf-http-fetch.ts';
import { withP256Keys } from './tuf-p256-keys.ts';

const USAGE = `gatelight tuf-client --metadata-dir DIR [options] init TRUSTED_ROOT | refresh | download

A client of The Update Framework, the same that keeps a tablet's trust: four roles, Ed25519, no delegations.

  init TRUSTED_ROOT       begin with this root.json; asks nobody
  refresh                 bring root, timestamp, snapshot and targets up to date
  download                refresh, then fetch one file, unless it is there already

  --metadata-dir DIR      where verified metadata is kept
  --metadata-url URL      the repository's metadata
  --target-name NAME      the file to download, as targets.json names it
  --target-base-url URL   the repository's files
  --target-dir DIR        where it is kept, its name percent-encoded
  --p256                  also believe keys of kind ecdsa-sha2-nistp256

Exit: 0 done, 1 refused or out of reach; standard error says which file and why. 2 wrong arguments`;

export const tufClientCommand: Command = {
  name: 'tuf-client',
  summary: 'a client of The Update Framework, as a tablet has it: init, refresh, download',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, OPTIONS);
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    const [deed = '', ...rest] = positionals;
    const run = Object.hasOwn(DEEDS, deed) ? DEEDS[deed] : undefined;
    if (run === undefined) throw new UsageError(`say init, refresh or download, not "${deed}"`);
    const done = await run(values, rest);
    if (!done.ok) io.err(`gatelight tuf-client: ${refusalText(done.error)}`);
    return done.ok ? 0 : 1;
  },
};

const OPTIONS = {
  'metadata-dir': { type: 'string' },
  'metadata-url': { type: 'string' },
  'target-name': { type: 'string' },
  'target-base-url': { type: 'string' },
  'target-dir': { type: 'string' },
  p256: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];
type Deed = (values: Values, rest: readonly string[]) => Promise<Result<unknown, TufRefusal>>;

const DEEDS: Readonly<Record<string, Deed>> = {
  async init(values, [path, ...rest]) {
    if (path === undefined) throw new UsageError('init needs the file of the trusted root');
    refuseMore(rest);
    const local = await openLocal(values);
    return pinRoot(local, new Uint8Array(await readFile(path)));
  },
  async refresh(values, rest) {
    refuseMore(rest);
    const fetch = openHttpFetch({ metadataUrl: need(values, 'metadata-url'), targetsUrl: null });
    return refreshMetadata({ ...(await openLocal(values)), fetch }, nowSeconds());
  },
  async download(values, rest) {
    refuseMore(rest);
    const fetch = openHttpFetch({
      metadataUrl: need(values, 'metadata-url'),
      targetsUrl: need(values, 'target-base-url'),
    });
    const [name, folder] = [need(values, 'target-name'), need(values, 'target-dir')];
    return downloadTarget({ ...(await openLocal(values)), fetch }, name, folder);
  },
};

function need(values: Values, name: Exclude<keyof Values, 'p256' | 'help'>): string {
  const value = values[name];
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

function refuseMore(rest: readonly string[]): void {
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is too much`);
}

async function openLocal(values: Values): Promise<Omit<TufClient, 'fetch'>> {
  const store = openFolderStore(need(values, 'metadata-dir'));
  const ed25519 = ed25519Keys(await chooseEngine());
  return { store, keys: values.p256 ? withP256Keys(ed25519) : ed25519 };
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Asks for the file only if the one in the folder is another. */
async function downloadTarget(
  client: TufClient,
  name: string,
  folder: string,
): Promise<Result<null, TufRefusal>> {
  const metadata = await refreshMetadata(client, nowSeconds());
  if (!metadata.ok) return metadata;
  const path = join(folder, encodeURIComponent(name));
  const file = metadata.value.targets.signed.filesByName.get(name);
  const before = file === undefined ? null : await readIfThere(path);
  if (file !== undefined && before !== null && (await isTarget(before, file))) return ok(null);
  const fetched = await fetchTarget(client.fetch, metadata.value, name);
  if (!fetched.ok) return fetched;
  await writeWhole(path, fetched.value);
  return ok(null);
}
