// What publishing needs of the disk: a folder of small files, named with slashes.

import type { Bytes } from '../../bytes/bytes.ts';

export interface RepositoryFolder {
  /** Every file below, '2.targets.json' or 'rulesets/HASH.health.json'. Empty where the folder is not there. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Bytes | null>;
  /** A reader sees the old file or the new one, whole; durable when it resolves. */
  write(name: string, bytes: Bytes): Promise<void>;
  /** Fine when there is nothing to remove. */
  remove(name: string): Promise<void>;
}

/** The highest N of 'N.targets.json' among these names, or 0. */
export const highestVersion = (names: readonly string[], file: string): number =>
  Math.max(0, ...versionsOf(names, file));

/** Every N of 'N.targets.json', highest first. */
export const versionsOf = (names: readonly string[], file: string): readonly number[] =>
  names
    .flatMap((name) => {
      const version = /^([1-9]\d{0,9})\.(.+)$/.exec(name);
      return version?.[2] === file ? [Number(version[1])] : [];
    })
    .sort((a, b) => b - a);
