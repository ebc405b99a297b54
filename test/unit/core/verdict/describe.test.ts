import { describe, expect, it } from 'vitest';
import { describeAge, describeMoment, textsFor } from '../../../../src/core/verdict/describe.ts';
import { TEST_SITE } from '../../../support/test-trust.ts';

const EN = textsFor('en');
const NOW = Date.parse('2026-03-01T22:30:00Z');

describe('a length of time', () => {
  it.each([
    [0, '1 min'],
    [119 * 60 + 59, '119 min'],
    [120 * 60, '2 h'],
    [48 * 3600 - 1, '47 h'],
    [48 * 3600, '2 days'],
  ])('of %d seconds is said as %s', (seconds, said) => {
    expect(describeAge(seconds, EN)).toBe(said);
  });
});

describe('a moment, by the clock of the site', () => {
  it.each([
    ['2026-03-01T22:59:00Z', 'today at 23:59'],
    ['2026-03-01T23:00:00Z', 'tomorrow at 00:00'],
    ['2026-02-28T22:59:00Z', 'yesterday at 23:59'],
    ['2026-03-03T08:05:00Z', '3 March at 09:05'],
    ['2025-12-31T12:00:00Z', '31 December 2025 at 13:00'],
    ['2026-07-01T12:00:00Z', '1 July at 14:00'],
  ])('%s is %s', (time, said) => {
    expect(describeMoment(Date.parse(time), NOW, TEST_SITE, EN)).toBe(said);
  });
});

describe('the language of the texts', () => {
  it.each(['en', 'en-US', 'xx', ''])('of %s is one that we have', (tag) => {
    expect(textsFor(tag).language).toBe('en');
  });
});
