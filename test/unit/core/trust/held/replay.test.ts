// Replay: 50 publications, each of which takes something away, and every one of the 50 before played again, whole and
// mixed, to a tablet that holds the newest. No key and no pass ever counts again. All of it happens within the 24 hours in
// which every one of these timestamps is still good, so nothing but its age speaks against it.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import type { ListedStatus } from '../../../../../src/core/trust/status/status-list.ts';
import { createTestIssuer, TEST_NOW_SECONDS, type TestIssuer } from '../../../../support/test-issuer.ts';
import { standardPolicy } from '../../../../support/trust-desk.ts';
import { type Handed, sourceOf, TrustHouse } from '../../../../support/trust-house.ts';
import { judgeBy, TrustTablet } from '../../../../support/trust-tablet.ts';

const COUNT = 50;
const EVERY_SECONDS = 20 * 60;
const HOUR = 3600;

/** What one publication takes away: this pass goes in before it, and never after. */
interface Loss {
  readonly what: string;
  readonly pass: string;
  readonly reason: string;
  readonly take: () => Promise<void>;
}

let house: TrustHouse;
let losses: readonly Loss[];
/** What was handed out before any loss, after the first, and so on. */
const handedOut: Handed[] = [];
let newest: Handed;
let tablet: TrustTablet;
/** As the newest was before the last publication. */
let oneBehind: TrustTablet;
/** At every publication, whether the pass that is about to be lost went in before. */
const reasonsBefore: string[] = [];
const reasonsAfter: string[] = [];
/** What the status list of the city says, from one publication to the next. */
const takenBack: [number, ListedStatus][] = [];
let online: 'server' | 'server-2' = 'server';

const at = (): number => house.nowSeconds;
const kindsOf = <T>(make: (number: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: COUNT / 5 }, (_, number) => make(number)));

/** Ten of each kind, one kind after the other in turn. */
async function createLosses(): Promise<readonly Loss[]> {
  const main = await createTestIssuer({ id: 'city', seed: 1 });
  house.issuersById.set('city', house.entryOf(main));
  const changeStatus = async (index: number, status: ListedStatus) => void takenBack.push([index, status]);
  const placed = (index: number) => main.issue({ id: { list: 7, index } });

  const keys = await kindsOf(async (number) => {
    const [old, kept] = await Promise.all([
      twin(`keys-${number}`, 200 + number),
      twin(`keys-${number}`, 300 + number),
    ]);
    const both = [...old.issuer.keys, ...kept.issuer.keys];
    const entry = (issuerKeys: typeof both) =>
      house.entryOf({ ...old, issuer: { ...old.issuer, keys: issuerKeys } }, { statusLists: 'none' });
    house.issuersById.set(old.issuer.id, entry(both));
    return {
      what: `a key of ${old.issuer.id}`,
      pass: await old.issue(),
      reason: 'unknown-issuer',
      take: async () => void house.issuersById.set(old.issuer.id, entry(both.slice(1))),
    };
  });
  const whole = await kindsOf(async (number) => {
    const issuer = await twin(`whole-${number}`, 400 + number);
    house.issuersById.set(issuer.issuer.id, house.entryOf(issuer, { statusLists: 'none' }));
    return {
      what: issuer.issuer.id,
      pass: await issuer.issue(),
      reason: 'unknown-issuer',
      take: async () => void house.issuersById.delete(issuer.issuer.id),
    };
  });
  const revoked = await kindsOf(async (number) => ({
    what: `revoked ${number}`,
    pass: await placed(100 + number),
    reason: 'revoked',
    take: () => changeStatus(100 + number, 'revoked'),
  }));
  const suspended = await kindsOf(async (number) => ({
    what: `suspended ${number}`,
    pass: await placed(200 + number),
    reason: 'suspended',
    take: () => changeStatus(200 + number, 'suspended'),
  }));
  // A pass of N days is too old from then on: by turns for the bounds and for the site's own settings, which come last.
  const stricter = await kindsOf(async (number) => {
    const days = 30 - number;
    const issuedAt = TEST_NOW_SECONDS - days * 24 * HOUR;
    const maxPassAgeSeconds = days * 24 * HOUR - HOUR;
    return {
      what: `passes of ${days} days`,
      pass: await main.issue({ issuedAt, expiresAt: TEST_NOW_SECONDS + 30 * 24 * HOUR }),
      reason: 'too-old',
      take: async () => {
        if (number % 2 === 0) house.policies = [standardPolicy({ version: number + 2, maxPassAgeSeconds })];
        else await house.setPolicy({ maxPassAgeSeconds, tooOld: 'refuse' });
      },
    };
  });
  return keys.flatMap((loss, number) =>
    [loss, whole[number], revoked[number], suspended[number], stricter[number]].filter(
      (one) => one !== undefined,
    ),
  );
}

