// Virtual time and the lives that pass in it. Production code awaits what `operate` gives it; between two events every
// promise comes to rest, so the order of everything is the order of this queue.

/** A tab or a server's process: what can be killed at any point at which it waits for the world. */
export class Life {
  #isAlive = true;
  #pointsLeft: number | null = null;
  #endings: (() => void)[] = [];

  constructor(readonly name: string) {}

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isArmed(): boolean {
    return this.#pointsLeft !== null;
  }

  /** Ends at the so-manieth point from now (1: the next). */
  killAt(points: number): void {
    this.#pointsLeft = points;
  }

  /** A point at which it may end. False: it has, and nothing more of it happens. */
  pass(): boolean {
    if (!this.#isAlive) return false;
    if (this.#pointsLeft === null) return true;
    this.#pointsLeft -= 1;
    if (this.#pointsLeft <= 0) this.end();
    return this.#isAlive;
  }

  end(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const ending of this.#endings.splice(0)) ending();
  }

  onEnd(ending: () => void): void {
    this.#endings.push(ending);
  }
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

export class VirtualTime {
  /** Ascending from the end: the next event is the last of the list. */
  readonly #queue: Event[] = [];
  #order = 0;
  nowMs: number;
  happened = 0;

  constructor(
    startMs: number,
    readonly isBusy: () => boolean = () => false,
  ) {
    this.nowMs = startMs;
  }

  get planned(): number {
    return this.#queue.length;
  }

  /** What it returns calls the event off. */
  after(ms: number, happen: () => void): () => void {
    let isOff = false;
    const event: Event = {
      atMs: this.nowMs + ms,
      order: this.#order++,
      happen: () => {
        if (!isOff) happen();
      },
    };
    this.#queue.splice(this.#placeOf(event), 0, event);
    return () => {
      isOff = true;
    };
  }

  /** One thing done outside: it may end the life before it happens, and between its effect and its answer. */
  operate<T>(life: Life, ms: number, effect: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!life.pass()) return;
      this.after(ms, () => {
        if (!life.isAlive) return;
        try {
          const done = effect();
          if (life.pass()) resolve(done);
        } catch (error) {
          if (life.pass()) reject(error);
        }
      });
    });
  }

  /** Everything that is due until then happens, one after another. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settled(this.isBusy);
    for (
      let next = this.#queue.at(-1);
      next !== undefined && next.atMs <= untilMs;
      next = this.#queue.at(-1)
    ) {
      this.#queue.pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.happened += 1;
      next.happen();
      await settled(this.isBusy);
    }
    this.nowMs = untilMs;
  }

  #placeOf({ atMs, order }: Event): number {
    let [low, high] = [0, this.#queue.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#queue[middle];
      const isLater =
        other !== undefined && (other.atMs > atMs || (other.atMs === atMs && other.order > order));
      if (isLater) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** When every promise that can go on has gone on, work in the platform's other threads included. */
async function settled(isBusy: () => boolean): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (isBusy());
}
