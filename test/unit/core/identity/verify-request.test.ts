// A tablet's request as a server sees it: taken as sent, and refused by its code with anything changed.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeContentDigest, verifyContentDigest } from '../../../../src/core/identity/content-digest.ts';
import {
  type DeviceSigner,
  deviceKeyId,
  openDeviceVerifier,
  type VerifyDeviceSignature,
} from '../../../../src/core/identity/device-key.ts';
import { type PublicOrigin, parsePublicOrigin } from '../../../../src/core/identity/public-origin.ts';
import { type SignedFields, signRequest } from '../../../../src/core/identity/sign-request.ts';
import { signTimeAnswer, verifyTimeAnswer } from '../../../../src/core/identity/time-answer.ts';
import {
  REQUEST_REFUSALS,
  type ReceivedRequest,
  verifyRequest,
} from '../../../../src/core/identity/verify-request.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { TEST_NOW_SECONDS as NOW } from '../../../support/test-issuer.ts';

const NONCE: Bytes = new Uint8Array(16).fill(7);
const BODY = utf8ToBytes('sealed records');
const REQUEST = { method: 'POST', target: '/api/sites/north/batches?part=1', body: BODY };
const YEAR = 365 * 86_400;

function originOf(text: string): PublicOrigin {
  const parsed = parsePublicOrigin(text);
  if (!parsed.ok) throw new Error(`${parsed.error}: ${text}`);
  return parsed.value;
}
const ORIGIN = originOf('https://gate.example');

let engine: Ed25519Engine;
let verify: VerifyDeviceSignature;
let ed25519: DeviceSigner;
let p256: DeviceSigner;
let time: Signer;

beforeAll(async () => {
  engine = await chooseEngine();
  verify = openDeviceVerifier(engine);
  [ed25519, p256] = [await testEd25519Device(5), await testP256Device()];
  time = await createSigner(new Uint8Array(32).fill(6));
});

const listed = (fields: SignedFields): [string, string][] => Object.entries(fields) as [string, string][];

async function received(
  change: (request: { method: string; target: string; body: Bytes; fields: [string, string][] }) => void,
  signer = ed25519,
  nowSeconds = NOW,
): Promise<ReceivedRequest> {
  const fields = await signRequest(REQUEST, ORIGIN, { nowSeconds, nonce: NONCE }, signer);
  const request = { ...REQUEST, body: BODY.slice(), fields: listed(fields) };
  change(request);
  return request;
}

async function judged(request: ReceivedRequest, nowSeconds = NOW, origin = ORIGIN, known = [ed25519, p256]) {
  return verifyRequest(request, {
    origin,
    nowSeconds,
    verify,
    async findKey(keyId) {
      for (const { publicKey } of known) if ((await deviceKeyId(publicKey)) === keyId) return publicKey;
      return null;
    },
  });
}

async function codeOf(...args: Parameters<typeof judged>): Promise<string> {
  const verdict = await judged(...args);
  return verdict.ok ? 'ok' : verdict.error.code;
}

const asSent = () => {};
const fieldAt = (fields: [string, string][], name: string): [string, string] => {
  const field = fields.find(([known]) => known === name);
  if (field === undefined) throw new Error(`no ${name}`);
  return field;
};

