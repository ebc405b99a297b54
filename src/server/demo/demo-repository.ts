// The demo's trust repository in `trust/`, a folder as the trust command has it: published at the first start, and
// renewed before anything ends, so that a demo left alone stays green. What people change in it stays as they made it.

import { join } from 'node:path';
import type { Bytes } from '../../core/bytes/bytes.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import { heldKeysOf } from '../../core/trust/publish/key-holders.ts';
import { publishStaged } from '../../core/trust/publish/publish-staged.ts';
import { type Published, readPublished } from '../../core/trust/publish/read-published.ts';
import { ROLE_TERMS } from '../../core/trust/publish/role-terms.ts';
import { signStaged } from '../../core/trust/publish/sign-staged.ts';
import { currentKeys, type Stage, stageFiles, stageRoot } from '../../core/trust/publish/stage-change.ts';
import { filesToEdit, readStaged } from '../../core/trust/publish/staged.ts';
import type { KeyEngine } from '../../core/trust/tuf/ports.ts';
import { refusalText } from '../../core/trust/tuf/refusal.ts';
import { openFileFolder } from '../file-folder.ts';
import { OFFLINE_HOLDERS, ONLINE_HOLDER, openHolder, openOrMakeHolder } from './demo-holders.ts';
import { createMemoryFolder } from './memory-folder.ts';

export interface DemoRepository {
  readonly folder: RepositoryFolder;
  /** The published folder's path. */
  readonly path: string;
  readonly online: Signer;
  /** Publishes anew whatever is past the middle of its life. */
  renew(): Promise<void>;
}

export interface DemoRepositoryOptions {
  readonly dir: string;
  /** Every target's file, for the first publication. */
  readonly firstTargets: ReadonlyMap<string, Bytes>;
  readonly keys: KeyEngine;
  readonly nowSeconds: () => number;
}

export async function openDemoRepository(options: DemoRepositoryOptions): Promise<DemoRepository> {
  const { dir, firstTargets, keys, nowSeconds } = options;
  const path = join(dir, 'published');
  const keysDir = join(dir, 'keys');
  const folder = openFileFolder(path);

  const read = async (): Promise<Published | null> => {
    const published = await readPublished(folder, keys);
    if (published.ok) return published.value;
    throw new Error(`${path} cannot be used: ${refusalText(published.error)}`);
  };
  /** Stages in memory, signs, and publishes: what lies in staged/ belongs to whoever put it there. */
  const publish = async (
    published: Published | null,
    offline: readonly Signer[],
    online: Signer,
    stageAll: (stage: Stage) => Promise<void>,
  ): Promise<void> => {
    const stagedFolder = createMemoryFolder();
    await stageAll({ folder: stagedFolder, published, staged: null, nowSeconds: nowSeconds() });
    const readBack = async () => {
      const staged = await readStaged(stagedFolder);
      if (!staged.ok || staged.value === null) throw new Error('what was staged cannot be read back');
      return staged.value;
    };
    for (const signer of offline) await signStaged(stagedFolder, published, await readBack(), signer);
    const staged = await readBack();
    const done = await publishStaged({
      publishedFolder: folder,
      stagedFolder,
      published,
      staged,
      online,
      keys,
      nowSeconds,
    });
    if (!done.ok) throw new Error(`the demo's trust was not published: ${JSON.stringify(done.error)}`);
  };

  const begin = async (): Promise<Signer> => {
    const holders = [...OFFLINE_HOLDERS, ONLINE_HOLDER];
    const opened = await Promise.all(holders.map((holder) => openOrMakeHolder(keysDir, holder)));
    const offline = opened.slice(0, OFFLINE_HOLDERS.length);
    const online = opened.slice(OFFLINE_HOLDERS.length);
    const [server] = online;
    if (server === undefined) throw new Error('the demo has an online key');
    const signing = offline.slice(0, ROLE_TERMS.root.threshold).map(({ signer }) => signer);
    await publish(null, signing, server.signer, async (stage) => {
      await stageRoot(stage, { offline, online });
      await stageFiles(stage, firstTargets);
    });
    return server.signer;
  };

  const published = await read();
  const online = published === null ? await begin() : await openOnline(published, keysDir);
  const renew = async (): Promise<void> => {
    const now = await read();
    const due = now === null ? null : dueRoles(now, nowSeconds());
    if (now === null || due === null) return;
    const current = currentKeys(now, null);
    if (current === null) throw new Error('a root that was published names its keys');
    const files = filesToEdit(now, null);
    await publish(now, await openSigners(now, keysDir), online, async (stage) => {
      if (due.root) await stageRoot(stage, current);
      if (due.content) await stageFiles(stage, files.size === 0 ? firstTargets : files);
    });
  };
  return { folder, path, online, renew };
}

/** Null where nothing is past the middle of its life. A publication that was broken off is due. */
function dueRoles({ root, set }: Published, nowSeconds: number) {
  const isPastMiddle = (expiresAt: number, role: keyof typeof ROLE_TERMS) =>
    expiresAt - nowSeconds < ROLE_TERMS[role].lifetimeSeconds / 2;
  const due = {
    root: isPastMiddle(root.signed.expiresAt, 'root'),
    content:
      set === null ||
      isPastMiddle(set.targets.signed.expiresAt, 'targets') ||
      isPastMiddle(set.snapshot.signed.expiresAt, 'snapshot'),
  };
  return due.root || due.content ? due : null;
}

async function openOnline({ root }: Published, keysDir: string): Promise<Signer> {
  for (const key of heldKeysOf(root, 'timestamp')) {
    const opened = await openHolder(keysDir, key);
    if (opened !== null) return opened.signer;
  }
  const files = heldKeysOf(root, 'timestamp').map(({ holder }) => join(keysDir, `${holder}.json`));
  throw new Error(
    `${files.join(' or ')} is not the key that signs timestamps, or does not open with the passphrase "demo". Put the right file back, or move the data folder away to begin anew.`,
  );
}

/** As many as it takes, whoever they are by now. */
async function openSigners({ root }: Published, keysDir: string): Promise<readonly Signer[]> {
  const { threshold } = root.signed.rolesByName.targets;
  const signers: Signer[] = [];
  for (const key of heldKeysOf(root, 'targets')) {
    const opened = signers.length < threshold ? await openHolder(keysDir, key) : null;
    if (opened !== null) signers.push(opened.signer);
  }
  if (signers.length >= threshold) return signers;
  throw new Error(
    `the demo's trust ends soon, and ${keysDir} opens only ${signers.length} of the ${threshold} keys that sign it`,
  );
}
