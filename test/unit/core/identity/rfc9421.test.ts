// RFC 9421, appendix B: the bases of every example whose form our subset has, and the signatures of the algorithms that
// tablets use, byte for byte where the algorithm gives one answer.

import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import {
  type DevicePublicKey,
  openDeviceVerifier,
  parseDeviceKey,
  type VerifyDeviceSignature,
} from '../../../../src/core/identity/device-key.ts';
import {
  encodeSignature,
  encodeSignatureBase,
  encodeSignatureParams,
  parseSignature,
  parseSignatureInput,
} from '../../../../src/core/identity/signature-fields.ts';
import {
  chooseEngine,
  openTweetnaclEngine,
  openWebCryptoEngine,
} from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';

const fromUrl = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'base64url'));

/** Appendix B.1.4, test-key-ed25519. */
const ED25519_SEED = fromUrl('n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU');
const ED25519_KEY = fromUrl('JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs');
/** Appendix B.1.3, test-key-ecc-p256. */
const P256_POINT = new Uint8Array([
  4,
  ...fromUrl('qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA'),
  ...fromUrl('Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0'),
]);

const FIELDS: Readonly<Record<string, string>> = {
  '@method': 'POST',
  '@authority': 'example.com',
  '@path': '/foo',
  '@query': '?param=Value&Pet=dog',
  '@status': '200',
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  'content-type': 'application/json',
  'content-length': '18',
  'content-digest':
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
};
const CLIENT_CERT =
  ':MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:';

interface Example {
  readonly section: string;
  readonly input: string;
  readonly signature?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly base: readonly string[];
}

const B26: Example = {
  section: 'B.2.6, ed25519',
  input:
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
  signature:
    'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
  base: [
    '"date": Tue, 20 Apr 2021 02:07:55 GMT',
    '"@method": POST',
    '"@path": /foo',
    '"@authority": example.com',
    '"content-type": application/json',
    '"content-length": 18',
    '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
  ],
};

