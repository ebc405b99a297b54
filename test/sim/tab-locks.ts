// Web Locks among the tabs of one tablet: granted in order, given up when a tab ends, and stolen: then the new holder
// begins while the work of the old one still goes on, as the standard has it.

import type { Life } from './virtual-time.ts';

interface Holder {
  readonly life: Life;
  release(): void;
}

interface Lock {
  holder: Holder | null;
  readonly waiting: { readonly life: Life; readonly grant: () => void }[];
}

export class TabLocks {
  readonly #locks = new Map<string, Lock>();

  request<T>(name: string, life: Life, work: () => Promise<T>): Promise<T> {
    const lock = this.#lockOf(name);
    return new Promise<T>((resolve, reject) => {
      // Whoever has ended asks for nothing.
      if (!life.isAlive) return;
      const grant = () => void this.#hold(lock, life, work).then(resolve, reject);
      if (lock.holder === null) grant();
      else lock.waiting.push({ life, grant });
    });
  }

  async ifFree<T>(name: string, life: Life, work: () => Promise<T>): Promise<T | 'busy'> {
    const lock = this.#lockOf(name);
    return lock.holder === null ? this.#hold(lock, life, work) : 'busy';
  }

  /** True if there was something to steal. */
  steal(name: string): boolean {
    const { holder } = this.#lockOf(name);
    holder?.release();
    return holder !== null;
  }

  async #hold<T>(lock: Lock, life: Life, work: () => Promise<T>): Promise<T> {
    const holder: Holder = {
      life,
      release: () => {
        if (lock.holder !== holder) return;
        lock.holder = null;
        grantNext(lock);
      },
    };
    lock.holder = holder;
    life.onEnd(holder.release);
    try {
      return await work();
    } finally {
      holder.release();
    }
  }

  #lockOf(name: string): Lock {
    const known = this.#locks.get(name);
    if (known !== undefined) return known;
    const made: Lock = { holder: null, waiting: [] };
    this.#locks.set(name, made);
    return made;
  }
}

function grantNext(lock: Lock): void {
  const next = lock.waiting.shift();
  if (next === undefined) return;
  if (next.life.isAlive) next.grant();
  else grantNext(lock);
}
