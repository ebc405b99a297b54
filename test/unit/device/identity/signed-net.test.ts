// The tablet's way to its server against the server's own routes for tablets, over a network that fails where it likes: a
// clock a year off, a server that was set back to before a change of the key, and both at once.

import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DevicePublicKey,
  deviceKeyId,
  openDeviceVerifier,
} from '../../../../src/core/identity/device-key.ts';
import { registerDevice } from '../../../../src/core/identity/device-register.ts';
import { signRotation } from '../../../../src/core/identity/key-rotation.ts';
import { parsePublicOrigin } from '../../../../src/core/identity/public-origin.ts';
import { ok } from '../../../../src/core/result.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { makeDeviceKey, signerOf } from '../../../../src/device/identity/device-keys.ts';
import { createSignedNet } from '../../../../src/device/identity/signed-net.ts';
import type { StoredKey } from '../../../../src/device/identity/stored-identity.ts';
import type { TabletIdentity } from '../../../../src/device/identity/tablet-identity.ts';
import { createGuardedRoutes } from '../../../../src/server/access/guarded-routes.ts';
import { createTabletKeeper } from '../../../../src/server/access/tablet-keeper.ts';
import { addDeviceRoutes } from '../../../../src/server/devices/device-routes.ts';
import type { DeviceStore, StoredDevice } from '../../../../src/server/storage/device-store.ts';

const SITE = 'lindenhof';
const DEVICE = '1'.repeat(32);
const NOW = Date.UTC(2026, 2, 2, 12) / 1000;
const YEAR = 365 * 86_400;
const ORDERS = {
  method: 'GET',
  target: `/api/sites/${SITE}/orders`,
  body: new Uint8Array(0),
  type: null,
} as const;

const engine = await chooseEngine();
const verifyDevice = openDeviceVerifier(engine);
const signer = await createSigner(new Uint8Array(32).fill(1));
const publicKeyOf = ({ algorithm, publicKey }: StoredKey): DevicePublicKey => ({
  algorithm,
  bytes: publicKey,
});
const clock = (offSeconds: number) => vi.setSystemTime((NOW + offSeconds) * 1000);

/** What a database would keep; a copy of it is a backup. */
interface Register {
  device: StoredDevice;
  readonly keysById: Map<string, DevicePublicKey>;
}

let register: Register;
let asked: string[];
/** What the network does to the request of that number, counted from 1. */
let fault: { readonly at: number; readonly when: 'before' | 'after' } | null;

const devices: Pick<DeviceStore, 'find' | 'findByKey' | 'change' | 'noteSeen'> = {
  find: async () => register.device,
  async findByKey(_site, keyId) {
    const key = register.keysById.get(keyId);
    return key === undefined ? null : { device: register.device, key };
  },
  async change(_site, _device, change) {
    const next = (await change(register.device)) ?? register.device;
    register.device = next;
    for (const held of [next.current, next.next]) if (held) register.keysById.set(held.keyId, held.key);
    return next;
  },
  noteSeen: async () => undefined,
};

function openServer(): Hono {
  const origin = parsePublicOrigin('https://gate.example');
  if (!origin.ok) throw new Error(origin.error);
  const tools = {
    stores: {
      devices: devices as DeviceStore,
      nonces: { remember: async () => ok(null), sweep: async () => 0 },
    },
    publicOrigin: origin.value,
    trust: { signers: { time: signer, receipt: signer } },
    verifyDevice,
    nowMs: () => NOW * 1000,
    replaceDayKeys: async () => undefined,
    findSite: () => null,
  };
  const routes = createGuardedRoutes({
    tablet: createTabletKeeper(tools),
    person: async () => new Response(null, { status: 401 }),
  });
  addDeviceRoutes(routes, tools);
  return new Hono().route('/api', routes.app);
}

async function enrol(key: StoredKey): Promise<void> {
  const registered = await registerDevice(
    { site: SITE, device: DEVICE, key: publicKeyOf(key) },
    null,
    NOW - YEAR,
  );
  register = {
    device: {
      ...registered,
      gate: 'east',
      enrolledAtSeconds: NOW - YEAR,
      lastSeenAtSeconds: null,
      wipe: 'none',
      isPinResetOrdered: false,
    },
    keysById: new Map([[registered.current.keyId, registered.current.key]]),
  };
}

/** The register learns the next key, and its first use ends the one before; the copy is of before all that. */
async function changeKey(from: StoredKey, to: StoredKey): Promise<Register> {
  const backup: Register = { device: register.device, keysById: new Map(register.keysById) };
  const before = tabletWith(from);
  const body = await signRotation(before.identity, NOW, signerOf(from), signerOf(to));
  await before.net.send({ method: 'POST', target: `/api/sites/${SITE}/key`, body, type: 'application/cose' });
  await tabletWith(to).net.send(ORDERS);
  expect(register.device.current.keyId).toBe(await deviceKeyId(publicKeyOf(to)));
  asked = [];
  return backup;
}

