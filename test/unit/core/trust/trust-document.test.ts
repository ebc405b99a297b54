import { beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import type { Trust } from '../../../../src/core/trust/trust.ts';
import {
  isRollback,
  signTrustDocument,
  verifyTrustDocument,
} from '../../../../src/core/trust/trust-document.ts';
import { createTestIssuer } from '../../../support/test-issuer.ts';
import { testTrust } from '../../../support/test-trust.ts';

let engine: Ed25519Engine;
let root: Signer;
let trust: Trust;
let text: string;

beforeAll(async () => {
  engine = await chooseEngine();
  root = await createSigner(new Uint8Array(32).fill(11));
  const { issuer } = await createTestIssuer();
  const status = { issuedAt: 5, revoked: new Set([2 ** 24 + 3]), suspended: new Set<number>() };
  trust = testTrust([issuer, { ...issuer, id: 'second', status, isSmall: true }]);
  text = await signTrustDocument(trust, root);
});

/** The document with its content changed and signed again by the same root. */
async function resigned(change: (json: Record<string, unknown>) => void): Promise<string> {
  const { signed } = JSON.parse(text) as { signed: string };
  const json = JSON.parse(signed) as Record<string, unknown>;
  change(json);
  const changed = JSON.stringify(json);
  const message = new TextEncoder().encode(`gatelight-trust-1\n${changed}`);
  const frame = JSON.parse(text) as Record<string, string>;
  const signature = Buffer.from(await root.sign(message)).toString('hex');
  return JSON.stringify({ ...frame, signed: changed, signature });
}

describe('a trust document', () => {
  it('comes back whole, and says who signed it', async () => {
    const verified = await verifyTrustDocument(text, null, engine);
    expect(verified).toEqual({ ok: true, value: { trust, root: root.publicKey } });
  });

  it('is refused under another root than the pinned one, signed or not', async () => {
    const other = await createSigner(new Uint8Array(32).fill(12));
    const theirs = await signTrustDocument(trust, other);
    const refusal = await verifyTrustDocument(theirs, root.publicKey, engine);
    expect(refusal).toMatchObject({ ok: false, error: { code: 'trust-root' } });
  });

  it('is refused when one letter of it changed', async () => {
    const changed = text.replace('Lindenhof', 'Lindenhoff');
    const refusal = await verifyTrustDocument(changed, root.publicKey, engine);
    expect(refusal).toMatchObject({ ok: false, error: { code: 'trust-signature' } });
  });

  it.each([
    [
      'a site in no time zone',
      'site.timeZone',
      (json: Record<string, unknown>) => Object.assign(json.site as object, { timeZone: 'Mars/Base' }),
    ],
    ['an unknown field', 'extra', (json: Record<string, unknown>) => Object.assign(json, { extra: 1 })],
    [
      'no gates',
      'site.gates',
      (json: Record<string, unknown>) => Object.assign(json.site as object, { gates: [] }),
    ],
    [
      'a green that is not let in',
      'policy.byColour.green',
      (json: Record<string, unknown>) =>
        Object.assign((json.policy as { byColour: object }).byColour, { green: 'refuse' }),
    ],
    [
      'an id with a slash',
      'site.id',
      (json: Record<string, unknown>) => Object.assign(json.site as object, { id: 'a/b' }),
    ],
  ])('is refused whole, naming the place: %s', async (_name, place, change) => {
    const refusal = await verifyTrustDocument(await resigned(change), root.publicKey, engine);
    expect(refusal).toMatchObject({ ok: false, error: { code: 'trust-schema' } });
    expect(refusal.ok || refusal.error.place).toContain(place);
  });

  it.each([
    ['', 'trust-json'],
    ['<html>Sign in to the network</html>', 'trust-json'],
    ['null', 'trust-frame'],
    ['{"signed":1}', 'trust-frame'],
    [`"${'x'.repeat(1024 * 1024)}"`, 'trust-too-large'],
  ])('refuses %.20s', async (given, code) => {
    const refusal = await verifyTrustDocument(given, null, engine);
    expect(refusal).toMatchObject({ ok: false, error: { code } });
  });

  it('never gives way to an older one', () => {
    expect(isRollback(trust, { ...trust, version: trust.version - 1 })).toBe(true);
    expect(isRollback(trust, { ...trust, issuedAt: trust.issuedAt - 1 })).toBe(true);
    expect(isRollback(trust, trust)).toBe(false);
  });
});
