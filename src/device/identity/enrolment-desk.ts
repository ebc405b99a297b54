// Enrols this tablet, step by step, each step on the disk before the next begins: a tablet that is killed at any point goes
// on where it was, or begins again. Nothing that waits to be sent is touched.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { parseInvitation } from '../../core/identity/enrolment-code.ts';
import type { InvitedHashes, TabletEnrolment } from '../../core/identity/enrolment-tablet.ts';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { NetAnswer } from '../../sync/ports.ts';
import { later } from '../later.ts';
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

const loadSteps = later(() => import('./enrolment-steps.ts'));

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
      const { askOnce } = await loadSteps();
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

  const begin: EnrolmentDesk['begin'] = async (invited) => {
    const { origin } = invited;
    if (!isOwnServer(origin.text, ports.pageOrigin))
      return say({ kind: 'ended', end: { why: 'other-origin', origin: origin.text } });
    say({ kind: 'asking', isReached: true });
    const nowSeconds = Math.floor(nowMs() / 1000);
    const key = await store.keyFor(nowSeconds);
    const { storedOf } = await loadSteps();
    await store.write(storedOf(invited, key, nowSeconds));
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

const shown = ({ server, expiresSeconds }: StoredEnrolment, isReached: boolean): EnrolmentState =>
  server === null
    ? { kind: 'asking', isReached }
    : { kind: 'claimed', digits: server.digits, endsAtMs: expiresSeconds * 1000, isReached };

/** A machine's own names for itself differ by port when a cable or a proxy stands between; elsewhere they must agree. */
function isOwnServer(origin: string, pageOrigin: string): boolean {
  const isLoopback = (text: string) => /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(text);
  return origin === pageOrigin || (isLoopback(origin) && isLoopback(pageOrigin));
}
