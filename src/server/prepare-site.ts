// A site in service: its trust as `gatelight trust` published it, its keys, its settings, and where its lists come from.

import { basename, dirname, join, resolve } from 'node:path';
import { chooseEngine } from '../core/signature/engine.ts';
import type { Signer } from '../core/signature/signer.ts';
import type { RepositoryFolder } from '../core/trust/publish/folder.ts';
import { heldKeysOf } from '../core/trust/publish/key-holders.ts';
import { readRoots } from '../core/trust/publish/read-published.ts';
import { ed25519Keys } from '../core/trust/tuf/ed25519-keys.ts';
import { refusalText } from '../core/trust/tuf/refusal.ts';
import { openFileFolder } from './file-folder.ts';
import { readKeyFile } from './key-file.ts';
import type { ServerParts } from './start-server.ts';
import { findHolder, openTrustKeyFile } from './trust-key-file.ts';

export interface SiteFiles {
  readonly dataDir: string;
  /** Holds published/, and keys/ where the online key lies here. */
  readonly trustDir: string;
  /** Holds receipt.json, settings.json and time.json. */
  readonly keysDir: string;
  readonly settingsFile: string;
  /** Where issuers publish on this machine; null: every list is fetched from its issuer. */
  readonly listsDir: string | null;
  /** Of the online key. */
  askPassphrase(holder: string): Promise<string>;
}

/** Where the lists that were handed out are kept, in the data folder. */
export const KEPT_LISTS_FOLDER = 'lists-fetched';

/** Throws a sentence for keys that cannot be used. */
export async function prepareSite(files: SiteFiles): Promise<ServerParts> {
  const { dataDir, trustDir, keysDir, listsDir } = files;
  const settingsFile = resolve(files.settingsFile);
  const name = resolve(trustDir, 'published');
  const folder = openFileFolder(name);
  const settingsFolder = openFileFolder(dirname(settingsFile));
  const [receipt, settings, time] = await Promise.all(
    (['receipt', 'settings', 'time'] as const).map((key) => openKey(resolve(keysDir, `${key}.json`))),
  );
  if (receipt === undefined || settings === undefined || time === undefined)
    throw new Error('three keys were opened');
  return {
    trust: {
      repository: { folder, name, online: await openOnlineKey(folder, files) },
      settings: {
        readEdited: () => settingsFolder.read(basename(settingsFile)),
        writeEdited: (bytes) => settingsFolder.write(basename(settingsFile), bytes),
        editedName: settingsFile,
        folder: openFileFolder(dataDir),
      },
      lists: {
        published: listsDir === null ? null : openFileFolder(listsDir),
        kept: openFileFolder(join(dataDir, KEPT_LISTS_FOLDER)),
      },
      signers: { receipt, settings, time },
    },
    demoRoutes: null,
    isEnrolmentOpen: false,
  };
}

async function openKey(path: string): Promise<Signer> {
  const key = await readKeyFile(path);
  if (key.ok) return key.value;
  throw new Error(`${path} cannot be used (${key.error})`);
}

/** Null where no key lies here that the newest root names for the timestamp: this server only serves then. */
async function openOnlineKey(
  folder: RepositoryFolder,
  { trustDir, askPassphrase }: SiteFiles,
): Promise<Signer | null> {
  const keysDir = resolve(trustDir, 'keys');
  const roots = await readRoots(folder, await folder.list(), ed25519Keys(await chooseEngine()));
  if (!roots.ok) throw new Error(`${resolve(trustDir, 'published')}: ${refusalText(roots.error)}`);
  const root = roots.value.at(-1);
  const wanted = root === undefined ? [] : heldKeysOf(root, 'timestamp');
  const holder = await findHolder(keysDir, wanted);
  if (holder === null) return null;
  const signer = await openTrustKeyFile(keysDir, holder, askPassphrase);
  if (!signer.ok) throw new Error(signer.error);
  return signer.value;
}
