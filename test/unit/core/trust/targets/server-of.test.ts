// Who speaks for a site: the entry that names it, or the one that founds sites of the class that it says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { assembleTrust } from '../../../../../src/core/trust/held/assemble-trust.ts';
import { serverOf } from '../../../../../src/core/trust/targets/server-of.ts';
import {
  ANY_SITE,
  type ListedServer,
  type PolicyBounds,
} from '../../../../../src/core/trust/targets/targets.ts';
import { DEFAULT_AGES } from '../../../../../src/core/trust/trust-age.ts';
import { TEST_POLICY, TEST_SITE } from '../../../../support/test-trust.ts';

const KEYS = [utf8ToBytes('somebody')];
const entry = (site: string, name: string): ListedServer => ({
  site,
  class: name,
  settingsKeys: KEYS,
  receiptKeys: KEYS,
  timeKeys: KEYS,
});
const SERVERS = [entry(ANY_SITE, 'station'), entry(ANY_SITE, 'building'), entry('harbour', 'office')];

describe('a site', () => {
  it.each<[string, { id: string; class?: string }, ListedServer | undefined]>([
    ['that is named needs no class', { id: 'harbour' }, SERVERS[2]],
    [
      'that is named stays what it is, whatever class it says',
      { id: 'harbour', class: 'station' },
      SERVERS[2],
    ],
    ['that is founded is of the class it says', { id: 'kiosk', class: 'building' }, SERVERS[1]],
    ['that is founded must say its class', { id: 'kiosk' }, undefined],
    ['is not founded in a class that nobody may found', { id: 'kiosk', class: 'office' }, undefined],
    ['is not founded in a class that is not there', { id: 'kiosk', class: 'milder' }, undefined],
  ])('%s', (_name, site, found) => {
    expect(serverOf(SERVERS, site)).toBe(found ?? null);
  });

  it('has nobody where nobody is listed', () => {
    expect(serverOf([], { id: 'harbour', class: 'station' })).toBeNull();
  });
});

const CLASSES = ['station', 'building', 'office', 'hall'];
const anyClass = fc.constantFrom(...CLASSES);
const anyServers = fc.uniqueArray(fc.tuple(fc.constantFrom(ANY_SITE, 'harbour', 'kiosk'), anyClass), {
  selector: ([site, name]) => (site === ANY_SITE ? `any/${name}` : site),
});
/** Bounds that differ from class to class in everything that can be seen. */
const boundsOf = (name: string): PolicyBounds => ({
  class: name,
  name: { en: name },
  version: 1,
  mildest: { yellow: 'check', red: 'refuse' },
  maxPassAgeSeconds: null,
  maxSeenBeforeWindowSeconds: CLASSES.indexOf(name) + 1,
  ages: DEFAULT_AGES,
  maxRetentionDays: CLASSES.indexOf(name) + 1,
});

it('a site that is founded never gets the bounds of another class', () => {
  fc.assert(
    fc.property(anyServers, fc.constantFrom('harbour', 'kiosk', 'elsewhere'), anyClass, (pairs, id, name) => {
      const servers = pairs.map(([site, listed]) => entry(site, listed));
      const documents = {
        issuers: [],
        policies: CLASSES.map(boundsOf),
        servers,
        rulesetsById: new Map(),
      };
      const settings = {
        version: 1,
        issuedAt: 1,
        site: { ...TEST_SITE, id, class: name },
        policy: { ...TEST_POLICY, seenBeforeWindowSeconds: 100, retentionDays: 30 },
      };
      const trust = assembleTrust(
        {
          version: 1,
          issuedAt: 1,
          timestampKeys: '',
          documents,
          settings,
          settingsBytes: new Uint8Array(),
        },
        new Map(),
      );
      const named = servers.find(({ site }) => site === id);
      const isFounded = servers.some(({ site, class: of }) => site === ANY_SITE && of === name);
      const expected = named?.class ?? (isFounded ? name : null);
      expect(trust?.policy.retentionDays ?? null).toBe(
        expected === null ? null : CLASSES.indexOf(expected) + 1,
      );
    }),
  );
});
