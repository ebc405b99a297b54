// A refresh of repository, settings and lists through a change of the timestamp's key, killed at every write in turn: what
// is left behind always judges passes, by the old trust or the new, and the next refresh goes through.

import { beforeAll, describe, expect, it } from 'vitest';
import { createTestIssuer } from '../../../../support/test-issuer.ts';
import { DESK_NOW_SECONDS } from '../../../../support/trust-desk.ts';
import { type Handed, listUri, sourceOf, TrustHouse } from '../../../../support/trust-house.ts';
import { TrustTablet } from '../../../../support/trust-tablet.ts';
import { Killed, type KillPoint } from '../../../../support/tuf-memory-store.ts';

const NOW = DESK_NOW_SECONDS + 60;
const city = await createTestIssuer({ id: 'city', seed: 1 });
const county = await createTestIssuer({ id: 'county', seed: 2 });
const revokedLater = await city.issue({ id: { list: 7, index: 1 } });
const goneLater = await county.issue();

let house: TrustHouse;
let before: TrustTablet;
let undisturbed: TrustTablet;
let older: Handed;
let newer: Handed;

beforeAll(async () => {
  house = await TrustHouse.open();
  for (const issuer of [city, county]) house.issuersById.set(issuer.issuer.id, house.entryOf(issuer));
  await house.publish();
  for (const id of ['city', 'county']) await house.publishList(id);
  older = house.hand();
  before = new TrustTablet(house.engine);
  await before.refreshAll(sourceOf(older), DESK_NOW_SECONDS);

  house.desk.nowSeconds = NOW;
  house.issuersById.delete('county');
  await house.desk.stageRoot(house.desk.keysOf(['anna', 'ben', 'carol'], ['server-2']));
  await house.publish('server-2');
  await house.publishList('city', [[1, 'revoked']]);
  await house.setPolicy({ name: 'Newer rules' });
  newer = house.hand();
  undisturbed = before.restarted();
  await undisturbed.refreshAll(sourceOf(newer), NOW);
});

const points = (): KillPoint[] =>
  undisturbed.store.changes.flatMap((_, at) => [
    { change: at + 1, when: 'before' } as const,
    { change: at + 1, when: 'after' } as const,
  ]);

/** What both passes get, and by whose rules. */
async function judgedBy(tablet: TrustTablet): Promise<string> {
  const reasons = await Promise.all(
    [revokedLater, goneLater].map(async (text) => (await tablet.judge(text, NOW)).reason),
  );
  return [...reasons, (await tablet.trust())?.policy.name].join(', ');
}

describe('a refresh of everything', () => {
  it('writes in this order', () => {
    expect(undisturbed.store.changes).toEqual([
      'write rotation',
      'write root',
      'remove timestamp',
      'remove snapshot',
      'remove rotation',
      'write timestamp',
      'write snapshot',
      'write targets',
      'write held',
      'write trust',
      `write list ${listUri('city')}`,
    ]);
  });

  it('killed at any of them leaves what judges passes, and is made good by the next', async () => {
    expect(await judgedBy(before)).toBe('ok, ok, Lindenhof rules');
    const expected = await judgedBy(undisturbed);
    expect(expected).toBe('revoked, unknown-issuer, Newer rules');
    const seen = new Set<string>();
    for (const point of points()) {
      const said = JSON.stringify(point);
      const killed = before.restarted(point);
      await expect(killed.refreshAll(sourceOf(newer), NOW), said).rejects.toThrow(Killed);
      const opened = killed.restarted();
      const judged = await judgedBy(opened);
      expect(['ok, ok, Lindenhof rules', 'ok, unknown-issuer, Newer rules', expected], said).toContain(
        judged,
      );
      seen.add(judged);

      // Neither does an older publication come back through what is half done.
      await opened.refreshAll(sourceOf(older), NOW);
      expect(judgedRank(await judgedBy(opened)), said).toBeGreaterThanOrEqual(judgedRank(judged));
      expect(await opened.refreshAll(sourceOf(newer), NOW), said).toBe('ok');
      expect(await judgedBy(opened), said).toBe(expected);
      expect(opened.store.kept, said).toEqual(undisturbed.store.kept);
    }
    expect(seen.size).toBe(3);
  });

  it('killed again on the way back is made good as well', async () => {
    for (const first of points().filter(({ when }) => when === 'after')) {
      const killed = before.restarted(first);
      await expect(killed.refreshAll(sourceOf(newer), NOW)).rejects.toThrow(Killed);
      for (let change = 1; ; change++) {
        const second = killed.restarted({ change, when: 'after' });
        const outcome = await second.refreshAll(sourceOf(newer), NOW).catch((error: unknown) => error);
        if (!(outcome instanceof Killed)) break;
        const third = second.restarted();
        expect(await third.refreshAll(sourceOf(newer), NOW), `${first.change}, ${change}`).toBe('ok');
        expect(third.store.kept, `${first.change}, ${change}`).toEqual(undisturbed.store.kept);
      }
    }
  });

  it('for the first time, killed at any write, leaves nothing or all, and goes through next time', async () => {
    const whole = new TrustTablet(house.engine);
    await whole.refreshAll(sourceOf(newer), NOW);
    expect(whole.store.changes.length).toBeGreaterThan(6);
    for (let change = 1; change <= whole.store.changes.length; change++) {
      const killed = new TrustTablet(house.engine, undefined, { change, when: 'after' });
      await expect(killed.refreshAll(sourceOf(newer), NOW)).rejects.toThrow(Killed);
      const opened = killed.restarted();
      const isHeld = whole.store.changes.slice(0, change).includes('write trust');
      expect((await opened.trust()) !== null, `change ${change}`).toBe(isHeld);
      expect(await opened.refreshAll(sourceOf(newer), NOW), `change ${change}`).toBe('ok');
      expect(opened.store.kept, `change ${change}`).toEqual(whole.store.kept);
    }
  });
});

const judgedRank = (judged: string): number => ['ok, ok', 'ok, un', 'revoke'].indexOf(judged.slice(0, 6));
