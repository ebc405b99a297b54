// The targets' documents: a whole value, or the place and the reason of what is wrong.

import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import {
  encodeDocument,
  FIRST_FILES,
  type JsonEntry,
} from '../../../../../src/core/trust/publish/edit-document.ts';
import { parseIssuers } from '../../../../../src/core/trust/targets/issuers-schema.ts';
import { parseDocuments } from '../../../../../src/core/trust/targets/parse-documents.ts';
import { parsePolicies } from '../../../../../src/core/trust/targets/policies-schema.ts';
import { parseRuleset } from '../../../../../src/core/trust/targets/ruleset-schema.ts';
import { parseServers } from '../../../../../src/core/trust/targets/servers-schema.ts';
import { issuersInService } from '../../../../../src/core/trust/targets/targets.ts';
import { DEFAULT_AGES } from '../../../../../src/core/trust/trust-age.ts';
import { issuerEntry, issuerKey, standardPolicy } from '../../../../support/trust-desk.ts';

const KEY = '02'.repeat(32);
const LIST = { list: 3, uri: 'https://harbour.example/3', keys: [KEY] };
const server = (overrides: JsonEntry = {}): JsonEntry => ({
  site: 'lindenhof',
  class: 'standard',
  settingsKeys: [KEY],
  receiptKeys: [KEY],
  timeKeys: [KEY],
  ...overrides,
});
const ruleset = (overrides: JsonEntry = {}): JsonEntry => ({
  format: 1,
  id: 'health',
  name: 'Health rules',
  version: 2,
  reasons: [{ number: 1, text: { en: 'No symptoms' }, next: { en: 'Let them in' } }],
  ...overrides,
});

const issuers = (...entries: readonly JsonEntry[]) =>
  parseIssuers(encodeDocument({ format: 1, issuers: entries }));
const policies = (...entries: readonly JsonEntry[]) =>
  parsePolicies(encodeDocument({ format: 1, policies: entries }));
const servers = (...entries: readonly JsonEntry[]) =>
  parseServers(encodeDocument({ format: 1, servers: entries }));

const placeOf = (result: { ok: true } | { ok: false; error: { place: string } }) =>
  result.ok ? 'taken' : result.error.place;