describe('a signed request', () => {
  it.each(['ed25519', 'p256'] as const)('is taken as sent: %s', async (name) => {
    const signer = name === 'p256' ? p256 : ed25519;
    const verdict = await judged(await received(asSent, signer));
    expect(verdict).toEqual({
      ok: true,
      value: {
        createdSeconds: NOW,
        expiresSeconds: NOW + 300,
        nonce: NONCE,
        keyId: await deviceKeyId(signer.publicKey),
        algorithm: signer.publicKey.algorithm,
      },
    });
  });

  it('without query and content is taken', async () => {
    const request = { method: 'GET', target: '/api/settings', body: new Uint8Array(0) };
    const fields = await signRequest(request, ORIGIN, { nowSeconds: NOW, nonce: NONCE }, ed25519);
    expect(await codeOf({ ...request, fields: listed(fields) })).toBe('ok');
    expect(await codeOf({ ...request, target: '/api/settings?x', fields: listed(fields) })).toBe(
      'signature-wrong',
    );
  });

  it('is the same under field names in capitals and beside other fields', async () => {
    const request = await received(({ fields }) => {
      for (const field of fields) field[0] = field[0].toUpperCase();
      fields.push(['host', 'evil.example'], ['accept', '*/*']);
    });
    expect(await codeOf(request)).toBe('ok');
  });

  it('to another authority is refused, whatever its Host field says', async () => {
    for (const other of ['https://gate.example:8443', 'https://gates.example', 'http://localhost'])
      expect(
        await codeOf(
          await received(({ fields }) => fields.push(['host', 'gate.example'])),
          NOW,
          originOf(other),
        ),
      ).toBe('signature-wrong');
  });

  it('of a key that nobody knows is refused', async () => {
    expect(await codeOf(await received(asSent), NOW, ORIGIN, [p256])).toBe('key-unknown');
  });

  it("of another tablet under this one's name is refused", async () => {
    const thief = await testEd25519Device(9);
    const posing = { publicKey: ed25519.publicKey, sign: thief.sign };
    expect(await codeOf(await received(asSent, posing))).toBe('signature-wrong');
  });

  it('that names another algorithm than its key has is refused', async () => {
    const request = await received(({ fields }) => {
      const field = fieldAt(fields, 'signature-input');
      field[1] = field[1].replace('alg="ed25519"', 'alg="ecdsa-p256-sha256"');
    });
    expect(await codeOf(request)).toBe('key-other-algorithm');
  });

  it('is refused with any one byte of what it covers changed', async () => {
    for (const part of ['method', 'target'] as const) {
      const text = REQUEST[part];
      for (let at = 0; at < text.length; at++)
        for (const bit of [1, 2, 4, 32]) {
          const changed =
            text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bit) + text.slice(at + 1);
          const code = await codeOf(
            await received((request) => {
              request[part] = changed;
            }),
          );
          expect(['signature-wrong', 'request-target'], changed).toContain(code);
        }
    }
    for (let at = 0; at <= REQUEST.target.length; at++)
      for (const added of ['/', '?', '&', '.', 'a']) {
        const changed = REQUEST.target.slice(0, at) + added + REQUEST.target.slice(at);
        const code = await codeOf(
          await received((request) => {
            request.target = changed;
          }),
        );
        expect(['signature-wrong', 'request-target'], changed).toContain(code);
      }
    for (let at = 0; at < BODY.length; at++) {
      const changed = await received(({ body }) => {
        body[at] = (body[at] ?? 0) ^ 1;
      });
      expect(await codeOf(changed)).toBe('digest-mismatch');
    }
  });

  it('is refused with any one character of its three fields changed', async () => {
    for (const name of ['content-digest', 'signature-input', 'signature']) {
      const [, value] = fieldAt((await received(asSent)).fields as [string, string][], name);
      for (let at = 0; at < value.length; at++) {
        const changed =
          value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ 1) + value.slice(at + 1);
        const code = await codeOf(
          await received(({ fields }) => {
            fieldAt(fields, name)[1] = changed;
          }),
        );
        expect(REQUEST_REFUSALS, `${name}: ${changed}`).toContain(code);
      }
    }
  });

  it('is refused with content and digest changed together', async () => {
    const other = utf8ToBytes('other records!');
    const digest = await encodeContentDigest(other);
    const request = await received((sent) => {
      sent.body = other;
      fieldAt(sent.fields, 'content-digest')[1] = digest;
    });
    expect(await codeOf(request)).toBe('signature-wrong');
  });

  it.each(['content-digest', 'signature-input', 'signature'])(
    'is refused with %s dropped, doubled or joined',
    async (name) => {
      expect(
        await codeOf(
          await received(({ fields }) => void fields.splice(fields.indexOf(fieldAt(fields, name)), 1)),
        ),
      ).toBe('field-missing');
      expect(
        await codeOf(
          await received(({ fields }) => void fields.push([name.toUpperCase(), fieldAt(fields, name)[1]])),
        ),
      ).toBe('field-doubled');
      const joined = await received(({ fields }) => {
        const field = fieldAt(fields, name);
        field[1] = `${field[1]}, ${field[1]}`;
      });
      expect(await codeOf(joined)).toBe(name === 'content-digest' ? 'digest-syntax' : 'signature-several');
    },
  );

  it.each<[string, string, string, string]>([
    ['a component dropped', '"@query" ', '', 'signature-components'],
    ['components in another order', '"@path" "@query"', '"@query" "@path"', 'signature-components'],
    ['a component more', '"content-digest")', '"content-digest" "date")', 'signature-components'],
    ['a component doubled', '"@path"', '"@path" "@path"', 'signature-input-syntax'],
    ['another label', 'gatelight=(', 'sig1=(', 'signature-label'],
    ['another tag', 'tag="gatelight"', 'tag="web-bot-auth"', 'signature-tag'],
    ['no tag', ';tag="gatelight"', '', 'signature-parameters'],
    ['a parameter more', ';tag=', ';x=1;tag=', 'signature-parameters'],
    ['created as text', `created=${NOW}`, `created="${NOW}"`, 'signature-parameters'],
    ['no created', `;created=${NOW}`, '', 'signature-parameters'],
    [
      'parameters in another order',
      `;created=${NOW};expires=${NOW + 300}`,
      `;expires=${NOW + 300};created=${NOW}`,
      'signature-parameters',
    ],
    ['an algorithm nobody has', 'alg="ed25519"', 'alg="hmac-sha256"', 'signature-algorithm'],
    ['a short nonce', 'nonce="BwcHBwcHBwcHBwcHBwcHBw=="', 'nonce="BwcH"', 'signature-parameters'],
    ['a life of 301 seconds', `expires=${NOW + 300}`, `expires=${NOW + 301}`, 'signature-life'],
    ['a life that ends as it begins', `expires=${NOW + 300}`, `expires=${NOW}`, 'signature-life'],
    [
      'a life from before 1970',
      `created=${NOW};expires=${NOW + 300}`,
      'created=-10;expires=20',
      'signature-life',
    ],
    ['a longer life within the bound', `created=${NOW}`, `created=${NOW + 1}`, 'signature-wrong'],
  ])('is refused with %s', async (_name, from, to, code) => {
    const request = await received(({ fields }) => {
      const field = fieldAt(fields, 'signature-input');
      expect(field[1]).toContain(from);
      field[1] = field[1].replace(from, to);
    });
    expect(await codeOf(request)).toBe(code);
  });

  it.each([
    '*',
    'https://gate.example/x',
    '/a b',
    '/a#b',
    '/a/../b',
    '/a/%2e%2E/b',
    '/a/.',
    '//a',
    '/a?',
    '/ä',
    `/${'a'.repeat(2048)}`,
    '',
  ])('to %j is neither made nor taken', async (target) => {
    await expect(
      signRequest({ ...REQUEST, target }, ORIGIN, { nowSeconds: NOW, nonce: NONCE }, ed25519),
    ).rejects.toThrow('not a request that can be signed');
    expect(
      await codeOf(
        await received((request) => {
          request.target = target;
        }),
      ),
    ).toBe('request-target');
  });

  it('lives from a minute before its creation to its last second', async () => {
    const request = await received(asSent);
    expect(await codeOf(request, NOW - 61)).toBe('request-not-yet-created');
    expect(await codeOf(request, NOW - 60)).toBe('ok');
    expect(await codeOf(request, NOW + 300)).toBe('ok');
    expect(await codeOf(request, NOW + 301)).toBe('request-expired');
  });

  it('is never answered with the time unless its signature holds', async () => {
    const request = await received(({ body }) => {
      body[0] = 0;
    });
    const verdict = await judged(request, NOW + YEAR);
    expect(verdict).toEqual({ ok: false, error: { code: 'digest-mismatch', params: null } });
  });

  it('of arbitrary fields is refused by a code, and nothing throws', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom('signature', 'signature-input', 'content-digest', 'x'), fc.string()),
        ),
        async (fields) => {
          expect(REQUEST_REFUSALS).toContain(await codeOf({ ...REQUEST, fields }));
        },
      ),
    ));
});

