// A site's settings as they travel: a COSE_Sign1 (RFC 9052, section 4.2) by one of the settings keys that servers.json
// names for that site, over the JSON document, external_aad 'gatelight-settings-1'.

import { type Bytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { ok, type Result, refused } from '../../result.ts';
import { parseCoseSign1, signCoseSign1 } from '../../signature/cose-sign1.ts';
import { type Ed25519Engine, isSignedByOne } from '../../signature/engine.ts';
import type { Signer } from '../../signature/signer.ts';
import { serverOf } from '../targets/server-of.ts';
import { type ListedServer, targetRefusalText } from '../targets/targets.ts';
import type { SiteSettings } from './settings.ts';
import { encodeSettings, parseSettings } from './settings-schema.ts';

const EXTERNAL_AAD = utf8ToBytes('gatelight-settings-1');
/** 500 gates whose names are as long as may be, in a script of three bytes a letter, have about 330 kB. */
export const MAX_SETTINGS_BYTES = 512 * 1024;

export const SETTINGS_REFUSALS = [
  'settings-too-large',
  'settings-cose',
  'settings-schema',
  'settings-unknown-site',
  'settings-signature',
] as const;

export interface SettingsRefusal {
  readonly code: (typeof SETTINGS_REFUSALS)[number];
  /** For the person who wrote them: the place and the reason. */
  readonly detail: string;
}

export interface VerifiedSettings {
  readonly settings: SiteSettings;
  /** Whose keys vouch for them. */
  readonly server: ListedServer;
}

/** Throws on settings that no tablet would take. */
export async function signSettings(settings: SiteSettings, signer: Signer): Promise<Bytes> {
  const bytes = await signCoseSign1(encodeSettings(settings), EXTERNAL_AAD, signer);
  if (bytes.length > MAX_SETTINGS_BYTES) throw new Error(`settings of ${bytes.length} bytes are too large`);
  return bytes;
}

export async function verifySettings(
  bytes: Bytes,
  servers: readonly ListedServer[],
  engine: Ed25519Engine,
): Promise<Result<VerifiedSettings, SettingsRefusal>> {
  if (bytes.length > MAX_SETTINGS_BYTES) return refuse('settings-too-large', `${bytes.length} bytes`);
  const cose = parseCoseSign1(bytes, EXTERNAL_AAD);
  if (!cose.ok) return refuse('settings-cose', cose.error);
  const { payload, signature, signedBytes } = cose.value;
  const settings = parseSettings(payload);
  if (!settings.ok) return refuse('settings-schema', targetRefusalText(settings.error));
  const site = settings.value.site.id;
  const server = serverOf(servers, settings.value.site);
  if (server === null) return refuse('settings-unknown-site', site);
  const isSigned = await isSignedByOne(server.settingsKeys, signature, signedBytes, engine);
  return isSigned ? ok({ settings: settings.value, server }) : refuse('settings-signature', site);
}

const refuse = (code: SettingsRefusal['code'], detail: string) => refused<SettingsRefusal>({ code, detail });
