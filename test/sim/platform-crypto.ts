// The platform that core declares (src/core/platform.d.ts), by node:crypto and in the same turn: every promise is settled
// when it is given, so that no thread of the engine's can change the order of things.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signNow,
  verify as verifyNow,
} from 'node:crypto';

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519 = 'Ed25519';

interface SimKey {
  readonly type: 'public' | 'private';
  readonly key: KeyObject;
}

const subtle = {
  async digest(name: string, data: Uint8Array): Promise<ArrayBuffer> {
    if (name !== 'SHA-256') throw new Error(`no digest ${name} here`);
    return new Uint8Array(createHash('sha256').update(data).digest()).buffer;
  },
  async importKey(format: string, bytes: Uint8Array, name: unknown): Promise<SimKey> {
    if (name !== ED25519) throw new Error('only Ed25519 here');
    if (format === 'pkcs8') {
      const key = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
      return { type: 'private', key };
    }
    const der = Buffer.concat([SPKI_HEAD, bytes]);
    return { type: 'public', key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
  },
  async verify(_name: string, { key }: SimKey, signature: Uint8Array, data: Uint8Array): Promise<boolean> {
    return verifyNow(null, data, key, signature);
  },
  async sign(_name: string, { key }: SimKey, data: Uint8Array): Promise<ArrayBuffer> {
    return new Uint8Array(signNow(null, data, key)).buffer;
  },
};

export interface InstalledCrypto {
  /** Work is under way in another thread. */
  isBusy(): boolean;
  close(): void;
}

/** Until it is closed, this process's `crypto` is this one. */
export function installPlatformCrypto(): InstalledCrypto {
  return { isBusy: () => false, close: replaceCrypto({ subtle }) };
}

/** The same crypto as browsers have, which answers when it likes: what is under way is counted. */
export function installCountedWebCrypto(): InstalledCrypto {
  const { subtle: native } = globalThis.crypto;
  let underWay = 0;
  const counted = new Proxy(native, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        underWay += 1;
        const done: Promise<unknown> = method.apply(target, given);
        return done.finally(() => {
          underWay -= 1;
        });
      };
    },
  });
  return { isBusy: () => underWay > 0, close: replaceCrypto({ subtle: counted }) };
}

function replaceCrypto(value: object): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value, configurable: true, writable: true });
  return () => {
    if (before !== undefined) Object.defineProperty(globalThis, 'crypto', before);
  };
}
