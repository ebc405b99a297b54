// The way between one tablet and the server, with everything that happens on such ways.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { Net, NetAnswer } from '../../src/sync/ports.ts';
import { LINK_FAULTS, type LinkFault } from './faults.ts';
import type { ServerWorld, SimServer } from './sim-server.ts';
import type { Life } from './virtual-time.ts';

const TIMEOUT_MS = 30_000;
const LATENCY_MS = [10, 300] as const;
const WEEK_MS = 7 * 86_400_000;
/** While a fault lasts, this share of requests meets it. */
const SHARE = 0.7;
const HTML: Bytes = new TextEncoder().encode('<html><title>Sign in to Station WiFi</title></html>');
const UNREACHABLE: NetAnswer = { kind: 'unreachable' };

const page = (status: number, retryAfterMs: number | null = null): NetAnswer => ({
  kind: 'answer',
  status,
  retryAfterMs,
  body: HTML,
});

export class SimLink {
  readonly faults = new Set<LinkFault>();
  requests = 0;

  constructor(
    readonly world: ServerWorld,
    readonly name: string,
    readonly server: SimServer,
  ) {}

  get isGood(): boolean {
    return this.faults.size === 0 && this.server.isUp;
  }

  /** The network as one tab has it. */
  open(life: Life): Net {
    return { sendBatch: (_site, batch) => this.#send(life, batch) };
  }

  #send(life: Life, batch: Bytes): Promise<NetAnswer> {
    return new Promise((resolve) => {
      if (!life.pass()) return;
      this.requests += 1;
      let isAnswered = false;
      const answer = (given: NetAnswer) => {
        if (isAnswered) return;
        isAnswered = true;
        callOff();
        if (given.kind === 'answer' && given.status >= 400)
          this.world.tell(`${this.name} is answered ${given.status}`);
        if (life.pass()) resolve(given);
      };
      const callOff = this.world.time.after(TIMEOUT_MS, () => answer(UNREACHABLE));
      this.#travel(batch, answer);
    });
  }

  #travel(batch: Bytes, answer: (given: NetAnswer) => void): void {
    const fault = this.#meet();
    const [there, back] = [this.#latency(), this.#latency()];
    const answerLater = (given: NetAnswer) => {
      this.world.time.after(there + back, () => answer(given));
    };
    const carryBack = (given: NetAnswer) => {
      this.world.time.after(back, () => answer(given));
    };
    const nobody = () => {};
    switch (fault) {
      case 'drop':
        // Or it is never heard of again, and the tablet gives up by itself.
        if (this.world.chance.is(0.5)) answerLater(UNREACHABLE);
        break;
      case 'captive-portal':
        answerLater(page(200));
        break;
      case 'refused-400':
        answerLater(page(400));
        break;
      case 'busy-429':
        answerLater(page(429, this.world.chance.magnitude(1000, 120_000)));
        break;
      case 'error-500':
        answerLater(page(500));
        break;
      case 'away-503':
        answerLater(page(503, this.world.chance.is(0.5) ? 2000 : null));
        break;
      case 'half-open':
        this.#deliver(batch, there, nobody);
        break;
      case 'delay-to-7-days':
        this.#deliver(batch, this.world.chance.magnitude(TIMEOUT_MS, WEEK_MS), nobody);
        break;
      case 'duplicate':
        this.#deliver(batch, there, carryBack);
        this.#deliver(batch, there + this.world.chance.magnitude(10, 600_000), nobody);
        break;
      case 'truncated':
        if (this.world.chance.is(0.5)) this.#deliver(this.#cut(batch), there, carryBack);
        else this.#deliver(batch, there, (given) => carryBack(this.#cutAnswer(given)));
        break;
      case 'reorder':
        this.#deliver(batch, this.world.chance.magnitude(10, 15_000), (given) =>
          this.world.time.after(this.world.chance.magnitude(10, 14_000), () => answer(given)),
        );
        break;
      case null:
        this.#deliver(batch, there, carryBack);
    }
  }

  #deliver(batch: Bytes, ms: number, reply: (given: NetAnswer) => void): void {
    this.world.time.after(ms, () => this.server.receive(batch, reply));
  }

  #meet(): LinkFault | null {
    const lasting = LINK_FAULTS.filter((fault) => this.faults.has(fault));
    if (lasting.length === 0 || !this.world.chance.is(SHARE)) return null;
    const met = this.world.chance.pick(lasting);
    this.world.counts.add(met);
    this.world.tell(`${this.name}: a request meets ${met}`);
    return met;
  }

  #cut(bytes: Bytes): Bytes {
    return bytes.slice(0, this.world.chance.below(bytes.length));
  }

  #cutAnswer(given: NetAnswer): NetAnswer {
    return given.kind === 'answer' ? { ...given, body: this.#cut(given.body) } : given;
  }

  #latency(): number {
    return this.world.chance.between(...LATENCY_MS);
  }
}
