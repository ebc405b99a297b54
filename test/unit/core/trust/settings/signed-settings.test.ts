// Settings as they travel: signed by a server for its own site, for no other, and for nothing else.

import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { signCoseSign1 } from '../../../../../src/core/signature/cose-sign1.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../../src/core/signature/signer.ts';
import type { SiteSettings } from '../../../../../src/core/trust/settings/settings.ts';
import { encodeSettings } from '../../../../../src/core/trust/settings/settings-schema.ts';
import {
  MAX_SETTINGS_BYTES,
  SETTINGS_REFUSALS,
  signSettings,
  verifySettings,
} from '../../../../../src/core/trust/settings/signed-settings.ts';
import type { ListedServer } from '../../../../../src/core/trust/targets/targets.ts';
import { TEST_NOW_SECONDS } from '../../../../support/test-issuer.ts';
import { TEST_POLICY, TEST_SITE } from '../../../../support/test-trust.ts';

const AAD = utf8ToBytes('gatelight-settings-1');
const SETTINGS: SiteSettings = {
  version: 1,
  issuedAt: TEST_NOW_SECONDS,
  site: TEST_SITE,
  policy: TEST_POLICY,
};

let engine: Ed25519Engine;
let own: Signer;
let next: Signer;
let neighbour: Signer;
let stranger: Signer;
let servers: readonly ListedServer[];

beforeAll(async () => {
  engine = await chooseEngine();
  [own, next, neighbour, stranger] = (await Promise.all(
    [1, 2, 3, 4].map((byte) => createSigner(new Uint8Array(32).fill(byte))),
  )) as [Signer, Signer, Signer, Signer];
  const server = (site: string, settingsKeys: readonly Bytes[]): ListedServer => ({
    site,
    class: 'standard',
    settingsKeys,
    receiptKeys: [stranger.publicKey],
    timeKeys: [stranger.publicKey],
  });
  servers = [server('harbour', [neighbour.publicKey]), server(TEST_SITE.id, [own.publicKey, next.publicKey])];
});

async function codeOf(bytes: Bytes, by = servers): Promise<string> {
  const verified = await verifySettings(bytes, by, engine);
  return verified.ok ? 'ok' : verified.error.code;
}

describe('signed settings', () => {
  it('are what was signed, and name the server that vouches for them', async () => {
    const verified = await verifySettings(await signSettings(SETTINGS, own), servers, engine);
    expect(verified).toEqual({ ok: true, value: { settings: SETTINGS, server: servers[1] } });
  });

  it('may be signed by each of the keys of that site', async () => {
    expect(await codeOf(await signSettings(SETTINGS, next))).toBe('ok');
  });

  it('are refused by the key of another site, by its receipt key and by a stranger', async () => {
    expect(await codeOf(await signSettings(SETTINGS, neighbour))).toBe('settings-signature');
    expect(await codeOf(await signSettings(SETTINGS, stranger))).toBe('settings-signature');
  });

  it('are refused for a site of which nobody is listed', async () => {
    const site = { ...TEST_SITE, id: 'elsewhere' };
    const bytes = await signSettings({ ...SETTINGS, site }, own);
    expect(await verifySettings(bytes, servers, engine)).toEqual({
      ok: false,
      error: { code: 'settings-unknown-site', detail: 'elsewhere' },
    });
    expect(await codeOf(await signSettings(SETTINGS, own), [])).toBe('settings-unknown-site');
  });

  it('of a site that was founded count by the key of who founds its class, and by no other', async () => {
    const listed = servers[0] as ListedServer;
    const founder = { ...listed, site: '*', settingsKeys: [own.publicKey] };
    const by = [...servers, { ...founder, class: 'building' }];
    const settingsOf = (site: Partial<SiteSettings['site']>, signer = own) =>
      signSettings({ ...SETTINGS, site: { ...TEST_SITE, id: 'elsewhere', ...site } }, signer);
    expect(await codeOf(await settingsOf({ class: 'building' }), by)).toBe('ok');
    expect(await codeOf(await settingsOf({}), by)).toBe('settings-unknown-site');
    expect(await codeOf(await settingsOf({ class: 'standard' }), by)).toBe('settings-unknown-site');
    expect(await codeOf(await settingsOf({ class: 'building' }, neighbour), by)).toBe('settings-signature');
    // A site that is listed by itself cannot be taken over by whoever founds others.
    expect(await codeOf(await settingsOf({ id: 'harbour', class: 'building' }), by)).toBe(
      'settings-signature',
    );
  });

  it('are refused with any bit of them changed', async () => {
    const bytes = await signSettings(SETTINGS, own);
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await codeOf(changed), `byte ${at}`).not.toBe('ok');
    }
  });

  it('are for nothing else: a signature over the same bytes for another purpose does not count', async () => {
    const document = encodeSettings(SETTINGS);
    for (const aad of ['gatelight-time-1', 'gatelight-pass-1', ''])
      expect(await codeOf(await signCoseSign1(document, utf8ToBytes(aad), own))).toBe('settings-signature');
  });

  it('say where a signed document is wrong, before the signature is looked at', async () => {
    const document = utf8ToBytes(JSON.stringify({ format: 1, ...SETTINGS, issuedAt: 'today' }));
    expect(await verifySettings(await signCoseSign1(document, AAD, stranger), servers, engine)).toEqual({
      ok: false,
      error: {
        code: 'settings-schema',
        detail: expect.stringMatching(/^settings\.json: issuedAt: .*number/),
      },
    });
  });

  it('are read up to a size, and not a byte beyond it', async () => {
    expect(await codeOf(new Uint8Array(MAX_SETTINGS_BYTES))).toBe('settings-cose');
    expect(await codeOf(new Uint8Array(MAX_SETTINGS_BYTES + 1))).toBe('settings-too-large');
  });

  it('fit with the most gates and the longest names that a site may have', async () => {
    const gates = Array.from({ length: 500 }, (_, at) => ({
      id: `${at}-`.padEnd(24, 'x'),
      name: '水'.repeat(200),
    }));
    const bytes = await signSettings({ ...SETTINGS, site: { ...TEST_SITE, gates } }, own);
    expect(await codeOf(bytes)).toBe('ok');
  });

  it('that are larger are never signed', async () => {
    const hours = Array.from({ length: 20_000 }, () => ({ from: 0, to: 1, directions: ['in'] as const }));
    const tooMany = { ...SETTINGS, policy: { ...TEST_POLICY, hours } };
    await expect(signSettings(tooMany, own)).rejects.toThrow(/settings of \d+ bytes are too large/);
  });

  it.each(['', '00', 'ff', '84', '8440a04040', '3c68746d6c3e'])('are not 0x%s', async (hex) => {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(await codeOf(bytes)).toBe('settings-cose');
  });

  it('have a test for every refusal', () => {
    expect([...SETTINGS_REFUSALS]).toEqual([
      'settings-too-large',
      'settings-cose',
      'settings-schema',
      'settings-unknown-site',
      'settings-signature',
    ]);
  });
});
