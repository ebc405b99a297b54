// A tablet with clocks of its own in a world that has the true time: a wall clock that anybody winds, a monotonic clock
// that stands still in sleep and begins anew with every start, a floor and trust that outlast restarts. It does what the
// real one does, in that order, with the same functions.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { TrustSource } from '../../src/core/trust/held/ports.ts';
import { signTime, TIME_NONCE_BYTES, verifyTime } from '../../src/core/trust/signed-time.ts';
import {
  type ClockFloor,
  type ClockLook,
  firstLook,
  forgetMonotonic,
  judgedAtMs,
  laterFloor,
  lookAtClock,
  NO_FLOOR,
  nowOf,
  startMs,
  takeFreshTime,
  takeTimestamp,
} from '../../src/core/verdict/clock.ts';
import type { Verdict } from '../../src/core/verdict/verdict.ts';
import type { TrustHouse } from './trust-house.ts';
import { judgeBy, TrustTablet } from './trust-tablet.ts';

export class ClockTablet {
  /** Wall clock minus true time. */
  skewMs = 0;
  floor: ClockFloor;
  #look: ClockLook;
  #monotonicMs: number;
  #asked = 0;

  constructor(
    readonly house: TrustHouse,
    public trueMs: number,
    readonly tablet = new TrustTablet(house.engine),
    floor = NO_FLOOR,
  ) {
    this.floor = floor;
    this.#look = firstLook(floor);
    this.#monotonicMs = 5000;
  }

  get wallMs(): number {
    return this.trueMs + this.skewMs;
  }

  get doubt() {
    return this.#look.doubt;
  }

  /** As a page is opened: what was kept is read, and the clock looked at twice. */
  async open(): Promise<void> {
    const held = await this.tablet.store.readTrust();
    const known = held === null ? this.floor : laterFloor(this.floor, floorOf(held));
    this.#look = takeTimestamp(this.#look, known);
    this.look();
    this.look();
  }

  /** Another process on the same disk; its clock is wound as this one's. */
  async restarted(): Promise<ClockTablet> {
    const next = new ClockTablet(this.house, this.trueMs, this.tablet.restarted(), this.floor);
    next.skewMs = this.skewMs;
    await next.open();
    return next;
  }

  /** Time passes awake: the clock is looked at every minute or so. */
  wait(ms: number): void {
    for (const part of [ms / 2, ms / 2]) {
      this.trueMs += part;
      this.#monotonicMs += part;
      this.look();
    }
  }

  sleep(ms: number): void {
    this.trueMs += ms;
    this.#look = forgetMonotonic(this.#look);
    this.look();
    this.look();
  }

  look(): void {
    this.#look = lookAtClock(this.#look, this.wallMs, this.#monotonicMs);
  }

  /** One refresh: the time, trust, the lists. 'ok', or what was refused. */
  async sync(source: TrustSource): Promise<string> {
    await this.#takeTime();
    const outcome = await this.tablet.refresh(source, this.#startSeconds);
    const held = await this.tablet.store.readTrust();
    if (held !== null) {
      this.#keep(takeTimestamp(this.#look, floorOf(held)));
      await this.tablet.refreshLists(source, this.#startSeconds(held.timestampKeys));
    }
    this.look();
    this.look();
    return outcome;
  }

  async judge(text: string): Promise<Verdict> {
    const trust = await this.tablet.trust();
    if (trust === null) throw new Error('this tablet holds no trust');
    return judgeBy(trust, this.house.engine, text, nowOf(this.#look, this.wallMs));
  }

  /** What an end is judged by. */
  get judgedMs(): number {
    return judgedAtMs(nowOf(this.#look, this.wallMs));
  }

  #startSeconds = (timestampKeys: string): number =>
    Math.floor(startMs(this.#look, timestampKeys, this.wallMs, this.#monotonicMs) / 1000);

  async #takeTime(): Promise<void> {
    const trust = await this.tablet.trust();
    if (trust === null) return;
    const nonce: Bytes = new Uint8Array(TIME_NONCE_BYTES).fill(++this.#asked);
    const { engine, signers } = this.house;
    const answer = await signTime(nonce, Math.floor(this.trueMs / 1000), signers.time);
    const seconds = await verifyTime(answer, nonce, trust.timeKeys, engine);
    if (!seconds.ok) throw new Error(`the time was refused: ${seconds.error}`);
    this.#keep(takeFreshTime(this.#look, { signedMs: seconds.value * 1000, monotonicMs: this.#monotonicMs }));
    this.look();
    this.look();
  }

  #keep(next: ClockLook): void {
    this.#look = next;
    this.floor = next.floor;
  }
}

const floorOf = ({
  issuedAt,
  timestampKeys,
}: {
  readonly issuedAt: number;
  readonly timestampKeys: string;
}) => ({
  ms: issuedAt * 1000,
  under: timestampKeys,
});
