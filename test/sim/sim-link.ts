// The way between one tablet and the server, with everything that happens on such ways.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { signReceipt } from '../../src/core/log/receipt.ts';
import { parseSealedBatch } from '../../src/core/log/sealed/batch.ts';
import type { NetAnswer } from '../../src/sync/ports.ts';
import type { Chance } from './chance.ts';
import { LINK_FAULTS, type LinkFault } from './faults.ts';
import type { ServerWorld, SimServer, TabletRequest } from './sim-server.ts';
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
  readonly #chance: Chance;

  constructor(
    readonly world: ServerWorld,
    readonly name: string,
    readonly server: SimServer,
  ) {
    this.#chance = world.chance.branch();
  }

  get isGood(): boolean {
    return this.faults.size === 0 && this.server.isUp;
  }

  /** What one tab sends, until it is answered, given up, or the tab ends. */
  send(life: Life, request: TabletRequest): Promise<NetAnswer> {
    return new Promise((resolve) => {
      if (!life.pass()) return;
      this.world.ledger.sendOverNetwork(request.body);
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
      this.#travel(request, answer);
    });
  }

  #travel(request: TabletRequest, answer: (given: NetAnswer) => void): void {
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
        if (this.#chance.is(0.5)) answerLater(UNREACHABLE);
        break;
      case 'captive-portal':
        answerLater(page(200));
        break;
      case 'refused-400':
        answerLater(page(400));
        break;
      case 'forged-receipt':
        void this.#forge(request.body).then((body) => {
          answerLater({ kind: 'answer', status: 200, retryAfterMs: null, body });
        });
        break;
      case 'busy-429':
        answerLater(page(429, this.#chance.magnitude(1000, 120_000)));
        break;
      case 'error-500':
        answerLater(page(500));
        break;
      case 'away-503':
        answerLater(page(503, this.#chance.is(0.5) ? 2000 : null));
        break;
      case 'half-open':
        this.#deliver(request, there, nobody);
        break;
      case 'delay-to-7-days':
        this.#deliver(request, this.#chance.magnitude(TIMEOUT_MS, WEEK_MS), nobody);
        break;
      case 'duplicate':
        this.#deliver(request, there, carryBack);
        this.#deliver(request, there + this.#chance.magnitude(10, 600_000), nobody);
        break;
      case 'truncated':
        if (this.#chance.is(0.5))
          this.#deliver({ ...request, body: this.#cut(request.body) }, there, carryBack);
        else this.#deliver(request, there, (given) => carryBack(this.#cutAnswer(given)));
        break;
      case 'reorder':
        this.#deliver(request, this.#chance.magnitude(10, 15_000), (given) =>
          this.world.time.after(this.#chance.magnitude(10, 14_000), () => answer(given)),
        );
        break;
      case null:
        this.#deliver(request, there, carryBack);
    }
  }

  #deliver(request: TabletRequest, ms: number, reply: (given: NetAnswer) => void): void {
    this.world.time.after(ms, () => this.server.receive(request, reply));
  }

  /** A receipt for all of it, by somebody who is not the server. */
  async #forge(batch: Bytes): Promise<Bytes> {
    const parsed = parseSealedBatch(batch);
    if (!parsed.ok) return HTML;
    const { site, device, epoch, to, head } = parsed.value.head;
    const receipt = {
      site,
      device,
      epoch,
      upTo: to,
      head,
      quarantined: [],
      serverTime: this.server.nowSeconds,
    };
    return signReceipt(receipt, this.world.keys.stranger);
  }

  #meet(): LinkFault | null {
    const lasting = LINK_FAULTS.filter((fault) => this.faults.has(fault));
    if (lasting.length === 0 || !this.#chance.is(SHARE)) return null;
    const met = this.#chance.pick(lasting);
    this.world.counts.add(met);
    this.world.tell(`${this.name}: a request meets ${met}`);
    return met;
  }

  #cut(bytes: Bytes): Bytes {
    return bytes.slice(0, this.#chance.below(bytes.length));
  }

  #cutAnswer(given: NetAnswer): NetAnswer {
    return given.kind === 'answer' ? { ...given, body: this.#cut(given.body) } : given;
  }

  #latency(): number {
    return this.#chance.between(...LATENCY_MS);
  }
}
