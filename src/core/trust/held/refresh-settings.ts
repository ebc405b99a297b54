// The settings of the site: those that came if the newest documents vouch for them, or else those that are held. Settings
// that are refused are said, and hold nothing else up.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import {
  MAX_SETTINGS_BYTES,
  type SETTINGS_REFUSALS,
  type SettingsRefusal,
  type VerifiedSettings,
  verifySettings,
} from '../settings/signed-settings.ts';
import type { TargetDocuments } from '../targets/targets.ts';
import type { FetchAnswer } from '../tuf/ports.ts';
import type { HeldTrust } from './held-trust.ts';
import type { TrustClient } from './ports.ts';
import type { TrustRefusal } from './trust-refusal.ts';

type Settings = Pick<HeldTrust, 'settings' | 'settingsBytes'>;

export interface ChosenSettings {
  readonly settings: Settings;
  readonly trouble: TrustRefusal | null;
}

/** The newest settings that these documents vouch for: those that came, or else those that are held. */
export async function refreshSettings(
  { source, engine, site = null }: TrustClient,
  { servers }: TargetDocuments,
  held: HeldTrust | null,
): Promise<Result<ChosenSettings, TrustRefusal>> {
  // A tablet that was enrolled elsewhere since has none of its own site yet.
  const before = site === null || held?.settings.site.id === site ? held : null;
  const verify = async (bytes: Bytes): Promise<Result<Settings, SettingsRefusal>> => {
    const verified: Result<VerifiedSettings, SettingsRefusal> = await verifySettings(bytes, servers, engine);
    return verified.ok ? ok({ settings: verified.value.settings, settingsBytes: bytes }) : verified;
  };
  const answer = await source.fetchSettings(MAX_SETTINGS_BYTES);
  const came = answer.kind === 'bytes' ? await verify(answer.bytes) : null;
  const refusal = findSettingsFault(answer, came, before, site);
  if (came?.ok === true && refusal === null) return ok({ settings: came.value, trouble: null });
  const trouble = refusal ?? NO_SETTINGS;
  const kept = before === null ? null : await verify(before.settingsBytes);
  if (kept?.ok !== true) return refused(trouble);
  return ok({ settings: kept.value, trouble: trouble.code === 'unreachable' ? null : trouble });
}

const NO_SETTINGS: TrustRefusal = { code: 'unreachable', detail: 'settings' };

/** Checks that what came is settings of this tablet's site, and no older than those it holds. */
function findSettingsFault(
  answer: FetchAnswer,
  came: Result<Settings, SettingsRefusal> | null,
  before: HeldTrust | null,
  enrolledAt: string | null,
): TrustRefusal | null {
  if (came === null || isForeign(came)) return { code: 'unreachable', detail: `settings: ${answer.kind}` };
  if (!came.ok) return { code: 'settings', detail: `${came.error.code}: ${came.error.detail}` };
  const { site, version } = came.value.settings;
  const own = enrolledAt ?? before?.settings.site.id ?? site.id;
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
