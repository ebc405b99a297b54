// Which record stands for which verdict: in each page the n-th verdict given belongs to the n-th scan that the log was
// asked to add. A verdict without a record is lost from the start.

import { createHash } from 'node:crypto';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { parseEnvelope } from '../../src/core/log/encode-envelope.ts';
import { parseRecord } from '../../src/core/log/encode-record.ts';
import type { LogRecord } from '../../src/core/log/record.ts';
import type { PageNote } from '../support/kill-page.ts';
import { nameOf, type Promised } from './tally.ts';

interface Added extends Promised {
  readonly record: LogRecord;
  isStored: boolean;
}

interface PageBook {
  readonly label: string;
  readonly scans: Added[];
  readonly decisions: Added[];
  readonly given: { readonly verdict: string; readonly reason: string }[];
}

export interface BookResult {
  readonly verdicts: readonly Promised[];
  /** Of decisions whose transaction had completed. */
  readonly decisions: readonly Promised[];
  /** Verdicts given for which no record was ever made. */
  readonly recordless: readonly string[];
  readonly faults: readonly string[];
}

export class VerdictBook {
  readonly #pages = new Map<object, PageBook>();
  readonly #faults: string[] = [];
  #early = 0;
  #relaxed = 0;
  given = 0;

  openPage(page: object, label: string): void {
    this.#pages.set(page, { label, scans: [], decisions: [], given: [] });
  }

  note(page: object, note: PageNote): void {
    const book = this.#pages.get(page);
    if (book === undefined) throw new Error('a note from a page that nobody opened');
    switch (note.kind) {
      case 'added':
        this.#add(book, note);
        return;
      case 'stored': {
        const last = [...book.scans, ...book.decisions].find(({ name }) =>
          name.endsWith(`/${note.epoch}/${note.seq}`),
        );
        if (last !== undefined) last.isStored = true;
        return;
      }
      case 'verdict': {
        const scan = book.scans[book.given.length];
        if (scan?.isStored !== true) this.#early++;
        book.given.push(note);
        this.given++;
        return;
      }
      case 'stopped':
        this.#faults.push(`${book.label} stopped: ${note.words.replaceAll(/\s+/g, ' ').slice(0, 200)}`);
    }
  }

  result(): BookResult {
    const pages = [...this.#pages.values()];
    const pairs = pages.flatMap(({ label, scans, given }) =>
      given.map((verdict, at) => ({ label: `${label}, verdict ${at + 1}`, verdict, scan: scans[at] })),
    );
    const others = pairs.filter(
      ({ verdict, scan }) =>
        scan?.record.kind === 'scan' &&
        (scan.record.verdict !== verdict.verdict || scan.record.reason !== verdict.reason),
    );
    return {
      verdicts: pairs.flatMap(({ scan }) => scan ?? []),
      decisions: pages.flatMap(({ decisions }) => decisions.filter(({ isStored }) => isStored)),
      recordless: pairs.filter(({ scan }) => scan === undefined).map(({ label }) => label),
      faults: [
        ...this.#faults,
        ...others.map(({ label }) => `${label} is another one than its record says`),
        ...(this.#early === 0 ? [] : [`${this.#early} verdicts were given before their record was stored`]),
        ...(this.#relaxed === 0 ? [] : [`${this.#relaxed} records did not ask for strict durability`]),
      ],
    };
  }

  #add(book: PageBook, { device, epoch, seq, envelope, durability }: PageNote & { kind: 'added' }): void {
    const bytes = Uint8Array.from(envelope);
    const opened = parseEnvelope(bytes);
    const record = opened.ok ? parseRecord(opened.value.record) : opened;
    if (!record.ok) {
      this.#faults.push(`${book.label} wrote a record that nobody can read: ${record.error}`);
      return;
    }
    if (durability !== 'strict') this.#relaxed++;
    const hash = encodeHex(createHash('sha256').update(bytes).digest());
    const list = record.value.kind === 'scan' ? book.scans : book.decisions;
    list.push({ name: nameOf(device, epoch, seq), hash, record: record.value, isStored: false });
  }
}
