// A site's signed settings under the fuzzer. Their document is read before the signature is looked at, so only what is taken
// whole had to be signed.

import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { COSE_REFUSALS } from '../../../src/core/signature/cose-sign1.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import { encodeSettings, parseSettings } from '../../../src/core/trust/settings/settings-schema.ts';
import {
  MAX_SETTINGS_BYTES,
  SETTINGS_REFUSALS,
  signSettings,
  verifySettings,
} from '../../../src/core/trust/settings/signed-settings.ts';
import { TEST_NOW_SECONDS } from '../../support/test-issuer.ts';
import { TEST_POLICY, TEST_SITE } from '../../support/test-trust.ts';
import { breakJson, brokenJsonText, jsonBytes, readJson } from '../broken-json.ts';
import { damageBytes } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';
import { breakCose, wrapInCose } from './cose.ts';

const hours = [{ from: 360, to: 1320, directions: ['in', 'out'] as const }];
const SETTINGS = {
  version: 3,
  issuedAt: TEST_NOW_SECONDS,
  site: { ...TEST_SITE, class: 'standard' },
  policy: { ...TEST_POLICY, hours },
};

export async function openSettingsFuzzable(): Promise<Fuzzable> {
  const [engine, signer] = [await chooseEngine(), await createSigner(new Uint8Array(32).fill(9))];
  const keys = [signer.publicKey];
  const server = { class: 'standard', settingsKeys: keys, receiptKeys: keys, timeKeys: keys };
  const servers = [
    { ...server, site: TEST_SITE.id },
    { ...server, site: '*' },
  ];
  const signed = await signSettings(SETTINGS, signer);

  return toFuzzable<Bytes>({
    name: 'settings',
    codes: SETTINGS_REFUSALS,
    seedInputs: [signed],
    mutate: (random, bytes, aim) =>
      aim === null
        ? random.chance(0.5)
          ? damageBytes(random, bytes)
          : wrapInCose(random, damageBytes(random, DOCUMENT))
        : breakSettings(random, aim),
    async run(bytes) {
      const verified = await verifySettings(bytes, servers, engine);
      if (!verified.ok) return verified.error.code;
      const again = parseSettings(encodeSettings(verified.value.settings));
      if (!again.ok) throw new Error('these settings cannot be written again');
      return 'ok';
    },
    show: encodeHex,
  });
}

const DOCUMENT = encodeSettings(SETTINGS);

function breakSettings(random: Random, code: string): Bytes {
  switch (code) {
    case 'settings-too-large':
      return new Uint8Array(MAX_SETTINGS_BYTES + 1 + random.below(1000));
    case 'settings-cose':
      return breakCose(random, random.pick(COSE_REFUSALS));
    case 'settings-schema':
      return wrapInCose(
        random,
        random.chance(0.3)
          ? brokenJsonText(random, DOCUMENT)
          : jsonBytes(breakJson(random, readJson(DOCUMENT))),
      );
    case 'settings-unknown-site': {
      const id = random.pick(['harbour', 'lindenhof-2', 'l', '0']);
      return wrapInCose(random, encodeSettings({ ...SETTINGS, site: { ...TEST_SITE, id } }));
    }
    default:
      return wrapInCose(random, DOCUMENT);
  }
}
