// A refresh of repository and settings, against everything that can come instead of them. What is refused changes nothing
// in use.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import type { TrustSource } from '../../../../../src/core/trust/held/ports.ts';
import { city, openCityHouse } from '../../../../support/city-house.ts';
import { createTestIssuer } from '../../../../support/test-issuer.ts';
import { TEST_SITE } from '../../../../support/test-trust.ts';
import {
  DAY_SECONDS,
  DESK_NOW_SECONDS as NOW,
  standardPolicy,
  TrustDesk,
} from '../../../../support/trust-desk.ts';
import { type Meddle, sourceOf, type TrustHouse } from '../../../../support/trust-house.ts';
import { TrustTablet } from '../../../../support/trust-tablet.ts';

const county = await createTestIssuer({ id: 'county', seed: 2 });

let house: TrustHouse;
let tablet: TrustTablet;

beforeEach(async () => {
  ({ house, tablet } = await openCityHouse());
});

const now = (): TrustSource => sourceOf(house.hand());
const inUse = async (of = tablet) => {
  const held = await of.store.readTrust();
  return held === null
    ? null
    : {
        issuers: held.documents.issuers.map(({ id }) => id),
        settings: held.settings.version,
        issuedAt: held.issuedAt,
      };
};

describe('the first refresh', () => {
  it('takes root, repository and settings', async () => {
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    expect(await inUse()).toEqual({ issuers: ['city'], settings: 1, issuedAt: NOW });
    expect((await tablet.trust())?.site).toEqual(TEST_SITE);
  });

  it('takes the root whose hash is known', async () => {
    const knowing = new TrustTablet(house.engine, undefined, null, await house.rootHash());
    expect(await knowing.refresh(now(), NOW)).toBe('ok');
  });

  it('takes no other root, and goes on when the right one comes', async () => {
    const knowing = new TrustTablet(house.engine, undefined, null, await house.rootHash());
    const others = await TrustDesk.open();
    await others.stageRoot(others.keysOf(['ben', 'carol', 'dora'], ['server']));
    await others.stageFiles();
    await others.sign('ben', 'carol');
    await others.publish();
    const foreign = new Map(house.hand().files).set(
      '1.root.json',
      others.publishedFolder.files.get('1.root.json') ?? new Uint8Array(0),
    );
    expect(await knowing.refresh(sourceOf({ ...house.hand(), files: foreign }), NOW)).toBe('other-root');
    expect(knowing.store.changes).toEqual([]);
    expect(await knowing.refresh(now(), NOW)).toBe('ok');
  });

  it('takes nothing without settings', async () => {
    expect(await tablet.refusal(sourceOf({ ...house.hand(), settings: null }), NOW)).toBe(
      'unreachable: settings: not-found',
    );
    expect(await inUse()).toBeNull();
  });
});

const LOGIN_PAGE = `<!doctype html><title>Sign in to the station's network</title>${'<p>'.repeat(200)}`;
const PORTALS: readonly [string, string][] = [
  ['a login page', LOGIN_PAGE],
  ['a short page', '<html></html>'],
  ['an endless page', '<p>'.repeat(1_000_000)],
  ['nothing at all', ''],
];
/** Cannot be told from a repository that is broken, where a hash or a length is all that is wrong with it. */
const FOREIGN_JSON: [string, string] = ['an answer in JSON of somebody else', '{"error":"sign in first"}'];
const HASHED = /snapshot|issuers|policies|servers|rulesets/;

/** From the first request of that name on, somebody else answers. */
const portalAt = (portal: string, name: RegExp): Meddle => {
  let isOpen = false;
  return (request) => {
    isOpen ||= name.test(request);
    return isOpen ? { kind: 'bytes', bytes: utf8ToBytes(portal) } : null;
  };
};