const twin = (id: string, seed: number): Promise<TestIssuer> => createTestIssuer({ id, seed });

beforeAll(async () => {
  house = await TrustHouse.open();
  losses = await createLosses();
  await house.setPolicy({ tooOld: 'refuse' });
  await house.publishList('city');
  await house.publish();
  handedOut.push(house.hand());
  tablet = new TrustTablet(house.engine);
  await tablet.refreshAll(sourceOf(house.hand()), at());
  for (const [number, loss] of losses.entries()) {
    reasonsBefore.push((await tablet.judge(loss.pass, at())).reason);
    house.desk.nowSeconds += EVERY_SECONDS;
    await loss.take();
    await house.publishList('city', takenBack);
    if (number === COUNT / 2) {
      online = 'server-2';
      await house.desk.stageRoot(house.desk.keysOf(['anna', 'ben', 'carol'], [online]));
    }
    await house.publish(online);
    if (number < COUNT - 1) handedOut.push(house.hand());
    if (number === COUNT - 1) oneBehind = tablet.restarted();
    await tablet.refreshAll(sourceOf(house.hand()), at());
    reasonsAfter.push((await tablet.judge(loss.pass, at())).reason);
  }
  newest = house.hand();
}, 120_000);

async function reasonsBy(of: TrustTablet): Promise<readonly string[]> {
  const trust = await of.trust();
  if (trust === null) throw new Error('the tablet lost its trust');
  const verdicts = await Promise.all(losses.map(({ pass }) => judgeBy(trust, house.engine, pass, at())));
  return verdicts.map(({ reason }) => reason);
}

/** Everything of the newest, with some files of an older publication in their place. */
const withFiles = (...files: readonly (readonly [string, Bytes])[]): Handed => ({
  ...newest,
  files: new Map([...newest.files, ...files]),
});
const fileOf = ({ files }: Handed, name: string): Bytes => {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`${name} was not handed out`);
  return bytes;
};
/** 'N.snapshot.json' or 'HASH.issuers.json', the one in use then. */
function nameIn(handed: Handed, ending: 'snapshot.json' | 'targets.json'): string {
  const { signed } = JSON.parse(new TextDecoder().decode(fileOf(handed, 'timestamp.json')));
  const version: number = signed.meta['snapshot.json'].version;
  if (ending === 'snapshot.json') return `${version}.${ending}`;
  const snapshot = JSON.parse(new TextDecoder().decode(fileOf(handed, `${version}.snapshot.json`)));
  return `${snapshot.signed.meta['targets.json'].version}.${ending}`;
}
function targetIn(handed: Handed, name: string): string {
  const targets = JSON.parse(new TextDecoder().decode(fileOf(handed, nameIn(handed, 'targets.json'))));
  return `${targets.signed.targets[name].hashes.sha256}.${name}`;
}

