// The keys that the demo's server and issuer work with: made once, kept in `keys/` of the data folder. A damaged key stops
// the start; it is never replaced, because tablets hold what was signed by the old one.

import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer } from '../../core/signature/signer.ts';
import { drawSeed, encodeKeyFile, readKeyFile, writePrivateFile } from '../key-file.ts';
import type { SiteSigners } from '../trust/site-trust.ts';

export interface DemoKeys extends SiteSigners {
  readonly issuer: Signer;
  /** Signs passes like the issuer, and no published document knows it. */
  readonly stranger: Signer;
  /** Signs the issuer's status lists. */
  readonly status: Signer;
}

export const demoKeyPath = (dataDir: string, name: keyof DemoKeys): string =>
  join(dataDir, 'keys', `${name}.json`);

export async function openDemoKeys(dataDir: string): Promise<DemoKeys> {
  const folder = join(dataDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const open = (name: keyof DemoKeys) => openKey(demoKeyPath(dataDir, name));
  return {
    issuer: await open('issuer'),
    stranger: await open('stranger'),
    status: await open('status'),
    receipt: await open('receipt'),
    settings: await open('settings'),
    time: await open('time'),
  };
}

async function openKey(path: string): Promise<Signer> {
  const found = await readKeyFile(path);
  if (found.ok) return found.value;
  if (found.error !== 'no-key-file') {
    throw new Error(
      `${path} cannot be used (${found.error}). Put the right file back, or move the data folder away to begin anew.`,
    );
  }
  await writePrivateFile(path, await encodeKeyFile(drawSeed()), { isReplacing: false });
  const made = await readKeyFile(path);
  if (!made.ok) throw new Error(`${path} was written and cannot be read back (${made.error})`);
  return made.value;
}
