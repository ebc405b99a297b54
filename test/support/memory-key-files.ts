// The folder of the day keys in memory, which can be stopped at each of its operations: before it, after it, and where
// bytes are overwritten in the middle of them.

import { randomBytes } from 'node:crypto';
import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { KeyFiles } from '../../src/server/day-keys/key-files.ts';

export type StopPlace = 'before' | 'half' | 'after';

export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export const chance = (length: number): Bytes => new Uint8Array(randomBytes(length));

/** What outlives a stop. */
export class MemoryKeyFiles implements KeyFiles {
  readonly bytesByName: Map<string, Bytes>;
  /** What was changed so far, in order. */
  readonly changes: ('write' | 'overwrite' | 'remove')[] = [];
  /** The number of the change at which everything stops, from 0. */
  private readonly stopAt: number;
  private readonly place: StopPlace;
  private isStopped = false;

  constructor(
    files: ReadonlyMap<string, Bytes> = new Map(),
    stopAt = Number.POSITIVE_INFINITY,
    place: StopPlace = 'before',
  ) {
    this.bytesByName = new Map([...files].map(([name, bytes]) => [name, bytes.slice()]));
    this.stopAt = stopAt;
    this.place = place;
  }

  async list(): Promise<readonly string[]> {
    return [...this.bytesByName.keys()].sort();
  }

  async read(name: string): Promise<Bytes | null> {
    if (this.isStopped) throw new Stopped();
    return this.bytesByName.get(name)?.slice() ?? null;
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    const own = new Uint8Array(bytes);
    return this.change('write', () => void this.bytesByName.set(name, own));
  }

  overwrite(name: string): Promise<void> {
    const held = this.bytesByName.get(name);
    if (held === undefined) return Promise.resolve();
    return this.change(
      'overwrite',
      () => void held.set(chance(held.length)),
      () => held.set(chance(held.length >> 1)),
    );
  }

  remove(name: string): Promise<void> {
    return this.change('remove', () => void this.bytesByName.delete(name));
  }

  private async change(
    kind: 'write' | 'overwrite' | 'remove',
    whole: () => void,
    half: () => void = () => {},
  ): Promise<void> {
    if (this.isStopped) throw new Stopped();
    const isLast = this.changes.length === this.stopAt;
    this.changes.push(kind);
    if (!isLast || this.place === 'after') whole();
    else if (this.place === 'half') half();
    this.isStopped = isLast;
    if (isLast) throw new Stopped();
  }
}
