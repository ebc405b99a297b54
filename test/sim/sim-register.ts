// The server's register of tablets, by production code's own rules. It lies in the database: what is restored is restored
// with it.

import { type Bytes, isSameBytes } from '../../src/core/bytes/bytes.ts';
import {
  type DevicePublicKey,
  deviceKeyId,
  type VerifyDeviceSignature,
} from '../../src/core/identity/device-key.ts';
import {
  findDeviceKey,
  type KeyRefusal,
  noteKeyUsed,
  type RegisteredDevice,
  registerDevice,
  revokeDevice,
  rotateDeviceKey,
} from '../../src/core/identity/device-register.ts';

export class SimRegister {
  readonly #devicesById = new Map<string, RegisteredDevice>();
  /** Every key that a tablet ever had: batches signed long ago are verified by them. */
  readonly #keysById = new Map<string, readonly DevicePublicKey[]>();

  readonly #ownersByLostId = new Map<string, string>();

  copy(): SimRegister {
    const copy = new SimRegister();
    for (const [id, device] of this.#devicesById) copy.#devicesById.set(id, device);
    for (const [id, keys] of this.#keysById) copy.#keysById.set(id, keys);
    for (const [id, owner] of this.#ownersByLostId) copy.#ownersByLostId.set(id, owner);
    return copy;
  }

  keysOf(device: string): readonly DevicePublicKey[] {
    const owner = this.#ownersByLostId.get(device);
    return [...(this.#keysById.get(device) ?? []), ...(owner === undefined ? [] : this.keysOf(owner))];
  }

  /** An id that nobody here has ever had was lost with a database that was set back: its tablet was enrolled anew since. */
  adopt(device: string, by: string): boolean {
    if (this.keysOf(device).length === 0) this.#ownersByLostId.set(device, by);
    return this.#keysById.has(device) || this.#ownersByLostId.get(device) === by;
  }

  knows(key: DevicePublicKey): boolean {
    return this.#idOf(key) !== undefined;
  }

  #idOf(key: DevicePublicKey): string | undefined {
    return [...this.#keysById].find(([, keys]) =>
      keys.some(({ bytes }) => isSameBytes(bytes, key.bytes)),
    )?.[0];
  }

  /** A manager has confirmed the digits: a tablet goes on under the id that its key has had. */
  async enrol(site: string, key: DevicePublicKey, newDevice: string, nowSeconds: number) {
    const device = this.#idOf(key) ?? newDevice;
    const before = this.#devicesById.get(device) ?? null;
    const registered = await registerDevice({ site, device, key }, before, nowSeconds);
    this.#keep(registered, key);
    return { device, epoch: registered.epoch };
  }

  /** As the gatekeeper of tablets' routes does, for a request whose signature holds. */
  async admit(device: string, key: DevicePublicKey): Promise<KeyRefusal | null> {
    const registered = this.#devicesById.get(device);
    if (registered === undefined) return 'key-unknown';
    const keyId = await deviceKeyId(key);
    const found = findDeviceKey(registered, keyId);
    if (!found.ok) return found.error;
    this.#devicesById.set(device, noteKeyUsed(registered, keyId));
    return null;
  }

  revoke(device: string, nowSeconds: number): void {
    const registered = this.#devicesById.get(device);
    if (registered !== undefined) this.#devicesById.set(device, revokeDevice(registered, nowSeconds));
  }

  /** Whether it was taken. */
  async rotate(
    device: string,
    rotation: Bytes,
    nowSeconds: number,
    verify: VerifyDeviceSignature,
  ): Promise<boolean> {
    const registered = this.#devicesById.get(device);
    if (registered === undefined) return false;
    const rotated = await rotateDeviceKey(registered, rotation, nowSeconds, verify);
    if (!rotated.ok) return false;
    this.#keep(rotated.value, rotated.value.next?.key ?? rotated.value.current.key);
    return true;
  }

  #keep(device: RegisteredDevice, key: DevicePublicKey): void {
    this.#devicesById.set(device.device, device);
    this.#keysById.set(device.device, [...(this.#keysById.get(device.device) ?? []), key]);
  }
}