const EXAMPLES: readonly Example[] = [
  {
    section: 'B.2.1, nothing covered',
    input: 'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    base: [
      '"@signature-params": ();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    ],
  },
  {
    section: 'B.2.4, a response, ecdsa-p256-sha256',
    input:
      'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    signature:
      'sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:',
    fields: {
      'content-digest':
        'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
      'content-length': '23',
    },
    base: [
      '"@status": 200',
      '"content-type": application/json',
      '"content-digest": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
      '"content-length": 23',
      '"@signature-params": ("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    ],
  },
  {
    section: 'B.2.5, hmac-sha256',
    input: 'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    base: [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@authority": example.com',
      '"content-type": application/json',
      '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    ],
  },
  B26,
  {
    section: 'B.3, behind a proxy, ecdsa-p256-sha256',
    input:
      'ttrp=("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256"',
    signature:
      'ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:',
    fields: { '@authority': 'service.internal.example', 'client-cert': CLIENT_CERT },
    base: [
      '"@path": /foo',
      '"@query": ?param=Value&Pet=dog',
      '"@method": POST',
      '"@authority": service.internal.example',
      `"client-cert": ${CLIENT_CERT}`,
      '"@signature-params": ("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256"',
    ],
  },
  {
    section: 'B.4, what transformations leave, ed25519',
    input: 'transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    signature:
      'transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:',
    fields: {
      '@method': 'GET',
      '@path': '/demo',
      '@authority': 'example.org',
      accept: 'application/json, */*',
    },
    base: [
      '"@method": GET',
      '"@path": /demo',
      '"@authority": example.org',
      '"accept": application/json, */*',
      '"@signature-params": ("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    ],
  },
];

function baseOf({ input, fields }: Example): Bytes {
  const parsed = parseSignatureInput(input);
  if (!parsed.ok) throw new Error(parsed.error);
  const all: Readonly<Record<string, string>> = { ...FIELDS, ...fields };
  return encodeSignatureBase(
    parsed.value,
    parsed.value.components.map((name) => all[name] ?? `no ${name}`),
  );
}

function signatureOf({ signature = '' }: Example): Bytes {
  const parsed = parseSignature(signature);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value.signature;
}

function keyOf({ input }: Example): DevicePublicKey {
  const key = parseDeviceKey(input.includes('p256') ? P256_POINT : ED25519_KEY);
  if (!key.ok) throw new Error(key.error);
  return key.value;
}

describe('RFC 9421, appendix B', () => {
  let verifiers: readonly VerifyDeviceSignature[];
  beforeAll(async () => {
    verifiers = [openWebCryptoEngine(), await openTweetnaclEngine(), await chooseEngine()].map(
      openDeviceVerifier,
    );
  });

  it.each(EXAMPLES)('$section: the base', (example) => {
    expect(baseOf(example)).toEqual(utf8ToBytes(example.base.join('\n')));
  });

  it.each(EXAMPLES)('$section: Signature-Input is written as it was read', ({ input }) => {
    const parsed = parseSignatureInput(input);
    expect(parsed.ok && `${parsed.value.label}=${encodeSignatureParams(parsed.value)}`).toBe(input);
  });

  it.each(EXAMPLES.filter(({ signature }) => signature !== undefined))(
    '$section: the signature holds, and over no other byte',
    async (example) => {
      const [base, signature, key] = [baseOf(example), signatureOf(example), keyOf(example)];
      for (const verify of verifiers) {
        expect(await verify(key, signature, base)).toBe(true);
        for (let at = 0; at < base.length; at += 7) {
          const changed = base.slice();
          changed[at] = (changed[at] ?? 0) ^ 1;
          expect(await verify(key, signature, changed)).toBe(false);
        }
      }
    },
  );

  it('B.2.6: signing gives the very signature', async () => {
    const signer = await createSigner(ED25519_SEED);
    expect(signer.publicKey).toEqual(ED25519_KEY);
    expect(encodeSignature('sig-b26', await signer.sign(baseOf(B26)))).toBe(B26.signature);
  });

  it.each([
    ['B.2.2, a component with a parameter', 'a=("@query-param";name="Pet");created=1;keyid="k"'],
    ['a list without end', 'a=("date"'],
    ['two spaces', 'a=("date"  "@path")'],
    ['a space before the end', 'a=("date" )'],
    ['a component in capitals', 'a=("Date")'],
    ['a component twice', 'a=("date" "date")'],
    ['a parameter twice', 'a=();created=1;created=2'],
    ['a space in the parameters', 'a=(); created=1'],
    ['a fraction', 'a=();created=1.5'],
    ['a leading zero', 'a=();created=01'],
    ['a minus zero', 'a=();created=-0'],
    ['16 digits', `a=();created=${'1'.repeat(16)}`],
    ['a bare word', 'a=();tag=gatelight'],
    ['an escape', 'a=();tag="gate\\"light"'],
    ['a letter beyond ASCII', 'a=();tag="gåtelight"'],
    ['a control character', 'a=();tag="gate\u0007"'],
    ['a line feed at the end', 'a=()\n'],
    ['a label in capitals', 'A=()'],
    ['nothing', ''],
    ['1025 characters', `a=();tag="${'x'.repeat(1014)}"`],
  ])('refuses %s', (_name, input) => {
    expect(parseSignatureInput(input)).toEqual({ ok: false, error: 'signature-input-syntax' });
  });

  it.each(['a=(), b=()', 'a=(),a=()', 'a=()\t,x'])('refuses several: %s', (input) => {
    expect(parseSignatureInput(input)).toEqual({ ok: false, error: 'signature-several' });
  });

  it.each([
    'a=:AA:',
    'a=:AAA:',
    'a=:AB==:',
    'a=:AA=:',
    'a=:A-A_:',
    'a=AAAA',
    'a=:AAAA',
    'a=:AAAA: ',
    'a=: AAAA:',
    '',
  ])('refuses the signature %j', (text) => {
    expect(parseSignature(text)).toEqual({ ok: false, error: 'signature-syntax' });
  });

  it('refuses several signatures', () => {
    expect(parseSignature('a=:AAAA:, b=:AAAA:')).toEqual({ ok: false, error: 'signature-several' });
  });
});
