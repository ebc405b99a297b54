// A tablet that enrols, on a disk in memory, and the server that it enrols with, which really claims, confirms and signs.

import { type Bytes, concatBytes } from '../../../../src/core/bytes/bytes.ts';
import { sha256 } from '../../../../src/core/bytes/sha256.ts';
import type { DevicePublicKey } from '../../../../src/core/identity/device-key.ts';
import { signEnrolled } from '../../../../src/core/identity/enrolled-word.ts';
import { encodeClaimAnswer, parseClaim } from '../../../../src/core/identity/enrolment-messages.ts';
import {
  claimEnrolment,
  confirmEnrolment,
  type Enrolment,
  offerEnrolment,
} from '../../../../src/core/identity/enrolment-offer.ts';
import type { ServerIdentity } from '../../../../src/core/identity/enrolment-proof.ts';
import { type PublicOrigin, parsePublicOrigin } from '../../../../src/core/identity/public-origin.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import { makeDeviceKey } from '../../../../src/device/identity/device-keys.ts';
import {
  type Confirmed,
  createEnrolmentDesk,
  type EnrolmentDesk,
  type EnrolmentPorts,
  type Invited,
} from '../../../../src/device/identity/enrolment-desk.ts';
import type { StoredEnrolment, StoredKey } from '../../../../src/device/identity/stored-identity.ts';
import type { NetAnswer } from '../../../../src/sync/ports.ts';

export const ORIGIN = 'https://gate.example';
export const START_SECONDS = 1_772_355_600;
const CODE = new Uint8Array(16).fill(7);

export class Killed extends Error {}

export interface House {
  nowSeconds: number;
  readonly disk: {
    enrolment: StoredEnrolment | null;
    identity: { readonly confirmed: Confirmed; readonly key: StoredKey } | null;
    waitingOf: string | null;
    finished: number;
  };
  enrolment: Enrolment;
  isOffline: boolean;
  /** Stops the tablet at its so many-th operation of store or network, before it or after it. */
  kill: { at: number; when: 'before' | 'after' } | null;
  operations: number;
  /** Waits so far; each runs this. */
  onWait: () => Promise<void>;
  invited(kind?: 'scanned' | 'typed'): Promise<Invited>;
  /** What the network makes of an answer. */
  bend: (question: 'claim' | 'word', answer: NetAnswer) => NetAnswer;
  open(): EnrolmentDesk;
  confirm(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const engine = await chooseEngine();
  const signer: Signer = await createSigner(new Uint8Array(32).fill(3));
  const server: ServerIdentity = { key: signer.publicKey, rootHash: new Uint8Array(32).fill(9) };
  const origin = parsePublicOrigin(ORIGIN);
  if (!origin.ok) throw new Error('not an origin');
  const originValue: PublicOrigin = origin.value;

  const house: House = {
    nowSeconds: START_SECONDS,
    disk: { enrolment: null, identity: null, waitingOf: null, finished: 0 },
    enrolment: offerEnrolment({ id: '1', site: 'lindenhof', gate: 'east', code: CODE }, START_SECONDS),
    isOffline: false,
    kill: null,
    operations: 0,
    onWait: async () => {
      house.nowSeconds += 2;
    },
    bend: (_question, answer) => answer,
    async invited(kind = 'scanned') {
      const hashes = { serverKeyHash: await sha256(server.key), rootHash: server.rootHash };
      return { origin: originValue, code: CODE, hashes: kind === 'scanned' ? hashes : null };
    },
    open: () => createEnrolmentDesk(portsOf()),
    async confirm() {
      if (house.enrolment.kind !== 'claimed') throw new Error(`it is ${house.enrolment.kind}`);
      const { digits } = house.enrolment;
      const shown = { digits, device: 'd'.repeat(32), epoch: 1 };
      const confirmed = confirmEnrolment(house.enrolment, shown, house.nowSeconds);
      if (!confirmed.ok) throw new Error(confirmed.error);
      house.enrolment = confirmed.value;
    },
  };

  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    const own = ++house.operations;
    if (house.kill?.at === own && house.kill.when === 'before') throw new Killed();
    const came = await work();
    if (house.kill?.at === own) throw new Killed();
    return came;
  };

  let key: StoredKey | null = null;
  const portsOf = (): EnrolmentPorts => ({
    engine,
    nowMs: () => house.nowSeconds * 1000,
    pageOrigin: ORIGIN,
    wait: () => house.onWait(),
    askForOpenInvitation: async () => 'none',
    ask: (question, claim) =>
      step(async () => {
        if (house.isOffline) return { kind: 'unreachable' };
        return house.bend(question, await answerOf(question, claim));
      }),
    store: {
      read: async () => house.disk.enrolment,
      write: (enrolment) =>
        step(async () => {
          house.disk.enrolment = enrolment;
        }),
      clear: () =>
        step(async () => {
          house.disk.enrolment = null;
        }),
      async keyFor(nowSeconds) {
        key ??= await makeDeviceKey(nowSeconds);
        return key;
      },
      boundTo: async () => house.disk.waitingOf,
      finish: (confirmed, own) =>
        step(async () => {
          house.disk.identity = { confirmed, key: own };
          house.disk.enrolment = null;
          house.disk.finished++;
        }),
    },
  });

  const answerOf = async (question: 'claim' | 'word', bytes: Bytes): Promise<NetAnswer> => {
    const claim = parseClaim(bytes);
    if (!claim.ok) return answer(400);
    if (question === 'word') {
      if (!isSameTablet(house.enrolment, claim.value.tablet)) return answer(403);
      if (house.enrolment.kind === 'claimed')
        return answer(house.nowSeconds >= house.enrolment.expiresSeconds ? 403 : 202);
      if (house.enrolment.kind !== 'confirmed') return answer(403);
      return answer(200, await signEnrolled(house.enrolment, house.enrolment.tablet, signer));
    }
    const claimed = await claimEnrolment([house.enrolment], claim.value, server, house.nowSeconds);
    if (!claimed.ok) return answer(403);
    house.enrolment = claimed.value.claimed;
    return answer(200, encodeClaimAnswer(claimed.value.answer));
  };
  return house;
}

const answer = (status: number, body: Bytes = new Uint8Array(0)): NetAnswer => ({
  kind: 'answer',
  status,
  retryAfterMs: null,
  body,
});

const isSameTablet = (enrolment: Enrolment, tablet: DevicePublicKey): boolean =>
  enrolment.kind !== 'offered' && concatBytes(enrolment.tablet.bytes).join() === tablet.bytes.join();
