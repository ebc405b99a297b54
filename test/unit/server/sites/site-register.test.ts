// Several sites on one server: each founded in a class, changed within its bounds, and signed so that tablets take it.

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { ok, type Result } from '../../../../src/core/result.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import type { JsonEntry } from '../../../../src/core/trust/publish/edit-document.ts';
import { parseSettings } from '../../../../src/core/trust/settings/settings-schema.ts';
import { verifySettings } from '../../../../src/core/trust/settings/signed-settings.ts';
import type { SiteInService } from '../../../../src/server/sites/site-in-service.ts';
import type { SiteRefusal } from '../../../../src/server/sites/site-refusal.ts';
import {
  buildingPolicy,
  changeSite,
  createSiteHouse,
  foundKiosk,
  kiosk,
  policyWith,
  type SiteHouse,
  type SiteServer,
} from '../../../support/site-house.ts';
import { TEST_POLICY, TEST_SITE } from '../../../support/test-trust.ts';
import { standardPolicy } from '../../../support/trust-desk.ts';

const NOW = Date.UTC(2026, 2, 2, 12) / 1000;

const SHORT_AGES = { freshSeconds: 1, ageingSeconds: 2, staleSeconds: 3 };

let house: SiteHouse;
let server: SiteServer;

beforeEach(async () => {
  house = await createSiteHouse(NOW);
  server = await house.openServer();
});

const codeOf = (answer: Result<SiteInService, SiteRefusal>) => (answer.ok ? 'ok' : answer.error.code);
const placeOf = (answer: Result<SiteInService, SiteRefusal>) => (answer.ok ? 'ok' : answer.error.place);
const found = (site: JsonEntry = {}, more: JsonEntry = {}) => foundKiosk(server, site, more);
const change = (id: string, more: Parameters<typeof changeSite>[2], by = server) => changeSite(by, id, more);
const ids = ({ sites }: SiteServer) => sites.all().map(({ site }) => site.id);

describe('a register', () => {
  it('knows the site of the file before any other, and nothing else at first', () => {
    expect(ids(server)).toEqual(['lindenhof']);
    expect(server.sites.find('lindenhof')).toMatchObject({ class: 'standard', retentionDays: 7 });
    expect(server.sites.find('kiosk')).toBeNull();
  });

  it('says which classes may be founded here, and none that others found', () => {
    expect(server.sites.classes().map((bounds) => bounds.class)).toEqual(['standard', 'building']);
  });
});

