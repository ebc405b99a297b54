// What any store of founded sites must keep to: nothing is overwritten unseen.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import type { SiteStore } from '../../src/server/storage/site-store.ts';

export function siteStoreContract(name: string, openEmpty: () => Promise<SiteStore>): void {
  const site = (id: string, text = 'first') => ({
    id,
    edited: utf8ToBytes(`${text} edited`),
    signed: utf8ToBytes(`${text} signed \u0000`),
  });

  describe(name, () => {
    let store: SiteStore;
    beforeEach(async () => {
      store = await openEmpty();
    });

    it('is empty at first', async () => {
      expect(await store.heads()).toEqual([]);
      expect(await store.find('harbour')).toBeNull();
    });

    it('gives back what was added, byte for byte, by id', async () => {
      expect(await store.add(site('kiosk'))).toBe(true);
      expect(await store.add(site('harbour'))).toBe(true);
      expect(await store.heads()).toEqual([
        { id: 'harbour', revision: 1 },
        { id: 'kiosk', revision: 1 },
      ]);
      expect(await store.find('kiosk')).toEqual({ ...site('kiosk'), revision: 1 });
    });

    it('adds an id once', async () => {
      await store.add(site('kiosk'));
      expect(await store.add(site('kiosk', 'second'))).toBe(false);
      expect(await store.find('kiosk')).toEqual({ ...site('kiosk'), revision: 1 });
    });

    it('replaces what is still as it was seen', async () => {
      await store.add(site('kiosk'));
      await store.add(site('harbour'));
      expect(await store.replace({ ...site('kiosk', 'second'), revision: 1 })).toBe(true);
      expect(await store.find('kiosk')).toEqual({ ...site('kiosk', 'second'), revision: 2 });
      expect(await store.find('harbour')).toEqual({ ...site('harbour'), revision: 1 });
    });

    it.each([0, 2])('replaces nothing that is not at revision %i', async (revision) => {
      await store.add(site('kiosk'));
      expect(await store.replace({ ...site('kiosk', 'second'), revision })).toBe(false);
      expect(await store.find('kiosk')).toEqual({ ...site('kiosk'), revision: 1 });
    });

    it('replaces nothing that is not there', async () => {
      expect(await store.replace({ ...site('kiosk'), revision: 1 })).toBe(false);
      expect(await store.heads()).toEqual([]);
    });

    it('of several at once lets one through', async () => {
      const added = await Promise.all(['a', 'b', 'c'].map((text) => store.add(site('kiosk', text))));
      expect(added.filter(Boolean)).toHaveLength(1);
      const replaced = await Promise.all(
        ['d', 'e', 'f'].map((text) => store.replace({ ...site('kiosk', text), revision: 1 })),
      );
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(await store.heads()).toEqual([{ id: 'kiosk', revision: 2 }]);
    });
  });
}
