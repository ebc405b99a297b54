// Which record stands for which verdict: in each page the n-th verdict given belongs to the n-th scan that the log was
// asked to add. Records are sealed: which of them are scans shows at the end, by the server's day keys. A verdict without
// a record is lost from the start.

import { createHash } from 'node:crypto';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { GateRecord } from '../../src/core/log/record.ts';
import type { OpenRecord } from '../support/day-keys-at-hand.ts';
import type { PageNote } from '../support/kill-page.ts';
import { nameOf, type Promised } from './tally.ts';

interface Added extends Promised {
  readonly envelope: Uint8Array<ArrayBuffer>;
  /** Which note of its page said so; infinite: none did. */
  storedAt: number;
}

interface Given {
  readonly verdict: string;
  readonly reason: string;
  readonly at: number;
}

interface PageBook {
  readonly label: string;
  readonly added: Added[];
  readonly given: Given[];
  notes: number;
}

export interface BookResult {
  readonly verdicts: readonly Promised[];
  /** Guards' answers and notes of the shift whose transaction had completed. */
  readonly others: readonly Promised[];
  /** Verdicts given for which no record was ever made. */
  readonly recordless: readonly string[];
  readonly faults: readonly string[];
}

interface Opened {
  readonly added: Added;
  readonly record: GateRecord;
}

export class VerdictBook {
  readonly #pages = new Map<object, PageBook>();
  readonly #faults: string[] = [];
  #relaxed = 0;
  given = 0;

  openPage(page: object, label: string): void {
    this.#pages.set(page, { label, added: [], given: [], notes: 0 });
  }

  note(page: object, note: PageNote): void {
    const book = this.#pages.get(page);
    if (book === undefined) throw new Error('a note from a page that nobody opened');
    const at = ++book.notes;
    switch (note.kind) {
      case 'added':
        this.#add(book, note);
        return;
      case 'stored': {
        const stored = book.added.findLast(({ name }) => name.endsWith(`/${note.epoch}/${note.seq}`));
        if (stored !== undefined) stored.storedAt = at;
        return;
      }
      case 'verdict':
        book.given.push({ ...note, at });
        this.given++;
        return;
      case 'stopped':
        this.#faults.push(`${book.label} stopped: ${note.words.replaceAll(/\s+/g, ' ').slice(0, 200)}`);
    }
  }

  result(open: OpenRecord): BookResult {
    const faults = [...this.#faults];
    const pages = [...this.#pages.values()].map(({ label, added, given }) => {
      const opened = added.flatMap((one): readonly Opened[] => {
        const record = open(one.envelope);
        if (record.ok) return [{ added: one, record: record.value }];
        faults.push(`${label} wrote ${one.name}, which nobody can open: ${record.error}`);
        return [];
      });
      const scans = opened.filter(({ record }) => record.kind === 'scan');
      return { label, opened, pairs: given.map((verdict, at) => ({ label, at, verdict, scan: scans[at] })) };
    });
    const pairs = pages.flatMap((page) => page.pairs);
    const nameOfPair = ({ label, at }: (typeof pairs)[number]) => `${label}, verdict ${at + 1}`;
    const early = pairs.filter(({ verdict, scan }) => !(Number(scan?.added.storedAt) < verdict.at));
    const isAnother = ({ verdict, scan }: (typeof pairs)[number]) =>
      scan?.record.kind === 'scan' &&
      (scan.record.verdict !== verdict.verdict || scan.record.reason !== verdict.reason);
    return {
      verdicts: pairs.flatMap(({ scan }) => scan?.added ?? []),
      others: pages
        .flatMap(({ opened }) => opened)
        .filter(({ added, record }) => record.kind !== 'scan' && Number.isFinite(added.storedAt))
        .map(({ added }) => added),
      recordless: pairs.filter(({ scan }) => scan === undefined).map(nameOfPair),
      faults: [
        ...faults,
        ...pairs.filter(isAnother).map((pair) => `${nameOfPair(pair)} is another one than its record says`),
        ...(early.length === 0 ? [] : [`${early.length} verdicts were given before their record was stored`]),
        ...(this.#relaxed === 0 ? [] : [`${this.#relaxed} records did not ask for strict durability`]),
      ],
    };
  }

  #add(
    { added }: PageBook,
    { device, epoch, seq, envelope, durability }: PageNote & { kind: 'added' },
  ): void {
    if (durability !== 'strict') this.#relaxed++;
    const bytes = Uint8Array.from(envelope);
    const hash = encodeHex(new Uint8Array(createHash('sha256').update(bytes).digest()));
    added.push({
      name: nameOf(device, epoch, seq),
      hash,
      envelope: bytes,
      storedAt: Number.POSITIVE_INFINITY,
    });
  }
}