function tabletWith(key: StoredKey, keysBefore: readonly StoredKey[] = []) {
  const origin = parsePublicOrigin('https://gate.example');
  if (!origin.ok) throw new Error(origin.error);
  const revoked = { isTold: false };
  const identity: TabletIdentity = {
    origin: origin.value,
    site: SITE,
    gate: 'east',
    device: DEVICE,
    serverKey: signer.publicKey,
    rootHash: new Uint8Array(32),
    isRevoked: false,
    isWiping: false,
    keySinceSeconds: key.sinceSeconds,
    signer: signerOf(key),
    signersBefore: keysBefore.map(signerOf),
    renew: async () => false,
    async noteRevoked() {
      revoked.isTold = true;
    },
  };
  return { identity, revoked, net: createSignedNet(identity, () => [signer.publicKey], engine) };
}

const statusOf = async (tablet: ReturnType<typeof tabletWith>) => {
  const answer = await tablet.net.send(ORDERS);
  return answer.kind === 'answer' ? answer.status : answer.kind;
};

let first: StoredKey;
let second: StoredKey;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  clock(0);
  asked = [];
  fault = null;
  [first, second] = [await makeDeviceKey(NOW - YEAR), await makeDeviceKey(NOW)];
  await enrol(first);
  const server = openServer();
  vi.stubGlobal('fetch', async (target: string, { redirect: _, ...init }: RequestInit) => {
    asked.push(`${init.method} ${target.split('/').at(-1)}`);
    const met = fault?.at === asked.length ? fault.when : null;
    if (met === 'before') throw new TypeError('no network');
    const answer = await server.request(target, init);
    if (met === 'after') throw new TypeError('no network');
    return answer;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a clock that is off', () => {
  it.each([YEAR, -YEAR])('by %i seconds costs one request, once', async (off) => {
    clock(off);
    const tablet = tabletWith(first);
    expect(await statusOf(tablet)).toBe(204);
    expect(asked).toHaveLength(2);
    expect(await statusOf(tablet)).toBe(204);
    expect(asked).toHaveLength(3);
  });

  it('and is mended afterwards is found out as well', async () => {
    clock(YEAR);
    const tablet = tabletWith(first);
    await statusOf(tablet);
    clock(0);
    expect(await statusOf(tablet)).toBe(204);
  });

  it('is not believed of anybody but the server', async () => {
    clock(YEAR);
    const { identity } = tabletWith(first);
    const stranger = await createSigner(new Uint8Array(32).fill(2));
    const net = createSignedNet(identity, () => [stranger.publicKey], engine);
    expect(await net.send(ORDERS)).toMatchObject({ status: 401 });
    expect(asked).toHaveLength(1);
  });
});

describe('a server that was set back to before a change of the key', () => {
  it('knows the key again by the word of the one before', async () => {
    register = await changeKey(first, second);
    expect(await statusOf(tabletWith(second))).toBe(401);
    asked = [];
    const tablet = tabletWith(second, [first]);
    expect(await statusOf(tablet)).toBe(204);
    expect(asked).toEqual(['GET orders', 'POST key', 'GET orders']);
    expect(register.device.current.keyId).toBe(await deviceKeyId(publicKeyOf(second)));
    expect(await statusOf(tablet)).toBe(204);
    expect(asked).toHaveLength(4);
  });

  it('and to before the change before that', async () => {
    const backup = await changeKey(first, second);
    const third = await makeDeviceKey(NOW);
    await changeKey(second, third);
    register = backup;
    expect(await statusOf(tabletWith(third, [second, first]))).toBe(204);
  });

  it.each([YEAR, -YEAR])('is told in time by a clock that is off by %i seconds', async (off) => {
    register = await changeKey(first, second);
    clock(off);
    expect(await statusOf(tabletWith(second, [first]))).toBe(204);
  });

  it('takes it from a tablet that is to be wiped, too: what waits on it comes first', async () => {
    register = await changeKey(first, second);
    register.device = { ...register.device, wipe: 'ordered' };
    expect(await statusOf(tabletWith(second, [first]))).toBe(200);
  });

  it.each([1, 2, 3].flatMap((at) => [{ at, when: 'before' } as const, { at, when: 'after' } as const]))(
    'recovers where request $at is lost, $when the server had it',
    async (lost) => {
      register = await changeKey(first, second);
      fault = lost;
      expect(await statusOf(tabletWith(second, [first]))).toBe('unreachable');
      fault = null;
      expect(await statusOf(tabletWith(second, [first]))).toBe(204);
    },
  );

  it('and has revoked the tablet says so by the key that it knows', async () => {
    register = await changeKey(first, second);
    register.device = { ...register.device, revokedAtSeconds: NOW };
    const tablet = tabletWith(second, [first]);
    expect(await statusOf(tablet)).toBe(403);
    expect(tablet.revoked.isTold).toBe(true);
  });
});

it('a key that was replaced opens nothing at a server that knows the one after it', async () => {
  await changeKey(first, second);
  expect(await statusOf(tabletWith(first))).toBe(401);
  const stranger = await makeDeviceKey(NOW);
  expect(await statusOf(tabletWith(stranger, [first]))).toBe(401);
  expect(register.device.current.keyId).toBe(await deviceKeyId(publicKeyOf(second)));
});
