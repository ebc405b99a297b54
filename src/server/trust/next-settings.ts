// From settings as a manager edits them to settings that tablets take: with a version that rises whenever the content
// changes, the time, and a signature by a key that servers.json names for the site.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import { parseCoseSign1 } from '../../core/signature/cose-sign1.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { SiteSettings } from '../../core/trust/settings/settings.ts';
import { parseSettings, SETTINGS_FILE } from '../../core/trust/settings/settings-schema.ts';
import {
  signSettings,
  type VerifiedSettings,
  verifySettings,
} from '../../core/trust/settings/signed-settings.ts';
import {
  type ListedServer,
  SERVERS_FILE,
  type TargetRefusal,
  targetRefusalText,
} from '../../core/trust/targets/targets.ts';

export interface SettingsDesk {
  readonly servers: readonly ListedServer[];
  readonly signer: Signer;
  readonly engine: Ed25519Engine;
  readonly nowSeconds: () => number;
}

export interface NextSettings extends VerifiedSettings {
  readonly bytes: Bytes;
  /** Whether these bytes were there already. */
  readonly isSame: boolean;
}

/** `signed`: what was handed out last, by whatever key. The refusal names the file, the place in it and the reason. */
export async function nextSettings(
  edited: Bytes,
  signed: Bytes | null,
  desk: SettingsDesk,
): Promise<Result<NextSettings, string>> {
  const { servers, signer, engine, nowSeconds } = desk;
  const draft = parseEdited(edited);
  if (!draft.ok) return refused(targetRefusalText(draft.error));
  const last = signed === null ? null : readLast(signed);
  if (last === 'unreadable')
    return refused(
      'settings.cose cannot be read, so nobody knows which version comes next: put the right file back',
    );
  if (last !== null && signed !== null && isSameContent(draft.value, last)) {
    const verified = await verifySettings(signed, servers, engine);
    if (verified.ok) return ok({ ...verified.value, bytes: signed, isSame: true });
  }
  // At least the time: a server that was restored from an old copy still goes on from what tablets have seen.
  const issuedAt = nowSeconds();
  const version = Math.max((last?.version ?? 0) + 1, issuedAt);
  const bytes = await signSettings({ ...draft.value, version, issuedAt }, signer);
  const verified = await verifySettings(bytes, servers, engine);
  if (verified.ok) return ok({ ...verified.value, bytes, isSame: false });
  const { code, detail } = verified.error;
  if (code === 'settings-unknown-site')
    return refused(`${SERVERS_FILE} knows no site "${detail}", which ${SETTINGS_FILE} is for`);
  if (code === 'settings-signature')
    return refused(`${SERVERS_FILE} names other settings keys for ${detail} than the one here`);
  return refused(`${SETTINGS_FILE}: ${code}: ${detail}`);
}

/** Settings as a manager edits them: without version and time, which come out as 0. */
export function parseEdited(edited: Bytes): Result<SiteSettings, TargetRefusal> {
  const text = new TextDecoder().decode(edited);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return wrong('the file', 'no JSON in UTF-8');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return wrong('the file', 'no object');
  const given = ['version', 'issuedAt'].find((name) => name in json);
  if (given !== undefined) return wrong(given, 'the server gives it when it signs');
  const whole = utf8ToBytes(JSON.stringify({ format: 1, ...json, version: 0, issuedAt: 0 }));
  return parseSettings(whole);
}

const wrong = (place: string, reason: string) =>
  refused<TargetRefusal>({ file: SETTINGS_FILE, place, reason });

/** Whatever key signed it: versions go on from what tablets have seen. */
function readLast(signed: Bytes): SiteSettings | 'unreadable' {
  const cose = parseCoseSign1(signed, new Uint8Array(0));
  const settings = cose.ok ? parseSettings(cose.value.payload) : null;
  return settings?.ok === true ? settings.value : 'unreadable';
}

/** The schema gives every field its place, so the same content is the same text. */
const isSameContent = (a: SiteSettings, b: SiteSettings): boolean =>
  JSON.stringify([a.site, a.policy]) === JSON.stringify([b.site, b.policy]);
