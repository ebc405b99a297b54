import { expect, it } from 'vitest';
import { sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import {
  beginSession,
  goOn,
  MAX_SESSION_MS,
  MAX_SESSION_RECORDS,
  mayGoOn,
  type NextRecord,
  settle,
} from '../../../../../src/core/log/sealed/session-rule.ts';
import { identityOf, keyPairOf } from './sealed-fixtures.ts';

const dayKey = sealKeyOf(await keyPairOf());
const tomorrow = sealKeyOf(await keyPairOf('lindenhof', '2026-03-03'));
const elsewhere = sealKeyOf(await keyPairOf('westtor'));
const FIRST: NextRecord = { identity: identityOf(), seq: 5, dayKey, atMs: 1000 };
const begun = settle(beginSession(FIRST));
const next = (part: Partial<NextRecord>): NextRecord => ({ ...FIRST, seq: 6, ...part });

it.each<[string, Partial<NextRecord>, boolean]>([
  ['the next number', {}, true],
  ['a number after a gap', { seq: 9 }, true],
  ['the same number', { seq: 5 }, false],
  ['an earlier number', { seq: 4 }, false],
  ['a millisecond before its time is over', { atMs: 1000 + MAX_SESSION_MS - 1 }, true],
  ['when its time is over', { atMs: 1000 + MAX_SESSION_MS }, false],
  ['a millisecond later', { atMs: 1000 + MAX_SESSION_MS + 1 }, false],
  ['a time before it began', { atMs: 999 }, false],
  ['another epoch', { identity: identityOf(1, 'lindenhof', 2) }, false],
  ['another tablet', { identity: identityOf(2) }, false],
  ['another day', { dayKey: tomorrow }, false],
  ['another key of the same day', { dayKey: { ...dayKey, publicKey: tomorrow.publicKey } }, false],
])('a session and %s', (_name, part, may) => {
  expect(mayGoOn(begun, next(part))).toBe(may);
  if (may) expect(goOn(begun, next(part)).kind).toBe('doubtful');
  else expect(() => goOn(begun, next(part))).toThrow(/ended/);
});

it(`seals ${MAX_SESSION_RECORDS} records and not one more`, () => {
  let session = begun;
  for (let record = 2; record <= MAX_SESSION_RECORDS; record++)
    session = settle(goOn(session, next({ seq: 4 + record })));
  expect(session.records).toBe(MAX_SESSION_RECORDS);
  expect(mayGoOn(session, next({ seq: 1000 }))).toBe(false);
});

it('never begins with another site’s key', () => {
  expect(() => beginSession(next({ dayKey: elsewhere }))).toThrow(/westtor/);
});
