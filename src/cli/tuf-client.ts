// gatelight tuf-client: the tablet's TUF client, on a folder and over HTTP, with the command line that the suite of
// theupdateframework/tuf-conformance speaks to (its CLIENT-CLI.md).

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../core/result.ts';
import { chooseEngine } from '../core/signature/engine.ts';
import { ed25519Keys } from '../core/trust/tuf/ed25519-keys.ts';
import { fetchTarget, isTarget } from '../core/trust/tuf/fetch-target.ts';
import type { TufClient } from '../core/trust/tuf/ports.ts';
import { refreshMetadata } from '../core/trust/tuf/refresh-metadata.ts';
import { refusalText, type TufRefusal } from '../core/trust/tuf/refusal.ts';
import { pinRoot } from '../core/trust/tuf/update-root.ts';
import { parseOptions } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { openFolderStore, readIfThere, replaceFile } from './tuf-folder-store.ts';
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
    const { values, positionals } = parseOptions(args, {
      'metadata-dir': { type: 'string' },
      'metadata-url': { type: 'string' },
      'target-name': { type: 'string' },
      'target-base-url': { type: 'string' },
      'target-dir': { type: 'string' },
      p256: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    const need = (name: Exclude<keyof typeof values, 'p256' | 'help'>) => {
      const value = values[name];
      if (value === undefined) throw new UsageError(`${positionals[0] ?? 'it'} needs --${name}`);
      return value;
    };
    const [deed, rootPath, ...others] = positionals;
    if (others.length > 0 || (deed !== 'init' && rootPath !== undefined))
      throw new UsageError(`too many words: "${positionals.join(' ')}"`);
    const ed25519 = ed25519Keys(await chooseEngine());
    const local = {
      store: openFolderStore(need('metadata-dir')),
      keys: values.p256 ? withP256Keys(ed25519) : ed25519,
    };
    const openClient = (targetsUrl: string | null): TufClient => ({
      ...local,
      fetch: openHttpFetch({ metadataUrl: need('metadata-url'), targetsUrl }),
    });
    let done: Result<unknown, TufRefusal>;
    if (deed === 'init') {
      if (rootPath === undefined) throw new UsageError('init needs the file of the trusted root');
      done = await pinRoot(local, new Uint8Array(await readFile(rootPath)));
    } else if (deed === 'refresh') {
      done = await refreshMetadata(openClient(null), nowSeconds());
    } else if (deed === 'download') {
      const client = openClient(need('target-base-url'));
      done = await downloadTarget(client, need('target-name'), need('target-dir'));
    } else
      throw new UsageError(`say init, refresh or download${deed === undefined ? '' : `, not "${deed}"`}`);
    if (!done.ok) io.err(`gatelight tuf-client: ${refusalText(done.error)}`);
    return done.ok ? 0 : 1;
  },
};

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

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
  await mkdir(folder, { recursive: true });
  await replaceFile(path, fetched.value);
  return ok(null);
}
