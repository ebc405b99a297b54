// A client over a repository in memory, with its root already pinned.

import { chooseEngine } from '../../src/core/signature/engine.ts';
import { ed25519Keys } from '../../src/core/trust/tuf/ed25519-keys.ts';
import type { TufClient } from '../../src/core/trust/tuf/ports.ts';
import { refreshMetadata } from '../../src/core/trust/tuf/refresh-metadata.ts';
import { pinRoot } from '../../src/core/trust/tuf/update-root.ts';
import { TufMemoryStore } from './tuf-memory-store.ts';
import { TUF_NOW_SECONDS, type TufRepository } from './tuf-repository.ts';

export interface TestClient extends TufClient {
  readonly store: TufMemoryStore;
}

export async function openTestClient(repository: TufRepository): Promise<TestClient> {
  const client = {
    fetch: repository.fetch,
    store: new TufMemoryStore(),
    keys: ed25519Keys(await chooseEngine()),
  };
  const pinned = await pinRoot(client, repository.metadata('1.root.json'));
  if (!pinned.ok) throw new Error(`the first root was refused: ${pinned.error.code}`);
  return client;
}

/** 'ok', or what was refused and why: 'snapshot.json: rollback'. */
export async function refreshOutcome(client: TufClient, nowSeconds = TUF_NOW_SECONDS): Promise<string> {
  const refreshed = await refreshMetadata(client, nowSeconds);
  return refreshed.ok ? 'ok' : `${refreshed.error.file}: ${refreshed.error.code}`;
}

/** What the client trusts: versions by role. */
export function heldVersions({ store }: TestClient): Record<string, number> {
  const versions: Record<string, number> = {};
  for (const role of ['root', 'timestamp', 'snapshot', 'targets'] as const) {
    const bytes = store.held.get(role);
    if (bytes !== undefined) versions[role] = JSON.parse(new TextDecoder().decode(bytes)).signed.version;
  }
  return versions;
}
