// Which record stands for which verdict in the kill run, and what is noticed when none does.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import type { GateRecord } from '../../../src/core/log/record.ts';
import { encodeRecord, parseRecord } from '../../../src/core/log/sealed/encode-record.ts';
import { VerdictBook } from '../../kill/verdict-book.ts';
import type { PageNote } from '../../support/kill-page.ts';
import { deviceOf, hashOf, scanOf } from '../../support/test-batch.ts';

/** A seal that hides nothing: what the book does with opened records is looked at here. */
const envelopeOf = (seq: number, record: GateRecord = scanOf()): Bytes =>
  new Uint8Array([seq, ...encodeRecord(record)]);
const open = (envelope: Bytes) => parseRecord(envelope.slice(1));

const identity = { site: 'lindenhof', device: deviceOf(1), epoch: 1 };
const page = {};
const ok: PageNote = { kind: 'verdict', verdict: 'admit', reason: 'ok' };

const added = (seq: number, envelope: Bytes = envelopeOf(seq), durability = 'strict'): PageNote => ({
  kind: 'added',
  device: identity.device,
  epoch: 1,
  seq,
  envelope: [...envelope],
  durability,
});
const stored = (seq: number): PageNote => ({ kind: 'stored', epoch: 1, seq });
const answer = (seq: number): Bytes =>
  envelopeOf(seq, {
    kind: 'decision',
    minute: 1,
    gate: 'gate-1',
    direction: 'in',
    decision: 'let-in',
    refersTo: 1,
  });
const promised = (seq: number, envelope = envelopeOf(seq)) =>
  expect.objectContaining({ name: `${identity.device}/1/${seq}`, hash: encodeHex(hashOf(envelope)) });

let book: VerdictBook;
const note = (...notes: PageNote[]) => {
  for (const one of notes) book.note(page, one);
};
beforeEach(() => {
  book = new VerdictBook();
  book.openPage(page, 'tab');
});

describe('a verdict', () => {
  it('stands for the scan that was added before it', () => {
    note(added(1), stored(1), ok, added(2), stored(2), ok, added(3), stored(3));
    const { verdicts, recordless, faults } = book.result(open);
    expect(verdicts).toEqual([promised(1), promised(2)]);
    expect([...recordless, ...faults]).toEqual([]);
  });

  it('does not stand for the guard’s answer to the one before', () => {
    note(added(1), stored(1), ok, added(2, answer(2)), stored(2), added(3), stored(3), ok);
    const { verdicts, others } = book.result(open);
    expect(verdicts).toEqual([promised(1), promised(3)]);
    expect(others).toEqual([promised(2, answer(2))]);
  });

  it('is lost without a record', () => {
    note(added(1), stored(1), ok, ok);
    expect(book.result(open).recordless).toEqual(['tab, verdict 2']);
  });

  it('is early before its record is stored', () => {
    note(added(1), ok, stored(1));
    expect(book.result(open).faults).toHaveLength(1);
  });

  it('must be the one in the record', () => {
    note(added(1, envelopeOf(1, scanOf({ verdict: 'refuse', reason: 'expired' }))), stored(1), ok);
    expect(book.result(open).faults).toHaveLength(1);
  });
});

it('tells of a record that did not ask for strict durability', () => {
  note(added(1, envelopeOf(1), 'relaxed'), stored(1), ok);
  expect(book.result(open).faults).toHaveLength(1);
});

it('tells of a screen that stopped', () => {
  note({ kind: 'stopped', words: 'The log is gone' });
  expect(book.result(open).faults).toEqual(['tab stopped: The log is gone']);
});

it('tells of a record that nobody can open', () => {
  note(added(1, new Uint8Array([1, 2, 3])), stored(1));
  expect(book.result(open).faults).toHaveLength(1);
});