describe('a tablet whose clock is off', () => {
  const MINUTE = 60;
  it.each([-YEAR, -600, -302, 61, 7200, YEAR, 10 * YEAR])(
    'by %i seconds gets through at the second try',
    async (error) => {
      const clock = (trueSeconds: number) => trueSeconds + error;
      const first = await judged(await received(asSent, ed25519, clock(NOW)));
      if (first.ok || first.error.params === null) throw new Error('expected a refusal for time');
      const answer = await signTimeAnswer(first.error.params, NOW, time);
      const offset = await verifyTimeAnswer(
        answer,
        first.error.params,
        clock(NOW + MINUTE),
        [time.publicKey],
        engine,
      );
      if (!offset.ok) throw new Error(offset.error);
      expect(offset.value).toBe(-error - MINUTE);
      expect(await codeOf(await received(asSent, ed25519, clock(NOW + MINUTE) + offset.value))).toBe('ok');
    },
  );

  const sent = { nonce: NONCE, createdSeconds: NOW, expiresSeconds: NOW + 300 };
  const params = { ...sent, keyId: '', algorithm: 'ed25519' } as const;
  it('believes no answer to another request, by another key, or that changes nothing', async () => {
    const answer = await signTimeAnswer(params, NOW + YEAR, time);
    const codeFor = async (bytes: Bytes, asked = sent, keys = [time.publicKey]) => {
      const offset = await verifyTimeAnswer(bytes, asked, NOW, keys, engine);
      return offset.ok ? offset.value : offset.error;
    };
    expect(await codeFor(answer)).toBe(YEAR);
    expect(await codeFor(answer, { ...sent, nonce: new Uint8Array(16) })).toBe('time-other-nonce');
    expect(await codeFor(answer, sent, [ed25519.publicKey.bytes])).toBe('time-signature');
    expect(await codeFor(await signTimeAnswer(params, NOW + 10, time))).toBe('time-agrees');
  });
});

describe('a content digest', () => {
  /** RFC 9530, appendix B.1 and B.2, with their line feed at the end. */
  it('is what the standard says', async () => {
    expect(await encodeContentDigest(utf8ToBytes('{"hello": "world"}\n'))).toBe(
      'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    );
    expect(await encodeContentDigest(new Uint8Array(0))).toBe(
      'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
    );
  });

  it.each([
    'sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
    'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:',
    'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:;a',
    'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-512=:AA==:',
    'sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'sha-256=::',
    '',
  ])('in the form %j is refused', async (field) => {
    expect(await verifyContentDigest(field, new Uint8Array(0))).toEqual({
      ok: false,
      error: 'digest-syntax',
    });
  });
});
