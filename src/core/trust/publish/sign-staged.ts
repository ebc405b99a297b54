// Puts one person's signature on everything staged that asks for it.

import { isSameBytes } from '../../bytes/bytes.ts';
import type { Signer } from '../../signature/signer.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { addSignature } from './add-signature.ts';
import type { RepositoryFolder } from './folder.ts';
import { heldKeysOf } from './key-holders.ts';
import type { Published } from './read-published.ts';
import { type Staged, type StagedRole, writeStagedRole } from './staged.ts';
import { rulesFor } from './tally-signatures.ts';

/** The roles that were signed; none when the key signs nothing of it. */
export async function signStaged(
  folder: RepositoryFolder,
  published: Published | null,
  staged: Staged,
  signer: Signer,
): Promise<readonly StagedRole[]> {
  const files = new Map<StagedRole, Metadata<StagedRole>>();
  for (const [file, root] of rulesFor(published, staged)) {
    const isAsked = heldKeysOf(root, file.role).some(({ publicKey }) =>
      isSameBytes(publicKey, signer.publicKey),
    );
    if (isAsked) files.set(file.role, file);
  }
  for (const [role, file] of files) await writeStagedRole(folder, role, await addSignature(file, signer));
  return [...files.keys()];
}