describe('a site that is founded', () => {
  it('is signed so that a tablet takes it, at a version of its own', async () => {
    const { handedOut, settings } = await found();
    const { servers } = server.trust.documents;
    const verified = await verifySettings(handedOut.bytes, servers, await chooseEngine());
    expect(verified).toMatchObject({ ok: true, value: { settings, server: { class: 'standard' } } });
    expect(settings).toMatchObject({ version: NOW, issuedAt: NOW });
    expect((await server.sites.readSettings('kiosk'))?.bytes).toEqual(handedOut.bytes);
    expect(ids(server)).toEqual(['lindenhof', 'kiosk']);
  });

  it('gets the bounds of its class and a plain policy within them', async () => {
    const { policy, bounds, clippings, retentionDays } = await found({ class: 'building' });
    expect(bounds).toMatchObject({ class: 'building' });
    expect(policy).toMatchObject({
      byColour: { green: 'admit', yellow: 'refuse', red: 'refuse' },
      maxPassAgeSeconds: 7200,
      seenBeforeWindowSeconds: 600,
      ages: { freshSeconds: 100, ageingSeconds: 200, staleSeconds: 300 },
    });
    expect([clippings, retentionDays]).toEqual([[], 3]);
  });

  it('stays over a restart, byte for byte', async () => {
    const { handedOut } = await found();
    house.nowSeconds += 86_400;
    const again = await house.openServer();
    expect(again.sites.find('kiosk')?.handedOut).toEqual(handedOut);
  });

  it('is told to whoever waits for it', async () => {
    const told: string[][] = [];
    server.sites.watch(async () => void told.push(ids(server)));
    await found();
    await change('kiosk', { site: { name: 'Kiosk 2' } });
    await change('lindenhof', { site: { name: 'Lindenhof 2' } });
    await change('kiosk', { site: { gates: [] } });
    expect(told).toEqual(Array.from({ length: 3 }, () => ['lindenhof', 'kiosk']));
  });

  it.each<[string, JsonEntry, JsonEntry, string, string]>([
    ['in a class that others found', { class: 'office' }, {}, 'class-not-founded', 'site.class'],
    ['in a class that is not there', { class: 'milder' }, {}, 'class-not-founded', 'site.class'],
    ['without a class', { class: undefined }, {}, 'class-not-founded', 'site.class'],
    ['under an id that is taken', { id: 'lindenhof' }, {}, 'site-taken', ''],
    ['under no id', { id: 'Kiosk 1' }, {}, 'bad-settings', 'site.id'],
    ['in no time zone', { timeZone: 'Mars/Olympus' }, {}, 'bad-settings', 'site.timeZone'],
    ['without gates', { gates: [] }, {}, 'bad-settings', 'site.gates'],
    ['with something unknown', { owner: 'me' }, {}, 'bad-settings', 'site.owner'],
    ['with a version', {}, { version: 3 }, 'bad-settings', 'version'],
    ['with a bad policy', {}, policyWith({ retentionDays: 31 }), 'bad-settings', 'policy.retentionDays'],
    [
      'beyond its bounds',
      { class: 'building' },
      policyWith({ ages: SHORT_AGES, byColour: { green: 'admit', yellow: 'check', red: 'refuse' } }),
      'beyond-bounds',
      'policy.byColour.yellow',
    ],
  ])('is not founded %s', async (_name, site, more, code, place) => {
    const refusal = await server.sites.create(kiosk(site, more));
    expect([codeOf(refusal), placeOf(refusal)]).toEqual([code, place]);
    expect(ids(server)).toEqual(['lindenhof']);
    expect(house.store.sitesById.size).toBe(0);
  });

  it.each([null, 7, 'kiosk', [], {}, { site: null }, { site: [] }])(
    'is not founded by %j',
    async (content) => {
      expect((await server.sites.create(content)).ok).toBe(false);
    },
  );

  it('is founded once, whoever asks at the same time, on two servers too', async () => {
    const other = await house.openServer();
    const answers = await Promise.all([
      server.sites.create(kiosk()),
      other.sites.create(kiosk({ name: 'Another' })),
      server.sites.create(kiosk()),
    ]);
    expect(answers.map(codeOf).sort()).toEqual(['ok', 'site-taken', 'site-taken']);
    await server.sites.look();
    await other.sites.look();
    expect(server.sites.find('kiosk')?.handedOut).toEqual(other.sites.find('kiosk')?.handedOut);
  });

  it('comes to another server on the same database with its next look', async () => {
    const other = await house.openServer();
    const { handedOut } = await found();
    expect(ids(other)).toEqual(['lindenhof']);
    await other.sites.look();
    expect(other.sites.find('kiosk')?.handedOut).toEqual(handedOut);
  });

  it('never gets the bounds of another class, whatever it asks for', async () => {
    const bounds = new Map([
      ['standard', standardPolicy()],
      ['building', buildingPolicy()],
    ]);
    let number = 0;
    const foundedOf = new Set<string | undefined>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('standard', 'building', 'office', 'milder', undefined),
        fc.constantFrom('check', 'refuse'),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 1_000 }),
        async (name, yellow, retentionDays, seenBeforeWindowSeconds) => {
          const site = { id: `site-${++number}`, class: name };
          const byColour = { green: 'admit', yellow, red: 'refuse' };
          const more = policyWith({
            ages: SHORT_AGES,
            byColour,
            retentionDays,
            seenBeforeWindowSeconds,
            maxPassAgeSeconds: 60,
          });
          const founded = await server.sites.create(kiosk(site, more));
          if (!founded.ok) return;
          const own = bounds.get(name ?? '');
          foundedOf.add(name);
          expect(own).toBeDefined();
          expect(founded.value.bounds.class).toBe(name);
          expect(founded.value.retentionDays).toBeLessThanOrEqual(Number(own?.maxRetentionDays));
          expect(founded.value.policy.seenBeforeWindowSeconds).toBeLessThanOrEqual(
            Number(own?.maxSeenBeforeWindowSeconds),
          );
        },
      ),
      {
        numRuns: 60,
        // At each bound, so that both classes are always founded at least once.
        examples: [
          ['standard', 'check', 30, 43_200],
          ['building', 'refuse', 3, 600],
        ],
      },
    );
    expect([...foundedOf].sort()).toEqual(['building', 'standard']);
  });
});

