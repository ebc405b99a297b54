// The steps of an enrolment in the tablet's database, each one strict transaction, and how its server is asked.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { isSameBytes } from '../../core/bytes/bytes.ts';
import { readAtMost } from '../../core/bytes/read-at-most.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { LogPosition, NetAnswer } from '../../sync/ports.ts';
import { committed, type Database, readFact, strictTransaction, writeFact } from '../database.ts';
import { withLogLock } from '../locks.ts';
import { tellNews } from '../news.ts';
import { makeDeviceKey } from './device-keys.ts';
import {
  type Confirmed,
  createEnrolmentDesk,
  type EnrolmentDesk,
  type EnrolmentStore,
  type Invited,
  readInvitation,
} from './enrolment-desk.ts';
import { NO_BODY, retryAfterMs } from './net-answer.ts';
import type { StoredEnrolment, StoredIdentity, StoredKey } from './stored-identity.ts';

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 4096;

export const openEnrolmentDesk = (database: Database, engine: Ed25519Engine): EnrolmentDesk =>
  createEnrolmentDesk({
    store: openEnrolmentStore(database),
    engine,
    ask: (question, claim) =>
      exchange(`/api/enrolments/${question}`, {
        method: 'POST',
        headers: { 'content-type': 'application/cbor' },
        body: claim,
      }),
    askForOpenInvitation,
    nowMs: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    pageOrigin: location.origin,
  });

/** A server that is run for trying it out invites whoever opens its page. Others say that they do not. */
async function askForOpenInvitation(): Promise<Invited | 'none' | 'unreachable'> {
  const answer = await exchange('/api/enrolments/open', { method: 'GET' });
  if (answer.kind !== 'answer' || answer.status !== 200) return 'unreachable';
  try {
    const { invitation } = JSON.parse(new TextDecoder().decode(answer.body)) as { invitation?: unknown };
    return (typeof invitation === 'string' && readInvitation(invitation)) || 'none';
  } catch {
    return 'unreachable';
  }
}

export function openEnrolmentStore(database: Database): EnrolmentStore {
  /** Made for an enrolment that came to nothing: the code, if it is tried again, is bound to it. */
  let spare: StoredKey | null = null;
  return {
    read: async () => (await readFact(database, 'enrolment')) ?? null,
    write: (enrolment) => writeFact(database, 'enrolment', enrolment),
    async clear() {
      const transaction = strictTransaction(database, ['facts']);
      await committed(transaction, [transaction.objectStore('facts').delete(IDBKeyRange.only('enrolment'))]);
    },
    async keyFor(nowSeconds) {
      // The same tablet goes on under the key that signed what waits.
      spare = (await readFact(database, 'identity'))?.key ?? spare ?? (await makeDeviceKey(nowSeconds));
      return spare;
    },
    async boundTo() {
      const cursor = await database.transaction('records').store.openCursor();
      return cursor?.value.site ?? null;
    },
    finish: (confirmed, key) => withLogLock(() => finish(database, confirmed, key)),
  };
}

async function finish(
  database: Database,
  { site, gate, device, epoch, origin, server }: Confirmed,
  key: StoredKey,
): Promise<void> {
  const transaction = strictTransaction(database, [
    'facts',
    'repository',
    'statusLists',
    'dayKeys',
    'sealKeys',
    'sightings',
  ]);
  const facts = transaction.objectStore('facts');
  const underWay = (await facts.get('enrolment')) as StoredEnrolment | undefined;
  // Another tab was quicker: the log may have gone on since.
  if (underWay === undefined || !isSameBytes(underWay.key.publicKey, key.publicKey)) return transaction.done;
  const before = (await facts.get('identity')) as StoredIdentity | undefined;
  const isSameSite = before?.site === site && isSameBytes(before.rootHash, server.rootHash);
  const identity: StoredIdentity = {
    origin: origin.text,
    site,
    gate,
    device,
    serverKey: server.key,
    rootHash: server.rootHash,
    key,
    nextKey: null,
    keysBefore: isSameSite ? (before.keysBefore ?? []) : [],
    isRevoked: false,
    isWiping: false,
  };
  const stood = (await facts.get('position')) as LogPosition | undefined;
  const run = { site, device, epoch: freshEpoch(device, epoch, stood) };
  const position: LogPosition = { identity: run, head: { seq: 0, hash: NO_BODY } };
  const ended: (keyof FactsThatEnd)[] = ['enrolment', 'pin'];
  const writes: Promise<unknown>[] = [];
  if (!isSameSite) {
    ended.push('trust', 'clockFloor');
    for (const store of ['repository', 'statusLists', 'dayKeys', 'sealKeys', 'sightings'] as const)
      writes.push(transaction.objectStore(store).clear());
  }
  for (const name of ended) writes.push(facts.delete(IDBKeyRange.only(name)));
  writes.push(facts.put(identity, 'identity'), facts.put(position, 'position'));
  await committed(transaction, writes);
  tellNews('identity');
}

/** A tablet that went on to a later epoch by itself has used its numbers: the server's word does not know of that. */
const freshEpoch = (device: string, epoch: number, stood: LogPosition | undefined): number =>
  stood?.identity.device === device ? Math.max(epoch, stood.identity.epoch + 1) : epoch;

/** What an enrolment ends: always itself and the PIN, and under another root or at another site what judged there. */
type FactsThatEnd = Record<'enrolment' | 'pin' | 'trust' | 'clockFloor', unknown>;

async function exchange(address: string, init: RequestInit & { readonly body?: Bytes }): Promise<NetAnswer> {
  try {
    const response = await fetch(address, {
      ...init,
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = (await readAtMost(response.body, MAX_ANSWER_BYTES)) ?? NO_BODY;
    return { kind: 'answer', status: response.status, retryAfterMs: retryAfterMs(response.headers), body };
  } catch {
    return { kind: 'unreachable' };
  }
}
