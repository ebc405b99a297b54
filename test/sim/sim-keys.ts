// Every key of a run, from names: the same in every run of the same seed, whichever engines work with them.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign as signNow } from 'node:crypto';
import { type Bytes, concatBytes } from '../../src/core/bytes/bytes.ts';
import {
  type DeviceSigner,
  openDeviceVerifier,
  type VerifyDeviceSignature,
} from '../../src/core/identity/device-key.ts';
import type { SealKeyPair } from '../../src/core/log/sealed/day-keys.ts';
import { KEY_NAME_BYTES } from '../../src/core/log/sealed/envelope.ts';
import { type KeyAgreement, TWEETNACL_AGREEMENT } from '../../src/core/nacl/box.ts';
import { chooseEngine, type Ed25519Engine } from '../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../src/core/signature/signer.ts';
import { KEPT_AGREEMENT } from './node-agreement.ts';

/** 'browser' is what a page would choose; 'simulator' gives the same bytes, faster and in the same turn. */
export type Engines = 'simulator' | 'browser';

export interface SimKeys {
  readonly engine: Ed25519Engine;
  readonly agreement: KeyAgreement;
  readonly verifyDevice: VerifyDeviceSignature;
  /** The server's, for receipts. */
  readonly receipt: Signer;
  /** Somebody's who would like to be the server. */
  readonly stranger: Signer;
  /** By the key's name. */
  deviceSigner(name: string): DeviceSigner;
  /** By the name of its page and its number there. */
  sessionSecret(name: string): Bytes;
  sealKeyPair(site: string, day: string): SealKeyPair;
}

export async function openSimKeys(engines: Engines): Promise<SimKeys> {
  const engine = await chooseEngine();
  const isFast = engines === 'simulator';
  const deviceSigner = byName((name) => makeDeviceSigner(secretOf('device', name), isFast));
  const pairOf = byName((name) => makeSealKeyPair(name));
  return {
    engine,
    agreement: isFast ? KEPT_AGREEMENT : TWEETNACL_AGREEMENT,
    verifyDevice: openDeviceVerifier(engine),
    receipt: await createSigner(secretOf('receipt')),
    stranger: await createSigner(secretOf('stranger')),
    deviceSigner,
    sessionSecret: (name) => secretOf('session', name),
    sealKeyPair: (site, day) => pairOf(`${site} ${day}`),
  };
}

const sha256Now = (...parts: readonly (string | Bytes)[]): Bytes => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

const secretOf = (...names: readonly string[]): Bytes => sha256Now(names.join('\n'));

function byName<T>(make: (name: string) => T): (name: string) => T {
  const madeByName = new Map<string, T>();
  return (name) => {
    const known = madeByName.get(name);
    if (known !== undefined) return known;
    const made = make(name);
    madeByName.set(name, made);
    return made;
  };
}

function makeSealKeyPair(name: string): SealKeyPair {
  const [site = '', day = ''] = name.split(' ');
  const pair = KEPT_AGREEMENT.pairOf(secretOf('day', name));
  return { site, day, ...pair, name: sha256Now(pair.publicKey).slice(0, KEY_NAME_BYTES) };
}

const PKCS8_HEAD = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const SPKI_HEAD_BYTES = 12;

function makeDeviceSigner(seed: Bytes, isFast: boolean): DeviceSigner {
  const pkcs8 = concatBytes(PKCS8_HEAD, seed);
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = { algorithm: 'ed25519', bytes: new Uint8Array(spki.subarray(SPKI_HEAD_BYTES)) } as const;
  return { publicKey, sign: isFast ? signerBy(key) : signerByPlatform(pkcs8) };
}

const signerBy =
  (key: KeyObject): DeviceSigner['sign'] =>
  async (message) =>
    new Uint8Array(signNow(null, message, key));

function signerByPlatform(pkcs8: Bytes): DeviceSigner['sign'] {
  const { subtle } = globalThis.crypto;
  const imported = subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  return async (message) => new Uint8Array(await subtle.sign('Ed25519', await imported, message));
}
