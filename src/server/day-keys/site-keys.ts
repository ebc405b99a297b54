// One site's day keys, in memory to be used at once and each in a file: SITE/DAY.seal and SITE/DAY.pseudonym, 32 bytes. A
// key is in its file before it is used, and out of memory before its file is destroyed. What was destroyed stands in
// SITE/over and is never made again, nor read if a kill left its file. SITE/replacing is a replacement that a kill cut short.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { createSealKeyPair, PSEUDONYM_KEY_BYTES, type SealKeyPair } from '../../core/log/sealed/day-keys.ts';
import { dayAfter } from '../../core/log/sealed/key-ends.ts';
import { BOX_KEY_BYTES } from '../../core/nacl/box.ts';
import { isSiteDay } from '../../core/trust/site-day.ts';
import type { KeyFiles } from './key-files.ts';

export type DayKeyKind = 'seal' | 'pseudonym';

export interface SiteKeys {
  readonly sealsByDay: ReadonlyMap<string, SealKeyPair>;
  readonly pseudonymsByDay: ReadonlyMap<string, Bytes>;
  /** Makes those of these days that are missing and were never destroyed. */
  make(kind: DayKeyKind, days: readonly string[]): Promise<void>;
  /** Destroys those of these days, and whatever an earlier try could not. `today`: by which what is long over is forgotten. */
  destroy(kind: DayKeyKind, days: readonly string[], today: string): Promise<void>;
  /** New keys for this day and all later ones. */
  replacePseudonyms(fromDay: string): Promise<void>;
}

export interface SiteKeysWorld {
  readonly files: KeyFiles;
  readonly randomBytes: (length: number) => Bytes;
}

const KEY_BYTES: Readonly<Record<DayKeyKind, number>> = {
  seal: BOX_KEY_BYTES,
  pseudonym: PSEUDONYM_KEY_BYTES,
};
/** A clock that is set back further than this may make a destroyed day's key anew: other bytes, which open nothing. */
const REMEMBERED_DAYS = 400;

/** `names`: of this site's files, 'SITE/...'. */
export async function openSiteKeys(
  site: string,
  names: readonly string[],
  { files, randomBytes }: SiteKeysWorld,
): Promise<SiteKeys> {
  const nameOf = (entry: string): string => `${site}/${entry}`;
  const [overFile, replacingFile] = [nameOf('over'), nameOf('replacing')];
  const over = new Set((await readText(files, overFile)).split('\n').filter((line) => keyOf(line) !== null));
  const doomed = new Set<string>();
  const sealsByDay = new Map<string, SealKeyPair>();
  const pseudonymsByDay = new Map<string, Bytes>();

  const hold = async (kind: DayKeyKind, day: string, secret: Bytes): Promise<void> => {
    if (kind === 'seal') sealsByDay.set(day, await createSealKeyPair(site, day, secret));
    else pseudonymsByDay.set(day, secret.slice());
    secret.fill(0);
  };

  const forget = (kind: DayKeyKind, day: string): void => {
    if (kind === 'seal') {
      sealsByDay.get(day)?.secretKey.fill(0);
      sealsByDay.delete(day);
    } else {
      pseudonymsByDay.get(day)?.fill(0);
      pseudonymsByDay.delete(day);
    }
  };

  const wipe = async (entry: string): Promise<void> => {
    await files.overwrite(nameOf(entry));
    await files.remove(nameOf(entry));
  };

  const draw = async (kind: DayKeyKind, day: string): Promise<void> => {
    const secret = randomBytes(KEY_BYTES[kind]);
    // Moved over an old one, the new file would leave the old one's bytes on the disk.
    await files.overwrite(nameOf(entryOf(day, kind)));
    await files.write(nameOf(entryOf(day, kind)), secret);
    await hold(kind, day, secret);
  };

  const replacePseudonyms = async (fromDay: string): Promise<void> => {
    const days = [...pseudonymsByDay.keys()].filter((day) => day >= fromDay);
    for (const day of days) forget('pseudonym', day);
    await files.write(replacingFile, utf8ToBytes(fromDay));
    for (const day of days) await draw('pseudonym', day);
    await files.remove(replacingFile);
  };

  for (const name of names) {
    const entry = name.slice(site.length + 1);
    const key = keyOf(entry);
    if (key === null) continue;
    const secret = over.has(entry) ? null : await files.read(name);
    if (secret?.length === KEY_BYTES[key.kind]) await hold(key.kind, key.day, secret);
    else await wipe(entry);
  }
  const cutShort = await readText(files, replacingFile);
  if (isSiteDay(cutShort)) await replacePseudonyms(cutShort);

  return {
    sealsByDay,
    pseudonymsByDay,
    async make(kind, days) {
      const held = kind === 'seal' ? sealsByDay : pseudonymsByDay;
      const missing = days.filter((day) => !held.has(day) && !over.has(entryOf(day, kind)));
      await Promise.all(missing.map((day) => draw(kind, day)));
    },
    async destroy(kind, days, today) {
      for (const day of days) {
        forget(kind, day);
        doomed.add(entryOf(day, kind));
      }
      if (doomed.size === 0) return;
      const faults: unknown[] = [];
      const attempt = (work: Promise<void>) => work.catch((error: unknown) => void faults.push(error));
      const earliest = dayAfter(today, -REMEMBERED_DAYS);
      for (const entry of over) if (entry < earliest) over.delete(entry);
      for (const entry of doomed) over.add(entry);
      // A full disk cannot take the note, and must not keep a key alive.
      await attempt(files.write(overFile, utf8ToBytes([...over].sort().join('\n'))));
      for (const entry of [...doomed]) await attempt(wipe(entry).then(() => void doomed.delete(entry)));
      if (faults.length > 0) throw faults[0];
    },
    replacePseudonyms,
  };
}

const entryOf = (day: string, kind: DayKeyKind): string => `${day}.${kind}`;

function keyOf(entry: string): { readonly day: string; readonly kind: DayKeyKind } | null {
  const [day, kind, ...rest] = entry.split('.');
  if (!isSiteDay(day) || rest.length > 0) return null;
  return kind === 'seal' || kind === 'pseudonym' ? { day, kind } : null;
}

async function readText(files: KeyFiles, name: string): Promise<string> {
  const bytes = await files.read(name);
  return bytes === null ? '' : new TextDecoder().decode(bytes);
}