describe('issuers.json', () => {
  it('is read whole', () => {
    const entry = issuerEntry('harbour', {
      statusLists: [LIST],
      scope: ['standard'],
      rulesets: [{ number: 1, id: 'health' }],
    });
    expect(issuers(entry)).toEqual({
      ok: true,
      value: [
        {
          ...entry,
          keys: [{ ...issuerKey(1), publicKey: new Uint8Array(32).fill(1), isEmergency: false }],
          statusLists: [{ ...LIST, keys: [new Uint8Array(32).fill(2)] }],
        },
      ],
    });
  });

  it.each<[string, string, JsonEntry]>([
    ['an id that is none', 'issuers.0.id', { id: 'Harbour' }],
    ['no text in English', 'issuers.0.name', { name: { es: 'Puerto' } }],
    ['a language that is none', 'issuers.0.name.english', { name: { en: 'Harbour', english: 'Harbour' } }],
    ['an empty text', 'issuers.0.appeal.en', { appeal: { en: '' } }],
    ['no key', 'issuers.0.keys', { keys: [] }],
    [
      'a key of 31 bytes',
      'issuers.0.keys.0.publicKey',
      { keys: [issuerKey(1, { publicKey: '01'.repeat(31) })] },
    ],
    ['another algorithm', 'issuers.0.keys.0.algorithm', { keys: [issuerKey(1, { algorithm: 'ES256' })] }],
    [
      'an end before its beginning',
      'issuers.0.keys.0',
      { keys: [issuerKey(1, { validFrom: 5, validUntil: 5 })] },
    ],
    ['half a second', 'issuers.0.keys.0.validFrom', { keys: [issuerKey(1, { validFrom: 0.5 })] }],
    ['an empty scope', 'issuers.0.scope', { scope: [] }],
    ['a test flag that is no flag', 'issuers.0.isTest', { isTest: 'no' }],
    ['a field nobody knows', 'issuers.0.colour', { colour: 'green' }],
    ['a list beyond uint16', 'issuers.0.statusLists', { statusLists: [{ ...LIST, list: 65_536 }] }],
    [
      'the address of a list that is none',
      'issuers.0.statusLists',
      { statusLists: [{ ...LIST, uri: 'harbour' }] },
    ],
    ['a list without a key', 'issuers.0.statusLists', { statusLists: [{ ...LIST, keys: [] }] }],
    [
      'one list twice',
      'issuers.0.statusLists',
      { statusLists: [LIST, { ...LIST, uri: 'https://b.example/' }] },
    ],
  ])('with %s is refused at %s', (_, place, overrides) => {
    expect(placeOf(issuers(issuerEntry('harbour', overrides)))).toMatch(
      new RegExp(`^${place.replaceAll('.', '\\.')}`),
    );
  });

  it.each<[string, readonly JsonEntry[]]>([
    ['an issuer', [issuerEntry('a'), issuerEntry('a', { keys: [issuerKey(2)] })]],
    ['a key', [issuerEntry('a'), issuerEntry('b')]],
    [
      'the address of a list',
      [
        issuerEntry('a', { statusLists: [LIST] }),
        issuerEntry('b', { keys: [issuerKey(2)], statusLists: [LIST] }),
      ],
    ],
  ])('that names %s twice is refused', (what, entries) => {
    expect(issuers(...entries)).toMatchObject({
      error: { file: 'issuers.json', place: 'issuers', reason: `names ${what} twice` },
    });
  });

  it.each(['', '{', '[]', '{"format":2,"issuers":[]}', '{"issuers":[]}', '\ufeff{"format":1,"issuers":[]}'])(
    'is refused as %j',
    (text) => {
      expect(parseIssuers(utf8ToBytes(text)).ok).toBe(false);
    },
  );

  it('names issuers that do not exist in service', () => {
    const read = issuers(issuerEntry('a'), issuerEntry('b', { keys: [issuerKey(2)], isTest: true }));
    expect(read.ok && issuersInService(read.value).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('policies.json', () => {
  it('is read whole', () => {
    expect(policies(standardPolicy())).toEqual({ ok: true, value: [standardPolicy()] });
  });

  it.each(['freshSeconds', 'ageingSeconds', 'staleSeconds'] as const)('never lengthens %s', (age) => {
    const longer = { ...DEFAULT_AGES, [age]: DEFAULT_AGES[age] + 1 };
    expect(placeOf(policies(standardPolicy({ ages: DEFAULT_AGES })))).toBe('taken');
    expect(placeOf(policies(standardPolicy({ ages: longer })))).toBe(`policies.0.ages.${age}`);
  });

  it.each<[string, JsonEntry]>([
    ['policies.0.ages', { ages: { freshSeconds: 2, ageingSeconds: 1, staleSeconds: 3 } }],
    ['policies.0.maxRetentionDays', { maxRetentionDays: 31 }],
    ['policies.0.maxRetentionDays', { maxRetentionDays: 0 }],
    ['policies.0.mildest.red', { mildest: { yellow: 'check', red: 'admit' } }],
    ['policies.0.maxPassAgeSeconds', { maxPassAgeSeconds: -1 }],
    ['policies.0.class', { class: '' }],
  ])('is refused at %s', (place, overrides) => {
    expect(placeOf(policies(standardPolicy(overrides)))).toBe(place);
  });

  it('names each class once', () => {
    expect(placeOf(policies(standardPolicy(), standardPolicy()))).toBe('policies');
  });
});

describe('servers.json', () => {
  it('is read whole', () => {
    const keys = [new Uint8Array(32).fill(2)];
    expect(servers(server())).toEqual({
      ok: true,
      value: [{ ...server(), settingsKeys: keys, receiptKeys: keys, timeKeys: keys }],
    });
  });

  it.each<[string, JsonEntry]>([
    ['servers.0.timeKeys', { timeKeys: [] }],
    ['servers.0.receiptKeys', { receiptKeys: [KEY, KEY] }],
    ['servers.0.settingsKeys.0', { settingsKeys: ['zz'] }],
    ['servers.0.site', { site: 'a b' }],
  ])('is refused at %s', (place, overrides) => {
    expect(placeOf(servers(server(overrides)))).toBe(place);
  });

  it('names each site once', () => {
    expect(placeOf(servers(server(), server()))).toBe('servers');
    expect(placeOf(servers(server(), server({ class: 'other' })))).toBe('servers');
  });

  it('names one server that founds sites of a class, for several classes', () => {
    const any = server({ site: '*' });
    expect(servers(server(), any, server({ site: '*', class: 'other' })).ok).toBe(true);
    expect(placeOf(servers(any, any))).toBe('servers');
  });
});

describe('rulesets/ID.json', () => {
  it('is read whole', () => {
    const read = parseRuleset('health', encodeDocument(ruleset()));
    expect(read.ok && read.value.reasonsByNumber.get(1)).toEqual({
      text: { en: 'No symptoms' },
      next: { en: 'Let them in' },
    });
  });

  it('is refused under the name of another', () => {
    expect(placeOf(parseRuleset('other', encodeDocument(ruleset())))).toBe('id');
  });
});

describe('all of them together', () => {
  const together = (changes: Readonly<Record<string, object>>, without: readonly string[] = []) => {
    const files = new Map(FIRST_FILES);
    for (const [name, json] of Object.entries(changes)) files.set(name, encodeDocument(json));
    for (const name of without) files.delete(name);
    const read = parseDocuments(files);
    return read.ok ? 'taken' : `${read.error.file} ${read.error.place}: ${read.error.reason}`;
  };
  const issuerWith = (overrides: JsonEntry) => ({
    'issuers.json': { format: 1, issuers: [issuerEntry('harbour', overrides)] },
  });

  it('are taken when they agree', () => {
    const files = {
      ...issuerWith({ scope: ['standard'], rulesets: [{ number: 1, id: 'health' }] }),
      'servers.json': { format: 1, servers: [server()] },
      'rulesets/health.json': ruleset(),
    };
    expect(together(files)).toBe('taken');
  });

  it.each<[string, Readonly<Record<string, object>>, readonly string[]]>([
    ['issuers.json the file: is missing', {}, ['issuers.json']],
    ['policies.json the file: is missing', {}, ['policies.json']],
    ['servers.json the file: is missing', {}, ['servers.json']],
    ['extra.json the file: is none of this repository', { 'extra.json': {} }, []],
    [
      'servers.json servers.0.class: there is no policy for the class "office"',
      { 'servers.json': { format: 1, servers: [server({ class: 'office' })] } },
      [],
    ],
    [
      'issuers.json issuers.0.scope: there is no policy for the class "office"',
      issuerWith({ scope: ['office'] }),
      [],
    ],
    [
      'issuers.json issuers.0.rulesets: there is no rule set "health"',
      issuerWith({ rulesets: [{ number: 1, id: 'health' }] }),
      [],
    ],
  ])('are refused: %s', (reason, changes, without) => {
    expect(together(changes, without)).toBe(reason);
  });
});
