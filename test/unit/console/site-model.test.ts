// Settings as a form: what is read is written back unchanged, units and bounds hold, and refusals keep their place.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursToRows, rowsToHours, timeMinutes, timeText } from '../../../src/app/console/opening-hours.ts';
import { POLICY_FIELDS, readField, withValue, writeNumber } from '../../../src/app/console/policy-fields.ts';
import { addressText, parseAddress, ROOMS, roomsFor } from '../../../src/app/console/rooms.ts';
import { suggestId } from '../../../src/app/console/suggest-id.ts';
import { isId } from '../../../src/core/trust/ids.ts';
import { TEST_POLICY } from '../../support/test-trust.ts';

describe('policy fields', () => {
  it('write back what they read, each in its place', () => {
    for (const field of POLICY_FIELDS) {
      const text = readField(field, TEST_POLICY, TEST_POLICY);
      const value = field.kind === 'choice' ? text : writeNumber(field, text);
      expect(withValue(TEST_POLICY, field.place, value), field.place).toEqual(TEST_POLICY);
    }
  });

  it('write any whole number of the policy back exactly', () => {
    const numbers = POLICY_FIELDS.filter((field) => field.kind === 'number');
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.integer({ min: 0, max: 40_000_000 }), (field, value) => {
        const policy = withValue(TEST_POLICY, field.place, value);
        expect(writeNumber(field, readField(field, policy, policy))).toBe(value);
      }),
    );
  });

  it('take no text for a number, and nothing only where nothing means something', () => {
    const place = (wished: string) => {
      const field = POLICY_FIELDS.find((one) => one.place === wished);
      if (field?.kind !== 'number') throw new Error(`no number at ${wished}`);
      return field;
    };
    expect(writeNumber(place('policy.retentionDays'), 'seven')).toBeUndefined();
    expect(writeNumber(place('policy.retentionDays'), ' ')).toBeUndefined();
    expect(writeNumber(place('policy.maxPassAgeSeconds'), ' ')).toBeNull();
    expect(writeNumber(place('policy.seenBeforeWindowSeconds'), '1,5')).toBe(90);
  });
});

describe('opening hours', () => {
  it('write back what they read', () => {
    const directions = fc.constantFrom(['in', 'out'] as const, ['in'] as const, ['out'] as const);
    const span = fc
      .record({
        from: fc.integer({ min: 0, max: 1439 }),
        length: fc.integer({ min: 1, max: 1440 }),
        directions,
      })
      .map(({ from, length, directions: ways }) => ({ from, to: from + length, directions: ways }));
    fc.assert(
      fc.property(fc.array(span), (hours) => {
        expect(rowsToHours(hoursToRows(hours))).toEqual(hours);
      }),
    );
  });

  it('name the row whose time is none', () => {
    const row = { from: '05:00', to: '23:00', way: 'both' } as const;
    expect(rowsToHours([row, { ...row, to: '' }])).toEqual({ badRow: 1 });
    expect([timeMinutes('24:00'), timeMinutes('7:05'), timeText(1500)]).toEqual([null, 425, '01:00']);
  });
});

describe('suggestId', () => {
  it('makes an id, or nothing, of any name', () => {
    expect(suggestId('Gare de l’Est')).toBe('gare-de-l-est');
    expect(suggestId('Zürich HB')).toBe('zurich-hb');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const id = suggestId(name);
        expect(id === '' || isId(id), id).toBe(true);
      }),
    );
  });
});

describe('parseAddress', () => {
  const sites = [
    { id: 'north', name: 'North' },
    { id: 'south', name: 'South' },
  ];

  it('reads what it writes, for every room and site', () => {
    for (const { id: room } of ROOMS)
      for (const { id: site } of sites)
        expect(parseAddress(addressText({ site, room }), sites, () => 'owner')).toEqual({ site, room });
  });

  it('opens no room that a role may not enter', () => {
    expect(parseAddress('#/south/people', sites, () => 'viewer')).toEqual({ site: 'south', room: 'today' });
    expect(parseAddress('#/south/new-site', sites, () => 'manager')).toEqual({
      site: 'south',
      room: 'today',
    });
    expect(parseAddress('#/elsewhere/site', sites, () => 'viewer')).toEqual({ site: 'north', room: 'site' });
    expect(roomsFor('viewer').map(({ id }) => id)).toEqual(['today', 'tablets', 'site']);
  });
});