describe("somebody else's answers", () => {
  const REPOSITORY = [
    /2\.root/,
    /timestamp/,
    /snapshot/,
    /\.targets/,
    /issuers/,
    /policies/,
    /servers/,
    /rulesets/,
  ];
  const requests = REPOSITORY.flatMap((name) => [
    ...PORTALS.map(([said, page]) => [name, said, page, 'unreachable'] as const),
    [name, ...FOREIGN_JSON, HASHED.test(name.source) ? 'repository' : 'unreachable'] as const,
  ]);

  it.each(requests)('from %s on, %s: nothing that is in use changes', async (name, _, page, code) => {
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    const before = await tablet.trust();
    house.desk.nowSeconds += 60;
    house.issuersById.set('city', house.entryOf(city, { name: { en: 'The city' } }));
    house.policies = [standardPolicy({ version: 2 })];
    house.servers = [house.serverEntry({ timeKeys: house.keys('time', 'time-2') })];
    house.rules = { ...house.rules, version: 2 };
    await house.publish();
    let wasAsked = false;
    const meddle = portalAt(page, name);
    const source = sourceOf(house.hand(), (request) => {
      wasAsked ||= name.test(request);
      return meddle(request);
    });
    expect(await tablet.refresh(source, NOW + 60)).toBe(code);
    expect(wasAsked).toBe(true);
    expect(await tablet.trust()).toEqual(before);
    expect(await tablet.refresh(now(), NOW + 60)).toBe('ok');
    expect((await tablet.trust())?.issuers[0]?.name).toEqual({ en: 'The city' });
  });

  it.each([...PORTALS, FOREIGN_JSON])(
    '%s at the settings: those that are held go on under new documents',
    async (_, page) => {
      expect(await tablet.refresh(now(), NOW)).toBe('ok');
      house.issuersById.clear();
      await house.publish();
      const source = sourceOf(house.hand(), portalAt(page, /^settings/));
      expect(await tablet.refresh(source, NOW)).toBe('ok');
      expect(await inUse()).toMatchObject({ issuers: [], settings: 1 });
    },
  );

  it.each(PORTALS)('%s to a tablet that holds nothing: it goes on holding nothing', async (_, page) => {
    for (const name of [/1\.root/, ...REPOSITORY, /^settings/]) {
      const fresh = new TrustTablet(house.engine);
      expect(await fresh.refresh(sourceOf(house.hand(), portalAt(page, name)), NOW)).toBe('unreachable');
      expect(await inUse(fresh)).toBeNull();
      expect(await fresh.refresh(now(), NOW)).toBe('ok');
    }
  });

  it.each(['not-found', 'too-large', 'too-slow'] as const)(
    '%s for everything is unreachable',
    async (kind) => {
      expect(await tablet.refresh(now(), NOW)).toBe('ok');
      const silent = sourceOf(house.hand(), () => ({ kind }));
      expect(await tablet.refresh(silent, NOW)).toBe('unreachable');
    },
  );
});

describe('a wrong document, signed by all', () => {
  it.each([
    ['issuers.json: issuers.0.keys', { keys: [] }],
    ['issuers.json: issuers.0.statusLists', { statusLists: [] }],
    [
      'issuers.json: issuers.0.rulesets: there is no rule set "work"',
      { rulesets: [{ number: 1, id: 'work' }] },
    ],
    ['issuers.json: issuers.0.scope: there is no policy for the class "office"', { scope: ['office'] }],
  ])('is refused whole: %s', async (said, overrides) => {
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    const before = await tablet.trust();
    house.issuersById.set('city', house.entryOf(city, overrides));
    house.issuersById.set('county', house.entryOf(county));
    await house.publishUnchecked();
    const refusal = await tablet.refusal(now(), NOW);
    const [file, ...place] = said.split(': ');
    expect(refusal).toContain(`repository: ${file}: bad-target: ${place.join(': ')}`);
    expect(await tablet.trust()).toEqual(before);
    expect(await tablet.restarted().trust()).toEqual(before);

    house.issuersById.set('city', house.entryOf(city));
    await house.publishUnchecked();
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    expect((await inUse())?.issuers).toEqual(['city', 'county']);
  });

  it('and one that is no JSON', async () => {
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    await house.publishUnchecked((files) => files.set('policies.json', utf8ToBytes('bounds')));
    expect(await tablet.refusal(now(), NOW)).toBe(
      'repository: policies.json: bad-target: the file: no JSON in UTF-8',
    );
  });

  it('and one that nobody knows', async () => {
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    await house.publishUnchecked((files) => files.set('people.json', utf8ToBytes('{}')));
    expect(await tablet.refusal(now(), NOW)).toBe(
      'repository: people.json: bad-target: the file: is none of this repository',
    );
  });
});

describe('a stolen timestamp key', () => {
  it('that dated a timestamp ten years ahead holds a tablet only until the root names another', async () => {
    expect(await tablet.refresh(now(), NOW)).toBe('ok');
    const far = NOW + 3650 * DAY_SECONDS;
    const honest = house.hand();
    await house.desk.reSign('server', far);
    const thief = house.hand();
    expect(await tablet.refresh(sourceOf(thief), NOW)).toBe('ok');
    expect(await inUse()).toMatchObject({ issuedAt: far });
    const stolen = (await tablet.store.readTrust())?.timestampKeys ?? '';
    // What the tablet takes for the time, as far as those keys prove it.
    const start = (timestampKeys: string): number => (timestampKeys === stolen ? far : NOW);
    expect(await tablet.refresh(sourceOf(honest), start)).toBe('repository');

    await house.desk.stageRoot(house.desk.keysOf(['anna', 'ben', 'carol'], ['server-2']));
    await house.publish('server-2');
    expect(await tablet.refresh(now(), far)).toBe('repository');
    expect(await tablet.refresh(now(), start)).toBe('ok');
    expect(await inUse()).toEqual({ issuers: ['city'], settings: 1, issuedAt: NOW });
    expect(await tablet.refresh(sourceOf(thief), start)).toBe('repository');
  });
});
