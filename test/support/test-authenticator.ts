// An authenticator with one passkey (WebAuthn level 2: P-256, no attestation) that can be told to lie.

import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type CborValue, encodeCbor } from '../../src/core/bytes/cbor.ts';

/** What it says in place of the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly counter?: number;
  /** User present 1, user verified 4. */
  readonly flags?: number;
  /** Signs something else. */
  readonly isForged?: boolean;
}

export function createTestAuthenticator(origin: string, rpId: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const coseKey = encodeCbor(
    new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]),
  );
  let counter = 0;

  const clientData = (type: string, challenge: string, lies: Lies): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? origin,
        crossOrigin: false,
      }),
    );

  function head(lies: Lies, attested: number): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.counter ?? ++counter);
    const flags = (lies.flags ?? 5) | attested;
    return Buffer.concat([sha256(Buffer.from(lies.rpId ?? rpId)), Buffer.from([flags]), count]);
  }

  return {
    /** The answer to options for making a passkey. */
    make(challenge: string, lies: Lies = {}): unknown {
      const client = clientData('webauthn.create', challenge, lies);
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, coseKey]);
      const authData = Buffer.concat([head(lies, 0x40), attested]);
      const attestation = encodeCbor(
        new Map<string, CborValue>([
          ['fmt', 'none'],
          ['attStmt', new Map<string, CborValue>()],
          ['authData', new Uint8Array(authData)],
        ]),
      );
      return answerOf(id, {
        clientDataJSON: text(client),
        attestationObject: text(Buffer.from(attestation)),
        transports: ['internal'],
      });
    },
    /** The answer to options for signing in. */
    sign(challenge: string, lies: Lies = {}): unknown {
      const client = clientData('webauthn.get', challenge, lies);
      const authData = head(lies, 0);
      const signed = Buffer.concat([authData, sha256(lies.isForged === true ? Buffer.from('else') : client)]);
      return answerOf(id, {
        clientDataJSON: text(client),
        authenticatorData: text(authData),
        signature: text(createSign('sha256').update(signed).sign(privateKey)),
      });
    },
  };
}

const answerOf = (id: Buffer, response: Readonly<Record<string, unknown>>) => ({
  id: text(id),
  rawId: text(id),
  type: 'public-key',
  clientExtensionResults: {},
  response,
});

const text = (bytes: Buffer): string => bytes.toString('base64url');
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
