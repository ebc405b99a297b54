// A tablet's keys are the platform's: Ed25519, or P-256 where the platform has no Ed25519. Neither gives its private half.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { openDeviceVerifier, parseDeviceKey } from '../../../../src/core/identity/device-key.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { makeDeviceKey, signerOf } from '../../../../src/device/identity/device-keys.ts';

const verify = openDeviceVerifier(await chooseEngine());
const MESSAGE = utf8ToBytes('a request');

afterEach(() => void vi.restoreAllMocks());

/** As a platform that does not know Ed25519 answers. */
function withoutEd25519(name: string): void {
  const generate = crypto.subtle.generateKey.bind(crypto.subtle) as (...asked: unknown[]) => Promise<never>;
  vi.spyOn(crypto.subtle, 'generateKey').mockImplementation((...asked: unknown[]) => {
    const [algorithm] = asked as [{ name: string }];
    if (algorithm.name === 'Ed25519') return Promise.reject(new DOMException('unrecognized name', name));
    return generate(...asked);
  });
}

describe.each([
  ['a platform with Ed25519', null, 'ed25519'],
  ['one that says NotSupportedError', 'NotSupportedError', 'ecdsa-p256-sha256'],
  ['one that says SyntaxError', 'SyntaxError', 'ecdsa-p256-sha256'],
] as const)('%s', (_, refusal, algorithm) => {
  it(`signs by ${algorithm}, as the server verifies`, async () => {
    if (refusal !== null) withoutEd25519(refusal);
    const key = await makeDeviceKey(1.9);
    expect([key.algorithm, key.sinceSeconds]).toEqual([algorithm, 1]);
    const { publicKey, sign } = signerOf(key);
    expect(parseDeviceKey(publicKey.bytes)).toEqual({ ok: true, value: publicKey });
    const signature = await sign(MESSAGE);
    expect(signature).toHaveLength(64);
    expect(await verify(publicKey, signature, MESSAGE)).toBe(true);
    expect(await verify(publicKey, signature, utf8ToBytes('another'))).toBe(false);
  });

  it('never gives the private half', async () => {
    if (refusal !== null) withoutEd25519(refusal);
    const { privateKey } = await makeDeviceKey(0);
    expect(privateKey.extractable).toBe(false);
    for (const format of ['pkcs8', 'jwk'] as const)
      await expect(crypto.subtle.exportKey(format, privateKey)).rejects.toThrow();
  });
});

it('an accident is no missing algorithm', async () => {
  withoutEd25519('OperationError');
  await expect(makeDeviceKey(0)).rejects.toThrow('unrecognized name');
});
