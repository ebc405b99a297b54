// Seven days of notice for an issuer's key: the limit, what counts as new, and the emergency that says so itself.

import { describe, expect, it } from 'vitest';
import {
  type Announcement,
  announceIssuers,
} from '../../../../../src/core/trust/publish/announce-issuers.ts';
import { encodeDocument, type JsonEntry } from '../../../../../src/core/trust/publish/edit-document.ts';
import { noticeText, shortNotices } from '../../../../../src/core/trust/publish/notice.ts';
import { parseIssuers } from '../../../../../src/core/trust/targets/issuers-schema.ts';
import { DAY_SECONDS, issuerEntry, issuerKey } from '../../../../support/trust-desk.ts';

const NOW = 1_772_355_600;
const WEEK = 7 * DAY_SECONDS;

const document = (...issuers: readonly JsonEntry[]) => encodeDocument({ format: 1, issuers });

function issuersOf(...entries: readonly JsonEntry[]) {
  const issuers = parseIssuers(document(...entries));
  if (!issuers.ok) throw new Error(`${issuers.error.place}: ${issuers.error.reason}`);
  return issuers.value;
}

const beginning = (seconds: number, overrides: JsonEntry = {}) =>
  issuerEntry('harbour', { keys: [issuerKey(1, { validFrom: NOW + seconds, ...overrides })] });

describe('the notice of a key', () => {
  it.each([
    [WEEK + 1, 0],
    [WEEK, 0],
    [WEEK - 1, 1],
    [0, 1],
    [-WEEK, 1],
  ])('of %d seconds is short for %d keys', (seconds, count) => {
    expect(shortNotices([], issuersOf(beginning(seconds)), NOW)).toHaveLength(count);
  });

  it('was given when it was published with that beginning, or an earlier one', () => {
    const known = issuersOf(beginning(DAY_SECONDS));
    expect(shortNotices(known, issuersOf(beginning(DAY_SECONDS)), NOW)).toEqual([]);
    expect(shortNotices(known, issuersOf(beginning(2 * DAY_SECONDS)), NOW)).toEqual([]);
  });

  it('was not given for an earlier beginning, nor to another issuer', () => {
    const known = issuersOf(beginning(2 * DAY_SECONDS));
    expect(shortNotices(known, issuersOf(beginning(DAY_SECONDS)), NOW)).toHaveLength(1);
    const other = issuersOf({ ...beginning(2 * DAY_SECONDS), id: 'station' });
    expect(shortNotices(known, other, NOW)).toHaveLength(1);
  });

  it.each([
    [-5, 'no notice at all'],
    [3600, '1 h of notice'],
    [47 * 3600, '47 h of notice'],
    [3 * DAY_SECONDS + 5, '3 days of notice'],
  ])('of %d seconds reads "%s"', (seconds, text) => {
    expect(noticeText(seconds)).toBe(text);
  });
});

describe('an issuer with short notice', () => {
  const announce = (entry: JsonEntry, options: Partial<Announcement> = {}) =>
    announceIssuers(document(entry), {
      known: [],
      staged: [],
      isEmergency: false,
      nowSeconds: NOW,
      ...options,
    });
  const marks = (result: ReturnType<typeof announce>) => {
    if (!result.ok) return result.error.kind;
    const issuers = parseIssuers(result.value);
    return issuers.ok && issuers.value.flatMap(({ keys }) => keys.map(({ isEmergency }) => isEmergency));
  };

  it('is refused, whatever the document says of itself', () => {
    expect(marks(announce(beginning(DAY_SECONDS)))).toBe('short-notice');
    expect(marks(announce(beginning(DAY_SECONDS, { isEmergency: true })))).toBe('short-notice');
  });

  it('is marked as an emergency when it is meant as one', () => {
    expect(marks(announce(beginning(DAY_SECONDS), { isEmergency: true }))).toEqual([true]);
  });

  it('stays one through further changes of what is staged', () => {
    const staged = issuersOf(beginning(DAY_SECONDS, { isEmergency: true }));
    expect(marks(announce(beginning(DAY_SECONDS), { staged }))).toEqual([true]);
    expect(marks(announce(beginning(DAY_SECONDS - 1), { staged }))).toBe('short-notice');
  });

  it('is not marked once its notice was long enough', () => {
    expect(marks(announce(beginning(WEEK, { isEmergency: true }), { isEmergency: true }))).toEqual([false]);
  });

  it('whose document is wrong is refused with its place', () => {
    expect(announce({ ...beginning(WEEK), id: 'Harbour' })).toMatchObject({
      error: { kind: 'target', refusal: { file: 'issuers.json', place: 'issuers.0.id' } },
    });
  });
});
