// A site's settings as a document: a whole value, or the place and the reason of what is wrong.

import { describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import type { SiteSettings } from '../../../../../src/core/trust/settings/settings.ts';
import {
  encodeSettings,
  parseSettings,
  SETTINGS_FILE,
} from '../../../../../src/core/trust/settings/settings-schema.ts';
import { TEST_NOW_SECONDS } from '../../../../support/test-issuer.ts';
import { TEST_POLICY, TEST_SITE } from '../../../../support/test-trust.ts';

const SETTINGS: SiteSettings = {
  version: 4,
  issuedAt: TEST_NOW_SECONDS,
  site: TEST_SITE,
  policy: { ...TEST_POLICY, hours: [{ from: 360, to: 1530, directions: ['in', 'out'] }] },
};

/** The document with one field put elsewhere: 'site.gates.0.id'. */
function documentWith(place: string, value: unknown): Bytes {
  const json = JSON.parse(new TextDecoder().decode(encodeSettings(SETTINGS)));
  const names = place.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce((object, name) => object[name], json);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return utf8ToBytes(JSON.stringify(json));
}
const placeOf = (bytes: Bytes): string => {
  const parsed = parseSettings(bytes);
  return parsed.ok ? 'taken' : parsed.error.place;
};
const gates = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `gate-${at}`, name: 'G' }));

describe('settings', () => {
  it('come back as they were written', () => {
    expect(parseSettings(encodeSettings(SETTINGS))).toEqual({ ok: true, value: SETTINGS });
  });

  it('that no tablet would take are never written', () => {
    const site = { ...TEST_SITE, timeZone: 'Mars/Olympus' };
    expect(() => encodeSettings({ ...SETTINGS, site })).toThrow(/site\.timeZone: an IANA time zone/);
  });

  it('are refused with file, place and reason', () => {
    expect(parseSettings(documentWith('site.gates.1.id', 'gate-1'))).toEqual({
      ok: false,
      error: { file: SETTINGS_FILE, place: 'site.gates', reason: 'names a gate twice' },
    });
  });

  it.each(['', '{', '[]', 'null', '"settings"', '\ufeff{}'])('are not %j', (text) => {
    expect(parseSettings(utf8ToBytes(text)).ok).toBe(false);
  });

  it('are UTF-8', () => {
    const bytes = encodeSettings(SETTINGS);
    bytes[bytes.indexOf('L'.charCodeAt(0))] = 0xff;
    expect(placeOf(bytes)).toBe('the file');
  });
});

describe('a field of settings', () => {
  it.each<[string, unknown]>([
    ['version', 0],
    ['version', 2 ** 31 - 1],
    ['issuedAt', 0],
    ['issuedAt', 253_402_300_799],
    ['site.id', 'a'.repeat(24)],
    ['site.name', 'a'.repeat(200)],
    ['site.timeZone', 'Asia/Kolkata'],
    ['site.dayStartMinutes', 0],
    ['site.dayStartMinutes', 1439],
    ['site.class', 'building'],
    ['site.gates', gates(1)],
    ['site.gates', gates(500)],
    ['policy.maxPassAgeSeconds', null],
    ['policy.maxPassAgeSeconds', 0],
    ['policy.seenBeforeWindowSeconds', 0],
    ['policy.retentionDays', undefined],
    ['policy.retentionDays', 1],
    ['policy.retentionDays', 30],
    ['policy.displayMs.admit', 700],
    ['policy.displayMs.refuse', 60_000],
    ['policy.hours', []],
    ['policy.hours.0.to', 2880],
    ['policy.ages', { freshSeconds: 5, ageingSeconds: 5, staleSeconds: 5 }],
    ['policy.ages', { freshSeconds: 0, ageingSeconds: 0, staleSeconds: 2 ** 31 - 1 }],
  ])('%s may be %j', (place, value) => {
    expect(placeOf(documentWith(place, value))).toBe('taken');
  });

  it.each<[string, unknown]>([
    ['format', 2],
    ['format', undefined],
    ['version', -1],
    ['version', 2 ** 31],
    ['version', 1.5],
    ['version', '4'],
    ['issuedAt', -1],
    ['issuedAt', 253_402_300_800],
    ['issuedAt', undefined],
    ['site', undefined],
    ['site.id', 'a'.repeat(25)],
    ['site.id', 'Lindenhof'],
    ['site.id', '../x'],
    ['site.name', ''],
    ['site.name', 'a'.repeat(201)],
    ['site.timeZone', 'Europe/Lindenhof'],
    ['site.timeZone', ''],
    ['site.dayStartMinutes', 1440],
    ['site.dayStartMinutes', -1],
    ['site.gates', []],
    ['site.gates', gates(501)],
    ['site.gates.0.id', ''],
    ['site.gates.0.extra', 1],
    ['site.class', ''],
    ['site.class', '*'],
    ['site.class', null],
    ['policy.name', ''],
    ['policy.version', -1],
    ['policy.byColour.green', 'check'],
    ['policy.byColour.yellow', 'unverifiable'],
    ['policy.byColour.red', 'admit'],
    ['policy.maxPassAgeSeconds', -1],
    ['policy.maxPassAgeSeconds', undefined],
    ['policy.tooOld', 'admit'],
    ['policy.outsideHours', 'admit'],
    ['policy.hours.0.from', -1],
    ['policy.hours.0.to', 2881],
    ['policy.hours.0.directions.0', 'through'],
    ['policy.seenBeforeWindowSeconds', -1],
    ['policy.retentionDays', 0],
    ['policy.retentionDays', 31],
    ['policy.retentionDays', 1.5],
    ['policy.retentionDays', null],
    ['policy.ages.staleSeconds', 2 ** 31],
    ['policy.ages.freshSeconds', undefined],
    ['policy.displayMs.admit', 699],
    ['policy.displayMs.check', 60_001],
    ['policy.anything', 1],
    ['anything', 1],
  ])('%s may not be %j', (place, value) => {
    expect(placeOf(documentWith(place, value))).toBe(place);
  });

  it.each([
    { freshSeconds: 6, ageingSeconds: 5, staleSeconds: 7 },
    { freshSeconds: 5, ageingSeconds: 7, staleSeconds: 6 },
  ])('policy.ages go up: not %j', (ages) => {
    expect(placeOf(documentWith('policy.ages', ages))).toBe('policy.ages');
  });
});
