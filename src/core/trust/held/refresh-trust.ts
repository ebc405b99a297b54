// One refresh of everything that judges passes: the repository, the site's settings, the status lists. Each part is put
// to use only after all its checks; what is refused changes nothing, and what is held stays in use and ages.

import { isSameBytes } from '../../bytes/bytes.ts';
import { sha256 } from '../../bytes/sha256.ts';
import { ok, type Result } from '../../result.ts';
import { downloadMetadata } from '../tuf/download.ts';
import { ed25519Keys } from '../tuf/ed25519-keys.ts';
import { issuedAtOf } from '../tuf/held-set.ts';
import { TUF_LIMITS } from '../tuf/limits.ts';
import type { TufClient, TufFetch } from '../tuf/ports.ts';
import { refusalText, type TufCode, type TufRefusal } from '../tuf/refusal.ts';
import { type StartTime, timestampKeysOf } from '../tuf/start-time.ts';
import { pinRoot } from '../tuf/update-root.ts';
import type { HeldTrust } from './held-trust.ts';
import type { TrustClient } from './ports.ts';
import { refreshDocuments } from './refresh-documents.ts';
import { refreshSettings } from './refresh-settings.ts';
import { refuse, type TrustRefusal } from './trust-refusal.ts';

/** What a login page, a foreign server or a cut line is refused with. */
const NOT_OURS: readonly TufCode[] = [
  'unreachable',
  'too-slow',
  'too-large',
  'not-found',
  'not-json',
  'malformed',
];

/** What the same is refused with where the role above tells length and hash. */
const NOT_THE_FILE: readonly TufCode[] = ['wrong-length', 'wrong-hash'];

export interface RefreshedTrust {
  readonly held: HeldTrust;
  /** Why the settings that came were not taken: those that were held stay in use, under the new documents. */
  readonly trouble: TrustRefusal | null;
}

export async function refreshTrust(
  client: TrustClient,
  start: StartTime,
): Promise<Result<RefreshedTrust, TrustRefusal>> {
  const { source, store, engine } = client;
  const repository = listenTo(source.repository);
  const tuf: TufClient = { fetch: repository, store: store.repository, keys: ed25519Keys(engine) };
  const pinned = await pinFirstRoot(client, tuf);
  if (!pinned.ok) return pinned;

  const refreshed = await refreshDocuments(tuf, start);
  if (!refreshed.ok) return refuseRepository(refreshed.error, repository.hasForeignAnswer());
  const { set, documents } = refreshed.value;

  const before = await store.readTrust();
  const settings = await refreshSettings(client, documents, before);
  if (!settings.ok) return settings;
  const held: HeldTrust = {
    version: set.targets.signed.version,
    issuedAt: issuedAtOf(set),
    timestampKeys: timestampKeysOf(set.root),
    documents,
    ...settings.value.settings,
  };
  await store.writeTrust(held);
  return ok({ held, trouble: settings.value.trouble });
}

/** The root to begin with: fetched once, and held to its hash where one is known. */
async function pinFirstRoot(
  { source, store, rootHash }: TrustClient,
  tuf: TufClient,
): Promise<Result<null, TrustRefusal>> {
  if ((await store.repository.read('root')) !== null) return ok(null);
  const root = await downloadMetadata(source.repository, 'root', 1, TUF_LIMITS.rootBytes);
  if (!root.ok) return refuseRepository(root.error);
  if (rootHash !== null && !isSameBytes(await sha256(root.value), rootHash))
    return refuse('other-root', 'the first root is not the one whose hash is known');
  const pinned = await pinRoot(tuf, root.value);
  return pinned.ok ? ok(null) : refuseRepository(pinned.error);
}

function refuseRepository(refusal: TufRefusal, isForeign = false) {
  const isNotOurs = [...NOT_OURS, ...(isForeign ? NOT_THE_FILE : [])].includes(refusal.code);
  return refuse(isNotOurs ? 'unreachable' : 'repository', refusalText(refusal));
}

/** Hears whether something came that is no JSON object, which every file of ours is: a login page, whatever was asked for. */
function listenTo(repository: TufFetch): TufFetch & { hasForeignAnswer(): boolean } {
  let isForeign = false;
  return {
    hasForeignAnswer: () => isForeign,
    async fetch(place, maxBytes) {
      const answer = await repository.fetch(place, maxBytes);
      if (answer.kind === 'bytes' && answer.bytes[0] !== OPENING_BRACE) isForeign = true;
      return answer;
    },
  };
}

const OPENING_BRACE = 0x7b;