describe('a change of settings', () => {
  it('raises the version and is signed, and leaves other sites alone', async () => {
    await found();
    const before = await server.sites.readSettings('lindenhof');
    const changed = await change('kiosk', { site: { name: 'Kiosk at the lake' } });
    expect(changed).toMatchObject({
      ok: true,
      value: { site: { name: 'Kiosk at the lake' }, settings: { version: NOW + 1 } },
    });
    expect(await server.sites.readSettings('lindenhof')).toEqual(before);
    const handed = await server.sites.readSettings('kiosk');
    const { servers } = server.trust.documents;
    const verified = await verifySettings(handed?.bytes ?? utf8ToBytes(''), servers, await chooseEngine());
    expect(verified).toMatchObject({
      ok: true,
      value: { settings: { site: { name: 'Kiosk at the lake' } } },
    });
  });

  it('that says the same keeps the version', async () => {
    await found();
    await change('kiosk', {});
    expect(server.sites.find('kiosk')?.settings.version).toBe(NOW);
  });

  it('of the site of the file goes to the file, which an operator goes on editing', async () => {
    expect(codeOf(await change('lindenhof', { site: { name: 'Lindenhof main' } }))).toBe('ok');
    const file = house.station.settingsFolder.files.get('settings.json');
    expect(JSON.parse(new TextDecoder().decode(file))).toMatchObject({ site: { name: 'Lindenhof main' } });
    expect(server.sites.find('lindenhof')).toMatchObject({
      site: { name: 'Lindenhof main' },
      settings: { version: NOW + 1 },
    });
    await house.station.editSettings({}, { name: 'By hand' });
    await server.sites.readSettings('lindenhof');
    expect(server.sites.find('lindenhof')?.site.name).toBe('By hand');
  });

  it('of the site of the file begins with what the operator wrote a moment ago', async () => {
    await house.station.editSettings({ tooOld: 'refuse' });
    expect(codeOf(await change('lindenhof', { site: { name: 'Lindenhof main' } }))).toBe('ok');
    expect(server.sites.find('lindenhof')).toMatchObject({
      site: { name: 'Lindenhof main' },
      settings: { policy: { tooOld: 'refuse' } },
    });
  });

  it('of a file that only the operator writes is refused', async () => {
    const { writeEdited: _mayNot, ...settings } = house.station.parts.settings;
    server = await house.openServer({ settings });
    expect(codeOf(await change('lindenhof', { site: { name: 'Mine' } }))).toBe('settings-in-file');
    server = await house.openServer({
      settings: { ...settings, writeEdited: () => Promise.reject(new Error('read-only')) },
    });
    expect(codeOf(await change('lindenhof', { site: { name: 'Mine' } }))).toBe('settings-in-file');
    expect(server.sites.find('lindenhof')?.site.name).toBe(TEST_SITE.name);
  });

  it.each<[string, { site?: JsonEntry; policy?: JsonEntry }, string, string]>([
    [
      'a bad place',
      { policy: { displayMs: { ...TEST_POLICY.displayMs, admit: 1 } } },
      'bad-settings',
      'policy.displayMs.admit',
    ],
    ['another id', { site: { id: 'palace' } }, 'other-site', 'site.id'],
    ['another class', { site: { class: 'standard' } }, 'other-site', 'site.class'],
    [
      'a wider window',
      { policy: { seenBeforeWindowSeconds: 601 } },
      'beyond-bounds',
      'policy.seenBeforeWindowSeconds',
    ],
    ['a longer log', { policy: { retentionDays: 4 } }, 'beyond-bounds', 'policy.retentionDays'],
    [
      'milder colours',
      { policy: { byColour: { green: 'admit', yellow: 'admit', red: 'refuse' } } },
      'beyond-bounds',
      'policy.byColour.yellow',
    ],
    ['older passes', { policy: { maxPassAgeSeconds: null } }, 'beyond-bounds', 'policy.maxPassAgeSeconds'],
  ])('with %s is refused with its place, and changes nothing', async (_name, more, code, place) => {
    const before = await found({ class: 'building' });
    const refusal = await change('kiosk', more);
    expect([codeOf(refusal), placeOf(refusal)]).toEqual([code, place]);
    expect(server.sites.find('kiosk')?.handedOut).toEqual(before.handedOut);
  });

  it('at the bound is taken', async () => {
    await found({ class: 'building' });
    const more = { policy: { seenBeforeWindowSeconds: 600, retentionDays: 3, maxPassAgeSeconds: 7200 } };
    expect(codeOf(await change('kiosk', more))).toBe('ok');
  });

  it('names all bounds that stand against it', async () => {
    await found({ class: 'building' });
    const refusal = await change('kiosk', { policy: { seenBeforeWindowSeconds: 601, retentionDays: 4 } });
    expect(refusal.ok ? [] : refusal.error.beyond).toEqual([
      { place: 'policy.seenBeforeWindowSeconds', asked: '601', used: '600' },
      { place: 'policy.retentionDays', asked: '4', used: '3' },
    ]);
  });

  it('is not refused for what the operator wrote beyond a bound before, but for going further', async () => {
    await house.station.editSettings({ seenBeforeWindowSeconds: 13 * 3600 });
    await server.trust.look();
    expect(codeOf(await change('lindenhof', { site: { name: 'Still' } }))).toBe('ok');
    expect(codeOf(await change('lindenhof', { policy: { seenBeforeWindowSeconds: 14 * 3600 } }))).toBe(
      'beyond-bounds',
    );
  });

  it('of a site that is not there is refused', async () => {
    expect(codeOf(await change('palace', {}))).toBe('unknown-site');
  });

  it('is refused where the site is no longer as it was seen', async () => {
    const { handedOut } = await found();
    const isAsSeen = (held: SiteInService) => held.handedOut.etag === handedOut.etag;
    const rename = (name: string) =>
      server.sites.changeSettings(
        'kiosk',
        ({ settings: { site, policy } }) => ok({ site: { ...site, name }, policy }),
        isAsSeen,
      );
    expect(codeOf(await rename('First'))).toBe('ok');
    expect(codeOf(await rename('Second'))).toBe('changed-meanwhile');
    expect(server.sites.find('kiosk')?.site.name).toBe('First');
  });

  it('of two servers at once goes through at one of them, and nothing is lost unseen', async () => {
    const other = await house.openServer();
    await found();
    await other.sites.look();
    const answers = await Promise.all([
      change('kiosk', { site: { name: 'Here' } }),
      change('kiosk', { site: { name: 'There' } }, other),
    ]);
    expect(answers.map(codeOf).sort()).toEqual(['changed-meanwhile', 'ok']);
    await server.sites.look();
    await other.sites.look();
    expect(server.sites.find('kiosk')?.handedOut).toEqual(other.sites.find('kiosk')?.handedOut);
    const name = answers[0]?.ok ? 'Here' : 'There';
    expect(server.sites.find('kiosk')?.site.name).toBe(name);
  });

  it('sees what another server changed just before', async () => {
    const other = await house.openServer();
    await found();
    expect(codeOf(await change('kiosk', { site: { name: 'There' } }, other))).toBe('ok');
    expect(codeOf(await change('kiosk', { site: { dayStartMinutes: 0 } }))).toBe('ok');
    expect(server.sites.find('kiosk')?.site).toMatchObject({ name: 'There', dayStartMinutes: 0 });
  });
});

it('what lies in the store is JSON that the schema reads, and what was signed of it', async () => {
  await found();
  const stored = house.store.sitesById.get('kiosk');
  const json = JSON.parse(new TextDecoder().decode(stored?.edited));
  expect(parseSettings(utf8ToBytes(JSON.stringify({ ...json, version: 1, issuedAt: 1 }))).ok).toBe(true);
  expect(stored?.signed).toEqual(server.sites.find('kiosk')?.handedOut.bytes);
});
