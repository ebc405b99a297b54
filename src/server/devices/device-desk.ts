// What managers see of a site's tablets and order of them, and what a tablet asks for itself: its next key, and what it
// was ordered. Every change is made under the device's lock.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { VerifyDeviceSignature } from '../../core/identity/device-key.ts';
import { type OrderKind, signKeyTaken, signOrder } from '../../core/identity/device-order.ts';
import { type RotateRefusal, revokeDevice, rotateDeviceKey } from '../../core/identity/device-register.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { TabletAtHand } from '../access/guarded-routes.ts';
import { type DeviceStore, KeyTaken, type StoredDevice } from '../storage/device-store.ts';

export interface DeviceDeskTools {
  readonly stores: { readonly devices: DeviceStore };
  readonly trust: { readonly signers: { readonly receipt: Signer } };
  readonly verifyDevice: VerifyDeviceSignature;
  nowMs(): number;
  /** The keys that a revoked tablet holds must be worth nothing from now on. */
  replaceDayKeys(site: string): Promise<void>;
}

/** As the console shows it. Times are whole seconds since 1970. */
export interface ListedDevice {
  readonly device: string;
  readonly gate: string;
  readonly epoch: number;
  readonly state: 'in-service' | 'leaving' | 'wiped' | 'revoked';
  readonly enrolledAt: number;
  readonly keySince: number;
  readonly lastSeenAt: number | null;
  readonly revokedAt: number | null;
  readonly isPinResetOrdered: boolean;
}

export type DeviceRefusal = 'device-unknown' | 'device-revoked';

export type RotateKeyRefusal = RotateRefusal | 'device-unknown' | 'rotation-too-many';

export interface DeviceDesk {
  list(site: string): Promise<readonly ListedDevice[]>;
  /** Refused from its next request on. */
  revoke(site: string, device: string): Promise<Result<ListedDevice, DeviceRefusal>>;
  /** Ordered at its next contact; what waits on it is handed over first. */
  wipe(site: string, device: string): Promise<Result<ListedDevice, DeviceRefusal>>;
  resetPin(site: string, device: string): Promise<Result<ListedDevice, DeviceRefusal>>;
  /** The order that stands, signed for this very request; null: none. */
  orderFor(tablet: TabletAtHand): Promise<Bytes | null>;
  noteDone(tablet: TabletAtHand, order: OrderKind): Promise<Result<null, 'order-unknown'>>;
  /** The signed word that the next key was taken: the tablet gives up the one before for nothing less. */
  rotate(tablet: TabletAtHand): Promise<Result<Bytes, RotateKeyRefusal>>;
}

/** All are kept: this many last for decades, and a tablet that asks all day fills no table. */
const MOST_KEYS = 250;

export function createDeviceDesk(tools: DeviceDeskTools): DeviceDesk {
  const { devices } = tools.stores;
  const nowSeconds = () => Math.floor(tools.nowMs() / 1000);

  const changeLiving = async (
    site: string,
    id: string,
    change: (held: StoredDevice) => StoredDevice,
  ): Promise<Result<ListedDevice, DeviceRefusal>> => {
    let isRevoked = false;
    const device = await devices.change(site, id, (held) => {
      isRevoked = held.revokedAtSeconds !== null;
      return isRevoked ? null : change(held);
    });
    if (device === null) return refused('device-unknown');
    return isRevoked ? refused('device-revoked') : ok(listedOf(device));
  };

  return {
    list: async (site) => (await devices.list(site)).map(listedOf),
    async revoke(site, id) {
      const device = await devices.change(site, id, (held) => ({
        ...held,
        ...revokeDevice(held, nowSeconds()),
      }));
      if (device === null) return refused('device-unknown');
      await tools.replaceDayKeys(site);
      return ok(listedOf(device));
    },
    wipe: (site, id) => changeLiving(site, id, (held) => ({ ...held, wipe: 'ordered' })),
    resetPin: (site, id) => changeLiving(site, id, (held) => ({ ...held, isPinResetOrdered: true })),
    async orderFor({ site, device, nonce }) {
      const held = await devices.find(site, device);
      const kind = held === null ? null : orderOf(held);
      return kind === null ? null : signOrder(kind, { site, device, nonce }, tools.trust.signers.receipt);
    },
    async noteDone({ site, device }, order) {
      let isKnown = false;
      await devices.change(site, device, async (held) => {
        isKnown = order === 'wipe' ? held.wipe === 'ordered' : held.isPinResetOrdered;
        if (!isKnown) return null;
        if (order === 'pin-reset') return { ...held, isPinResetOrdered: false };
        // Only its own word says that it holds none any more; and if this fails, it is asked to say so again.
        await tools.replaceDayKeys(site);
        return { ...held, ...revokeDevice(held, nowSeconds()), wipe: 'done' };
      });
      return isKnown ? ok(null) : refused('order-unknown');
    },
    async rotate(tablet) {
      const rotated = await rotate(tablet, nowSeconds(), tools);
      return rotated.ok ? ok(await signKeyTaken(tablet, tools.trust.signers.receipt)) : rotated;
    },
  };
}

/** Whoever is to be wiped needs no other order. */
const orderOf = ({ wipe, isPinResetOrdered }: StoredDevice): OrderKind | null => {
  if (wipe === 'ordered') return 'wipe';
  return isPinResetOrdered ? 'pin-reset' : null;
};

async function rotate(
  { site, device, body }: TabletAtHand,
  nowSeconds: number,
  { stores, verifyDevice }: DeviceDeskTools,
): Promise<Result<null, RotateKeyRefusal>> {
  let answer: Result<null, RotateKeyRefusal> = refused('device-unknown');
  try {
    await stores.devices.change(site, device, async (held) => {
      if (held.replaced.length >= MOST_KEYS) {
        answer = refused('rotation-too-many');
        return null;
      }
      const rotated = await rotateDeviceKey(held, body, nowSeconds, verifyDevice);
      answer = rotated.ok ? ok(null) : rotated;
      return rotated.ok ? { ...held, ...rotated.value } : null;
    });
    return answer;
  } catch (error) {
    // It was proved that the tablet has this key, and another tablet has it too.
    if (error instanceof KeyTaken) return refused('rotation-known-key');
    throw error;
  }
}

function listedOf(device: StoredDevice): ListedDevice {
  return {
    device: device.device,
    gate: device.gate,
    epoch: device.epoch,
    state: stateOf(device),
    enrolledAt: device.enrolledAtSeconds,
    keySince: device.current.sinceSeconds,
    lastSeenAt: device.lastSeenAtSeconds,
    revokedAt: device.revokedAtSeconds,
    isPinResetOrdered: device.isPinResetOrdered,
  };
}

function stateOf({ wipe, revokedAtSeconds }: StoredDevice): ListedDevice['state'] {
  if (wipe === 'done') return 'wiped';
  if (revokedAtSeconds !== null) return 'revoked';
  return wipe === 'ordered' ? 'leaving' : 'in-service';
}
