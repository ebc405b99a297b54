// What an enrolled tablet owes its server at each contact: to carry out what was ordered of it, and to change its key in
// time. A wipe is carried out only when nothing waits any more, and each step of it is on the disk before the next.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { type OrderKind, verifyOrder } from '../../core/identity/device-order.ts';
import { isRotationDue, signRotation } from '../../core/identity/key-rotation.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { signerOf } from './device-keys.ts';
import { NO_BODY } from './net-answer.ts';
import type { SignedAnswer, SignedNet } from './signed-net.ts';
import type { StoredKey } from './stored-identity.ts';
import type { TabletIdentity } from './tablet-identity.ts';

/** Each change is one durable step. */
export interface DutyStore {
  /** In one step with the note that the server is to be told. */
  forgetPin(): Promise<void>;
  isPinResetToTell(): Promise<boolean>;
  notePinResetTold(): Promise<void>;
  /** Destroys all but what the last word to the server is signed by; false, and nothing done, while records wait. */
  beginWipe(): Promise<boolean>;
  /** Destroys the rest. */
  finishWipe(): Promise<void>;
  /** The key to change to: the one that was made before, or a new one, kept before it is given. */
  nextKey(nowSeconds: number): Promise<StoredKey>;
  /** The server will not have it. */
  dropNextKey(): Promise<void>;
  useNextKey(nowSeconds: number): Promise<void>;
}

export interface DutyPorts {
  readonly identity: TabletIdentity;
  readonly net: SignedNet;
  readonly store: DutyStore;
  readonly engine: Ed25519Engine;
  /** Who may order: the key that was shown at enrolment, and those that trust names since. */
  readonly orderKeys: () => readonly Bytes[];
  readonly nowSeconds: () => number;
}

export type DutyOutcome =
  | 'nothing'
  | 'pin-forgotten'
  /** Ordered, and records wait: they are sent first. */
  | 'wipe-waits'
  | 'wiped'
  /** Destroyed, and the server could not be told yet. */
  | 'wiping';

const OK = 200;
const NO_CONTENT = 204;
const CONFLICT = 409;
const KINDS: readonly OrderKind[] = ['wipe', 'pin-reset'];

/** Carries out what is ordered, then sees to the key. */
export async function doDuties(ports: DutyPorts): Promise<DutyOutcome> {
  const { identity, store } = ports;
  if (identity.isWiping) return endWipe(ports);
  if (identity.isRevoked) return 'nothing';
  // Before anything is asked: the order that still stands is the one that was carried out, and a PIN may have been set since.
  const isTold = !(await store.isPinResetToTell()) || (await tellPinReset(ports));
  switch (await askForOrder(ports)) {
    case 'wipe':
      return (await store.beginWipe()) ? endWipe(ports) : 'wipe-waits';
    case 'pin-reset':
      if (!isTold) return 'nothing';
      await store.forgetPin();
      await tellPinReset(ports);
      return 'pin-forgotten';
    case null:
      await rotateIfDue(ports);
      return 'nothing';
  }
}

async function askForOrder({ identity, net, orderKeys, engine }: DutyPorts): Promise<OrderKind | null> {
  const answer = await net.send({
    method: 'GET',
    target: `${addressOf(identity)}/orders`,
    body: NO_BODY,
    type: null,
  });
  if (answer.kind !== 'answer' || answer.status !== OK) return null;
  const own = { site: identity.site, device: identity.device, nonce: answer.nonce };
  for (const kind of KINDS) {
    const order = await verifyOrder(kind, answer.body, own, orderKeys(), engine);
    if (order.ok) return kind;
  }
  return null;
}

/** Whether the server knows now, or knew before. */
async function tellPinReset(ports: DutyPorts): Promise<boolean> {
  const answer = await tellDone(ports, 'pin-reset');
  const isTold = answer.kind === 'answer' && (answer.status === NO_CONTENT || answer.status === CONFLICT);
  if (isTold) await ports.store.notePinResetTold();
  return isTold;
}

/** Any answer of the server ends it: it knows, or it has revoked this tablet, or it never knew. */
async function endWipe(ports: DutyPorts): Promise<DutyOutcome> {
  const answer = await tellDone(ports, 'wipe');
  if (answer.kind !== 'answer' || answer.status === OK || answer.status >= 500) return 'wiping';
  await ports.store.finishWipe();
  return 'wiped';
}

const tellDone = ({ identity, net }: DutyPorts, kind: OrderKind): Promise<SignedAnswer> =>
  net.send({
    method: 'POST',
    target: `${addressOf(identity)}/orders/done`,
    body: utf8ToBytes(kind),
    type: 'text/plain',
  });

/** The key before is given up for the server's signed word only: under one that it does not have, nothing would arrive. */
async function rotateIfDue({
  identity,
  net,
  store,
  engine,
  orderKeys,
  nowSeconds,
}: DutyPorts): Promise<void> {
  const now = nowSeconds();
  if (!isRotationDue(identity.keySinceSeconds, now)) return;
  const next = await store.nextKey(now);
  const body = await signRotation(identity, now, identity.signer, signerOf(next));
  const target = `${addressOf(identity)}/key`;
  const answer = await net.send({ method: 'POST', target, body, type: 'application/cose' });
  if (answer.kind !== 'answer') return;
  if (answer.status === CONFLICT) await store.dropNextKey();
  const own = { site: identity.site, device: identity.device, nonce: answer.nonce };
  const taken = await verifyOrder('key-taken', answer.body, own, orderKeys(), engine);
  if (!taken.ok) return;
  await store.useNextKey(now);
  await identity.renew();
}

const addressOf = ({ site }: TabletIdentity): string => `/api/sites/${encodeURIComponent(site)}`;
