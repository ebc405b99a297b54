// The demo's keys: made once, kept in `keys/` of the data folder. A damaged key stops the start; it is never replaced,
// because every tablet that pinned the old root would refuse the new one.

import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer } from '../../core/signature/signer.ts';
import { drawSeed, encodeKeyFile, readKeyFile, writePrivateFile } from '../key-file.ts';

export interface DemoKeys {
  /** Signs the trust document; tablets pin it at first load. */
  readonly root: Signer;
  readonly issuer: Signer;
  /** Signs passes like the issuer, and stands in no trust document. */
  readonly stranger: Signer;
  readonly receipt: Signer;
}

export async function openDemoKeys(dataDir: string): Promise<DemoKeys> {
  const folder = join(dataDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return {
    root: await openKey(join(folder, 'root.json')),
    issuer: await openKey(join(folder, 'issuer.json')),
    stranger: await openKey(join(folder, 'stranger.json')),
    receipt: await openKey(join(folder, 'receipt.json')),
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
