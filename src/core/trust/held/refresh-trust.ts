// One refresh of everything that judges passes: the repository, the site's settings, the status lists. Each part is put
// to use only after all its checks; what is refused changes nothing, and what is held stays in use and ages.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { sha256 } from '../../bytes/sha256.ts';
import { ok, type Result, refused } from '../../result.ts';
import {
  MAX_SETTINGS_BYTES,
  type SETTINGS_REFUSALS,
  type SettingsRefusal,
  type VerifiedSettings,
  verifySettings,
} from '../settings/signed-settings.ts';
import { parseDocuments } from '../targets/parse-documents.ts';
import type { TargetDocuments } from '../targets/targets.ts';
import { downloadMetadata } from '../tuf/download.ts';
import { ed25519Keys } from '../tuf/ed25519-keys.ts';
import { issuedAtOf } from '../tuf/held-set.ts';
import { TUF_LIMITS } from '../tuf/limits.ts';
import type { FetchAnswer, TufClient, TufFetch } from '../tuf/ports.ts';
import { refreshHeld } from '../tuf/refresh-held.ts';
import { refusalText, type TufCode, type TufRefusal } from '../tuf/refusal.ts';
import { type StartTime, timestampKeysOf } from '../tuf/start-time.ts';
import { pinRoot } from '../tuf/update-root.ts';
import type { HeldTrust } from './held-trust.ts';
import type { TrustClient } from './ports.ts';

export const TRUST_REFUSALS = [
  /** Nothing of ours answered: no network, no server, or somebody else's page. */
  'unreachable',
  'other-root',
  'repository',
  'settings',
  'settings-rollback',
  /** A tablet stays at the site whose settings it took first. */
  'settings-other-site',
] as const;

export interface TrustRefusal {
  readonly code: (typeof TRUST_REFUSALS)[number];
  /** One line for the person who looks into it. */
  readonly detail: string;
}

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

  let documents: TargetDocuments | null = null;
  const set = await refreshHeld(tuf, start, (filesByName) => {
    const parsed = parseDocuments(filesByName);
    if (!parsed.ok)
      return { file: parsed.error.file, detail: `${parsed.error.place}: ${parsed.error.reason}` };
    documents = parsed.value;
    return null;
  });
  if (!set.ok) return refuseRepository(set.error, repository.hasForeignAnswer());
  if (documents === null) throw new Error('a set was taken that nobody looked at');

  const before = await store.readTrust();
  const settings = await refreshSettings(client, documents, before);
  if (!settings.ok) return settings;
  const held: HeldTrust = {
    version: set.value.targets.signed.version,
    issuedAt: issuedAtOf(set.value),
    timestampKeys: timestampKeysOf(set.value.root),
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

type Settings = Pick<HeldTrust, 'settings' | 'settingsBytes'>;

interface ChosenSettings {
  readonly settings: Settings;
  readonly trouble: TrustRefusal | null;
}

/** The newest settings that these documents vouch for: those that came, or else those that are held. */
async function refreshSettings(
  { source, engine }: TrustClient,
  { servers }: TargetDocuments,
  before: HeldTrust | null,
): Promise<Result<ChosenSettings, TrustRefusal>> {
  const verify = async (bytes: Bytes): Promise<Result<Settings, SettingsRefusal>> => {
    const verified: Result<VerifiedSettings, SettingsRefusal> = await verifySettings(bytes, servers, engine);
    return verified.ok ? ok({ settings: verified.value.settings, settingsBytes: bytes }) : verified;
  };
  const answer = await source.fetchSettings(MAX_SETTINGS_BYTES);
  const came = answer.kind === 'bytes' ? await verify(answer.bytes) : null;
  const refusal = findSettingsFault(answer, came, before);
  if (came?.ok === true && refusal === null) return ok({ settings: came.value, trouble: null });
  const trouble = refusal ?? NO_SETTINGS;
  const held = before === null ? null : await verify(before.settingsBytes);
  if (held?.ok !== true) return refused(trouble);
  return ok({ settings: held.value, trouble: trouble.code === 'unreachable' ? null : trouble });
}

const NO_SETTINGS: TrustRefusal = { code: 'unreachable', detail: 'settings' };

/** Checks that what came is settings of this tablet's site, and no older than those it holds. */
function findSettingsFault(
  answer: FetchAnswer,
  came: Result<Settings, SettingsRefusal> | null,
  before: HeldTrust | null,
): TrustRefusal | null {
  if (came === null || isForeign(came)) return { code: 'unreachable', detail: `settings: ${answer.kind}` };
  if (!came.ok) return { code: 'settings', detail: `${came.error.code}: ${came.error.detail}` };
  const { site, version } = came.value.settings;
  const own = before?.settings.site.id ?? site.id;
  if (site.id !== own) return { code: 'settings-other-site', detail: `${site.id} instead of ${own}` };
  if (!isOlder(came.value, before)) return null;
  return { code: 'settings-rollback', detail: `version ${version} came after a newer one` };
}

function isOlder({ settings, settingsBytes }: Settings, before: HeldTrust | null): boolean {
  if (before === null) return false;
  if (settings.version !== before.settings.version) return settings.version < before.settings.version;
  return !isSameBytes(settingsBytes, before.settingsBytes) && settings.issuedAt <= before.settings.issuedAt;
}

const isForeign = (came: Result<Settings, SettingsRefusal>): boolean =>
  !came.ok && FOREIGN_SETTINGS.includes(came.error.code);

const FOREIGN_SETTINGS: readonly (typeof SETTINGS_REFUSALS)[number][] = [
  'settings-too-large',
  'settings-cose',
];

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

const refuse = (code: TrustRefusal['code'], detail: string) => refused<TrustRefusal>({ code, detail });

export const trustRefusalText = ({ code, detail }: TrustRefusal): string => `${code}: ${detail}`;
