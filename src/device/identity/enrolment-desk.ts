// Enrols this tablet, step by step, each step on the disk before the next begins: a tablet that is killed at any point goes
// on where it was, or begins again. Nothing that waits to be sent is touched.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { parseInvitation } from '../../core/identity/enrolment-code.ts';
import { encodeClaim, parseClaimAnswer } from '../../core/identity/enrolment-messages.ts';
import {
  type InvitedHashes,
  makeClaim,
  startEnrolment,
  type TabletEnrolment,
  takeAnswer,
  takeEnrolled,
} from '../../core/identity/enrolment-tablet.ts';
import { type PublicOrigin, parsePublicOrigin } from '../../core/identity/public-origin.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { NetAnswer } from '../../sync/ports.ts';
import type { StoredEnrolment, StoredKey } from './stored-identity.ts';

export type Confirmed = TabletEnrolment & { readonly kind: 'confirmed' };

/** Each change is one durable step. */
export interface EnrolmentStore {
  read(): Promise<StoredEnrolment | null>;
  write(enrolment: StoredEnrolment): Promise<void>;
  clear(): Promise<void>;
  /** The key to enrol with: the one this tablet has, or a new one. */
  keyFor(nowSeconds: number): Promise<StoredKey>;
  /** The site whose records wait here. */
  boundTo(): Promise<string | null>;
  /** Puts the new identity in the place of any before it, and the log at the beginning of its epoch. */
  finish(confirmed: Confirmed, key: StoredKey): Promise<void>;
}

export interface EnrolmentPorts {
  readonly store: EnrolmentStore;
  readonly engine: Ed25519Engine;
  readonly ask: (question: 'claim' | 'word', claim: Bytes) => Promise<NetAnswer>;
  readonly nowMs: () => number;
  /** What a server that is run for trying it out offers whoever opens its page. */
  readonly askForOpenInvitation: () => Promise<Invited | 'none' | 'unreachable'>;
  readonly wait: (ms: number) => Promise<void>;
  /** Where this page came from: no other server can be asked. */
  readonly pageOrigin: string;
}

export type EnrolmentEnd =
  /** The server takes no such code: wrong, used, over, or another site's while records wait. It does not say which. */
  | { readonly why: 'refused'; readonly boundTo: string | null }
  | { readonly why: 'expired' }
  /** What answered is not the server that the code is of. */
  | { readonly why: 'wrong-server'; readonly code: string }
  | { readonly why: 'other-origin'; readonly origin: string };

export type EnrolmentState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly isReached: boolean }
  /** Both screens show these digits. */
  | {
      readonly kind: 'claimed';
      readonly digits: string;
      readonly endsAtMs: number;
      readonly isReached: boolean;
    }
  | { readonly kind: 'ended'; readonly end: EnrolmentEnd }
  | { readonly kind: 'done'; readonly gate: string };

export interface Invited {
  readonly origin: PublicOrigin;
  readonly code: Bytes;
  readonly hashes: InvitedHashes | null;
}

export interface EnrolmentDesk {
  readonly state: EnrolmentState;
  subscribe(listener: (state: EnrolmentState) => void): () => void;
  /** Goes on with what a kill has interrupted. */
  resume(): Promise<void>;
  /** Enrols by an open invitation, if there is one. */
  enterOpenly(): Promise<'entered' | 'none' | 'unreachable'>;
  /** Resolves when the enrolment has ended, one way or another. */
  begin(invited: Invited): Promise<void>;
  /** Back to the beginning: after an end, and in the middle. */
  cancel(): Promise<void>;
}

const ASK_EVERY_MS = 2000;
const ACCEPTED = 202;
const OK = 200;
const FORBIDDEN = 403;

/** A QR text as an invitation. */
export function readInvitation(text: string): Invited | null {
  const parsed = parseInvitation(text);
  if (!parsed.ok) return null;
  const { origin, code, serverKeyHash, rootHash } = parsed.value;
  return { origin, code, hashes: { serverKeyHash, rootHash } };
}

export function createEnrolmentDesk(ports: EnrolmentPorts): EnrolmentDesk {
  const { store, nowMs } = ports;
  const listeners = new Set<(state: EnrolmentState) => void>();
  let state: EnrolmentState = { kind: 'idle' };
  /** Grows with each beginning and each cancel: what began before must not go on. */
  let turn = 0;

  const say = (next: EnrolmentState) => {
    state = next;
    for (const listener of listeners) listener(state);
  };
  const end = async (why: EnrolmentEnd) => {
    await store.clear();
    say({ kind: 'ended', end: why });
  };

  const run = async (): Promise<void> => {
    const own = ++turn;
    const isOver = () => own !== turn;
    for (let stored = await store.read(); stored !== null && !isOver(); stored = await store.read()) {
      if (state.kind !== 'asking' && state.kind !== 'claimed') say(shown(stored, true));
      const step = await askOnce(ports, stored);
      if (isOver()) return;
      if (step.kind === 'end') return end(step.end);
      if (step.kind === 'done') {
        await store.finish(step.confirmed, stored.key);
        return say({ kind: 'done', gate: step.confirmed.gate });
      }
      if (step.kind === 'claimed') {
        await store.write(step.next);
        say(shown(step.next, true));
        continue;
      }
      say(shown(stored, step.isReached));
      await ports.wait(step.waitMs);
    }
  };

  const begin: EnrolmentDesk['begin'] = async ({ origin, code, hashes }) => {
    if (!isOwnServer(origin.text, ports.pageOrigin))
      return say({ kind: 'ended', end: { why: 'other-origin', origin: origin.text } });
    say({ kind: 'asking', isReached: true });
    const nowSeconds = Math.floor(nowMs() / 1000);
    const key = await store.keyFor(nowSeconds);
    const tablet = { algorithm: key.algorithm, bytes: key.publicKey };
    const { expiresSeconds } = startEnrolment({ origin, code, hashes }, tablet, nowSeconds);
    await store.write({ origin: origin.text, key, code, hashes, expiresSeconds, server: null });
    await run();
  };

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
    resume: run,
    begin,
    async enterOpenly() {
      const invited = await ports.askForOpenInvitation();
      if (invited === 'none' || invited === 'unreachable') return invited;
      if (state.kind !== 'idle') return 'none';
      await begin(invited);
      return 'entered';
    },
    async cancel() {
      turn++;
      await store.clear();
      say({ kind: 'idle' });
    },
  };
}