const MIXTURES: readonly [string, (old: Handed) => Handed][] = [
  ['the whole old one', (old) => old],
  ['the old one with the newest roots', (old) => ({ ...old, files: withRoots(old) })],
  ['an old timestamp', (old) => withFiles(['timestamp.json', fileOf(old, 'timestamp.json')])],
  [
    'an old timestamp, and the newest snapshot under the old name',
    (old) =>
      withFiles(
        ['timestamp.json', fileOf(old, 'timestamp.json')],
        [nameIn(old, 'snapshot.json'), fileOf(newest, nameIn(newest, 'snapshot.json'))],
      ),
  ],
  [
    'an old snapshot under the newest name',
    (old) => withFiles([nameIn(newest, 'snapshot.json'), fileOf(old, nameIn(old, 'snapshot.json'))]),
  ],
  [
    'old targets under the newest name',
    (old) => withFiles([nameIn(newest, 'targets.json'), fileOf(old, nameIn(old, 'targets.json'))]),
  ],
  [
    'an old list of issuers under the newest name',
    (old) => withFiles([targetIn(newest, 'issuers.json'), fileOf(old, targetIn(old, 'issuers.json'))]),
  ],
  ['an old status list', (old) => ({ ...newest, listsByPlace: old.listsByPlace })],
  ['old settings', (old) => ({ ...newest, settings: old.settings })],
  ['an old repository with the newest settings and list', (old) => ({ ...newest, files: old.files })],
  ['an old repository and list, and no settings', (old) => ({ ...old, settings: null })],
];
const withRoots = (old: Handed): ReadonlyMap<string, Bytes> =>
  new Map([...old.files, ...[...newest.files].filter(([name]) => name.endsWith('.root.json'))]);

describe('replay', () => {
  it('begins with 50 publications, each of which takes one away that went in before', () => {
    expect(losses.length).toBe(COUNT);
    expect(handedOut.length).toBe(COUNT);
    expect(reasonsBefore).toEqual(Array.from({ length: COUNT }, () => 'ok'));
    expect(reasonsAfter).toEqual(losses.map(({ reason }) => reason));
  });

  it('works on a tablet that knows nothing newer: each of the 50 would let its pass in', async () => {
    for (const [number, old] of handedOut.entries()) {
      const ignorant = new TrustTablet(house.engine);
      expect(await ignorant.refreshAll(sourceOf(old), at()), `publication ${number}`).toBe('ok');
      const { pass, what } = losses[number] ?? { pass: '', what: 'none' };
      expect((await ignorant.judge(pass, at())).reason, what).toBe('ok');
    }
  }, 60_000);

  it.each(MIXTURES)(
    'of %s lets nothing count again, 50 times',
    async (_name, mix) => {
      const expected = losses.map(({ reason }) => reason);
      const attacked = tablet.restarted();
      const { trust } = attacked.store.kept;
      for (const [number, old] of handedOut.entries()) {
        await attacked.refreshAll(sourceOf(mix(old)), at());
        expect(await reasonsBy(attacked), `publication ${number}`).toEqual(expected);
      }
      // Neither did it forget what it holds, nor is it stuck.
      expect(attacked.store.kept.trust?.settings).toEqual(trust?.settings);
      expect(attacked.store.kept.trust?.version).toBe(trust?.version);
      expect(await attacked.refreshAll(sourceOf(newest), at())).toBe('ok');
      expect(attacked.store.kept).toEqual(tablet.store.kept);
    },
    60_000,
  );

  it.each(MIXTURES)(
    'of %s to a tablet on its way to the newest brings back nothing either',
    async (_name, mix) => {
      const expected = losses.map(({ reason }) => reason);
      for (const [number, old] of handedOut.entries()) {
        const attacked = oneBehind.restarted();
        await attacked.refreshAll(sourceOf(mix(old)), at());
        const reasons = await reasonsBy(attacked);
        expect(reasons.slice(0, -1), `publication ${number}`).toEqual(expected.slice(0, -1));
        if (number % 10 > 0) continue;
        expect(await attacked.refreshAll(sourceOf(newest), at())).toBe('ok');
        expect(await reasonsBy(attacked)).toEqual(expected);
      }
    },
    60_000,
  );

  it('of all mixtures by turns, across restarts, lets nothing count again', async () => {
    const expected = losses.map(({ reason }) => reason);
    let attacked = tablet.restarted();
    for (const [number, old] of handedOut.entries()) {
      const [, mix] = MIXTURES[number % MIXTURES.length] ?? ['', () => newest];
      await attacked.refreshAll(sourceOf(mix(old)), at());
      attacked = attacked.restarted();
      expect(await reasonsBy(attacked), `publication ${number}`).toEqual(expected);
    }
  }, 60_000);
});