type Step =
  | { readonly kind: 'again'; readonly isReached: boolean; readonly waitMs: number }
  | { readonly kind: 'claimed'; readonly next: StoredEnrolment }
  | { readonly kind: 'done'; readonly confirmed: Confirmed }
  | { readonly kind: 'end'; readonly end: EnrolmentEnd };

const shown = ({ server, expiresSeconds }: StoredEnrolment, isReached: boolean): EnrolmentState =>
  server === null
    ? { kind: 'asking', isReached }
    : { kind: 'claimed', digits: server.digits, endsAtMs: expiresSeconds * 1000, isReached };

/** A machine's own names for itself differ by port when a cable or a proxy stands between; elsewhere they must agree. */
function isOwnServer(origin: string, pageOrigin: string): boolean {
  const isLoopback = (text: string) => /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(text);
  return origin === pageOrigin || (isLoopback(origin) && isLoopback(pageOrigin));
}

async function askOnce(ports: EnrolmentPorts, stored: StoredEnrolment): Promise<Step> {
  const boundTo = await ports.store.boundTo();
  const claim = encodeClaim(await makeClaim(invitedOf(stored), boundTo));
  const answer = await ports.ask(stored.server === null ? 'claim' : 'word', claim);
  const isLate = ports.nowMs() >= stored.expiresSeconds * 1000;
  if (answer.kind === 'answer' && answer.status === FORBIDDEN)
    return { kind: 'end', end: isLate ? { why: 'expired' } : { why: 'refused', boundTo } };
  const step =
    answer.kind === 'answer' && answer.status === OK ? await take(ports, stored, answer.body) : null;
  if (step !== null) return step;
  // The word is asked for once more after the end: a manager may have confirmed in the last second.
  if (isLate) return { kind: 'end', end: { why: 'expired' } };
  const isReached = answer.kind === 'answer' && (answer.status === ACCEPTED || answer.status === OK);
  const waitMs = Math.max(ASK_EVERY_MS, (answer.kind === 'answer' && answer.retryAfterMs) || 0);
  return { kind: 'again', isReached, waitMs };
}

/** Null where the answer says nothing: a login page answers 200 too. */
async function take(ports: EnrolmentPorts, stored: StoredEnrolment, body: Bytes): Promise<Step | null> {
  if (stored.server !== null) {
    const confirmed = await takeEnrolled(claimedOf(stored, stored.server), body, ports.engine);
    if (confirmed.ok) return { kind: 'done', confirmed: confirmed.value };
    return confirmed.error === 'statement-cose' ? null : wrongServer(confirmed.error);
  }
  const answer = parseClaimAnswer(body);
  if (!answer.ok) return null;
  const claimed = await takeAnswer(invitedOf(stored), answer.value, Math.floor(ports.nowMs() / 1000));
  if (!claimed.ok)
    return claimed.error === 'enrolment-expired'
      ? { kind: 'end', end: { why: 'expired' } }
      : wrongServer(claimed.error);
  const { server, digits } = claimed.value;
  return { kind: 'claimed', next: { ...stored, server: { ...server, digits } } };
}

const wrongServer = (code: string): Step => ({ kind: 'end', end: { why: 'wrong-server', code } });

function startedOf({ origin, key, code, expiresSeconds }: StoredEnrolment) {
  const parsed = parsePublicOrigin(origin);
  if (!parsed.ok) throw new Error(`not an origin: ${origin}`);
  const tablet = { algorithm: key.algorithm, bytes: key.publicKey };
  return { origin: parsed.value, tablet, code, expiresSeconds };
}

const invitedOf = (stored: StoredEnrolment): TabletEnrolment & { kind: 'invited' } => ({
  ...startedOf(stored),
  kind: 'invited',
  hashes: stored.hashes,
});

const claimedOf = (
  stored: StoredEnrolment,
  { key, rootHash, digits }: NonNullable<StoredEnrolment['server']>,
): TabletEnrolment & { kind: 'claimed' } => ({
  ...startedOf(stored),
  kind: 'claimed',
  server: { key, rootHash },
  digits,
});
