// From a change to what a tablet takes: staged, signed by two of three, published, refreshed by the tablet's own client.

import { beforeEach, describe, expect, it } from 'vitest';
import { encodeDocument } from '../../../../../src/core/trust/publish/edit-document.ts';
import { publishStaged } from '../../../../../src/core/trust/publish/publish-staged.ts';
import { reSignTimestamp } from '../../../../../src/core/trust/publish/re-sign-timestamp.ts';
import { tallySignatures } from '../../../../../src/core/trust/publish/tally-signatures.ts';
import { parseDocuments } from '../../../../../src/core/trust/targets/parse-documents.ts';
import { ISSUERS_FILE } from '../../../../../src/core/trust/targets/targets.ts';
import { refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import { pinRoot } from '../../../../../src/core/trust/tuf/update-root.ts';
import {
  BrokenOff,
  DAY_SECONDS,
  DESK_NOW_SECONDS,
  issuerEntry,
  issuerKey,
  TrustDesk,
} from '../../../../support/trust-desk.ts';
import { TufMemoryStore } from '../../../../support/tuf-memory-store.ts';

let desk: TrustDesk;
beforeEach(async () => {
  desk = await TrustDesk.open();
});

async function openTablet() {
  const first = desk.publishedFolder.files.get('1.root.json');
  if (first === undefined) throw new Error('no root was published');
  const client = { fetch: desk.fetch, store: new TufMemoryStore(), keys: desk.keys };
  await pinRoot(client, first);
  return {
    /** The issuers that it knows after a refresh, or why it took nothing. */
    refresh: async (nowSeconds = desk.nowSeconds) => {
      const set = await refreshHeld(client, nowSeconds);
      if (!set.ok) return `${set.error.file}: ${set.error.code}`;
      const documents = parseDocuments(set.value.filesByName);
      if (!documents.ok) throw new Error(documents.error.reason);
      return documents.value.issuers.map(({ id }) => id);
    },
  };
}

describe('a publication', () => {
  it('is taken by a tablet that knows nothing but the first root', async () => {
    await desk.begin();
    expect(await (await openTablet()).refresh()).toEqual([]);
  });

  it('brings an issuer, and takes one away', async () => {
    await desk.begin();
    const tablet = await openTablet();
    await desk.stageIssuer(issuerEntry('harbour'));
    await desk.sign('ben', 'carol');
    expect(await desk.publish()).toMatchObject({ ok: true, value: { version: 2, snapshotVersion: 2 } });
    expect(await tablet.refresh()).toEqual(['harbour']);

    await desk.stageFiles((files) => files.set(ISSUERS_FILE, encodeDocument({ format: 1, issuers: [] })));
    await desk.sign('anna', 'carol');
    expect((await desk.publish()).ok).toBe(true);
    expect(await tablet.refresh()).toEqual([]);
  });

  it('leaves nothing staged', async () => {
    await desk.begin();
    expect(await desk.stagedFolder.list()).toEqual([]);
  });

  it('keeps everything that was published before', async () => {
    await desk.begin();
    const before = new Map(desk.publishedFolder.files);
    await desk.stageIssuer(issuerEntry('harbour'));
    await desk.sign('anna', 'ben');
    await desk.publish();
    for (const [name, bytes] of before)
      if (name !== 'timestamp.json') expect(desk.publishedFolder.files.get(name)).toEqual(bytes);
  });
});

describe('signatures', () => {
  const missing = async () => {
    const published = await desk.publish();
    if (published.ok || published.error.kind !== 'signatures-missing') return 'none';
    return published.error.tallies.map(({ role, signed, awaited }) => [role, signed, awaited]);
  };

  it('are missed by name below the threshold, and nothing is written', async () => {
    await desk.stageRoot();
    await desk.stageFiles();
    await desk.sign('ben');
    expect(await missing()).toEqual([
      ['root', ['ben'], ['anna', 'carol']],
      ['targets', ['ben'], ['anna', 'carol']],
      ['snapshot', ['ben'], ['anna', 'carol']],
    ]);
    expect(desk.publishedFolder.changes).toEqual([]);
  });

  it('of one person twice count once', async () => {
    await desk.stageRoot();
    await desk.stageFiles();
    await desk.sign('ben', 'ben');
    expect(await missing()).not.toBe('none');
  });

  it('of a stranger or the online key are not made', async () => {
    await desk.stageRoot();
    await desk.stageFiles();
    expect(await desk.sign('dora', 'server')).toEqual([[], []]);
  });

  it('that are bad do not count', async () => {
    await desk.stageRoot();
    await desk.stageFiles();
    await desk.sign('anna', 'ben');
    const bytes = desk.stagedFolder.files.get('targets.json');
    const json = JSON.parse(new TextDecoder().decode(bytes));
    json.signatures[0].sig = json.signatures[1].sig;
    desk.stagedFolder.files.set('targets.json', new TextEncoder().encode(JSON.stringify(json)));
    expect(await missing()).toContainEqual(['targets', ['ben'], ['anna', 'carol']]);
  });

  it('are void when what they stand under changes', async () => {
    await desk.begin();
    await desk.stageIssuer(issuerEntry('harbour'));
    await desk.sign('anna', 'ben');
    await desk.stageIssuer(issuerEntry('station', { keys: [issuerKey(2)] }));
    const tallies = await tallySignatures(await desk.published(), await desk.staged(), desk.keys);
    expect(tallies.map(({ signed }) => signed)).toEqual([[], []]);
  });

  it('for the timestamp come from the key that the root names', async () => {
    await desk.stageRoot();
    await desk.stageFiles();
    await desk.sign('anna', 'ben');
    expect(await desk.publish('server-2')).toEqual({
      ok: false,
      error: { kind: 'not-the-online-key', holders: ['server'] },
    });
    expect(desk.publishedFolder.changes).toEqual([]);
  });
});

describe('a root rotation', () => {
  const rotate = async () => {
    await desk.stageRoot(desk.keysOf(['dora', 'ben', 'carol'], ['server-2']));
    await desk.stageFiles();
  };

  it('is followed by a tablet that holds the root before it', async () => {
    await desk.begin();
    const tablet = await openTablet();
    expect(await tablet.refresh()).toEqual([]);
    await rotate();
    await desk.sign('ben', 'carol');
    expect(await desk.publish('server-2')).toMatchObject({ ok: true });
    expect(await tablet.refresh()).toEqual([]);
    await desk.stageIssuer(issuerEntry('harbour'));
    await desk.sign('dora', 'carol');
    expect(await desk.publish('server-2')).toMatchObject({ ok: true });
    expect(await tablet.refresh()).toEqual(['harbour']);
  });

  it('needs two by the root before it as well as two by itself', async () => {
    await desk.begin();
    await rotate();
    await desk.sign('dora', 'ben');
    const tallies = await tallySignatures(await desk.published(), await desk.staged(), desk.keys);
    expect(tallies.map(({ role, rootVersion, signed }) => [role, rootVersion, signed])).toEqual([
      ['root', 1, ['ben']],
      ['root', 2, ['dora', 'ben']],
      ['targets', 2, ['dora', 'ben']],
      ['snapshot', 2, ['dora', 'ben']],
    ]);
    expect(await desk.publish('server-2')).toMatchObject({ error: { kind: 'signatures-missing' } });
  });

  it('ends what the keys that go may do', async () => {
    await desk.begin();
    await rotate();
    await desk.sign('ben', 'carol');
    await desk.publish('server-2');
    await desk.stageFiles();
    expect(await desk.sign('anna')).toEqual([[]]);
    expect(await resign('server')).toMatchObject({ error: { code: 'not-the-online-key' } });
    expect(await resign('server-2')).toMatchObject({ ok: true });
  });

  it('with the same keys needs no new targets', async () => {
    await desk.begin();
    const tablet = await openTablet();
    desk.nowSeconds += 3600;
    await desk.stageRoot();
    expect(await desk.sign('anna', 'carol')).toEqual([['root'], ['root']]);
    expect(await desk.publish()).toMatchObject({ ok: true, value: { snapshotVersion: 1 } });
    expect(await tablet.refresh()).toEqual([]);
  });
});

const resign = (online: 'server' | 'server-2') =>
  reSignTimestamp({
    folder: desk.publishedFolder,
    signer: desk.signers[online],
    keys: desk.keys,
    nowSeconds: () => desk.nowSeconds,
  });

describe('a publication that is broken off', () => {
  /** Every change of the published folder that this publication makes. */
  const prepareChange = async () => {
    await desk.begin();
    await desk.stageIssuer(issuerEntry('harbour'));
    await desk.sign('anna', 'ben');
  };
  const prepareRotation = async () => {
    await prepareChange();
    await desk.stageRoot(desk.keysOf(['dora', 'ben', 'carol'], ['server-2']));
    await desk.stageFiles();
    await desk.sign('ben', 'carol');
  };
  const scenes = [
    ['of an issuer', prepareChange, 'server'],
    ['of new keys', prepareRotation, 'server-2'],
  ] as const;

  it.each(scenes)(
    '%s shows no reader a name without its file, and is finished by publishing again',
    async (_, prepare, online) => {
      await prepare();
      const last = await countChanges(online);
      expect(last).toBeGreaterThanOrEqual(6);
      for (let stop = 1; stop <= last + 1; stop++) {
        desk = await TrustDesk.open();
        await prepare();
        const tablet = await openTablet();
        await tablet.refresh();
        desk.publishedFolder.stopBefore = desk.publishedFolder.changes.length + stop;
        const publication = await desk.publication(online);
        if (stop <= last) await expect(publishStaged(publication)).rejects.toThrow(BrokenOff);
        else expect(await publishStaged(publication)).toMatchObject({ ok: true });
        desk.publishedFolder.stopBefore = Number.POSITIVE_INFINITY;

        // Only a new root without its timestamp may keep a tablet waiting; what it has stays in use.
        const isWaiting = online === 'server-2' && stop === last;
        const expected = isWaiting ? 'timestamp.json: too-few-signatures' : stop > last ? ['harbour'] : [];
        expect([stop, await tablet.refresh()]).toEqual([stop, expected]);
        expect([stop, await (await openTablet()).refresh()]).toEqual([stop, expected]);
        if (stop <= last) expect(await desk.publish(online)).toMatchObject({ ok: true });
        expect([stop, await tablet.refresh()]).toEqual([stop, ['harbour']]);
      }
    },
  );

  /** Publishes once to the end, and says how many writes that took. */
  async function countChanges(online: 'server' | 'server-2'): Promise<number> {
    const before = desk.publishedFolder.changes.length;
    expect(await desk.publish(online)).toMatchObject({ ok: true });
    expect(desk.publishedFolder.changes.at(-1)).toBe('write timestamp.json');
    return desk.publishedFolder.changes.length - before;
  }

  it('does not give its version numbers to another change', async () => {
    await prepareChange();
    desk.publishedFolder.stopBefore = desk.publishedFolder.changes.length + 5;
    await expect(desk.publish()).rejects.toThrow(BrokenOff);
    desk.publishedFolder.stopBefore = Number.POSITIVE_INFINITY;
    expect(desk.publishedFolder.files.has('2.targets.json')).toBe(true);
    await desk.stageIssuer(issuerEntry('station', { keys: [issuerKey(2)] }));
    expect((await desk.staged()).content?.targets.signed.version).toBe(3);
    await desk.sign('anna', 'ben');
    expect(await desk.publish()).toMatchObject({ ok: true });
    expect(await (await openTablet()).refresh()).toEqual(['harbour', 'station']);
  });

  it('refuses to write over a file that says something else', async () => {
    await prepareChange();
    desk.publishedFolder.files.set('2.snapshot.json', new Uint8Array([1]));
    expect(await desk.publish()).toEqual({
      ok: false,
      error: { kind: 'other-file-there', name: '2.snapshot.json' },
    });
  });
});

describe('the timestamp, signed anew', () => {
  it('holds for another 24 hours and names the same snapshot', async () => {
    await desk.begin();
    const tablet = await openTablet();
    expect(await tablet.refresh(DESK_NOW_SECONDS + DAY_SECONDS)).toBe('timestamp.json: expired');
    desk.nowSeconds += DAY_SECONDS - 60;
    expect(await resign('server')).toEqual({
      ok: true,
      value: {
        version: 2,
        snapshotVersion: 1,
        ends: {
          root: DESK_NOW_SECONDS + 365 * DAY_SECONDS,
          targets: DESK_NOW_SECONDS + 30 * DAY_SECONDS,
          snapshot: DESK_NOW_SECONDS + 7 * DAY_SECONDS,
          timestamp: DESK_NOW_SECONDS + 2 * DAY_SECONDS - 60,
        },
      },
    });
    expect(await tablet.refresh(DESK_NOW_SECONDS + 2 * DAY_SECONDS - 61)).toEqual([]);
  });

  it('goes on to a snapshot whose publication was broken off before its timestamp', async () => {
    await desk.begin();
    await desk.stageIssuer(issuerEntry('harbour'));
    await desk.sign('anna', 'ben');
    desk.publishedFolder.afterChange = async (change) => {
      if (change === 'write 2.snapshot.json') throw new BrokenOff(change);
    };
    await expect(desk.publish()).rejects.toThrow(BrokenOff);
    desk.publishedFolder.afterChange = async () => {};
    expect(await resign('server')).toMatchObject({ ok: true, value: { snapshotVersion: 2 } });
    expect(await (await openTablet()).refresh()).toEqual(['harbour']);
  });

  it('never goes back to an older snapshot', async () => {
    await desk.begin();
    await desk.stageFiles();
    await desk.sign('anna', 'ben');
    await desk.publish();
    desk.publishedFolder.files.delete('2.snapshot.json');
    const before = desk.publishedFolder.files.get('timestamp.json');
    expect(await resign('server')).toMatchObject({ error: { code: 'rollback' } });
    expect(desk.publishedFolder.files.get('timestamp.json')).toEqual(before);
  });

  it('passes over a snapshot that too few have signed', async () => {
    await desk.begin();
    await desk.stageFiles();
    await desk.sign('anna');
    for (const role of ['targets', 'snapshot']) {
      const bytes = desk.stagedFolder.files.get(`${role}.json`);
      if (bytes !== undefined) desk.publishedFolder.files.set(`2.${role}.json`, bytes);
    }
    expect(await resign('server')).toMatchObject({ ok: true, value: { snapshotVersion: 1 } });
  });

  it('is not made where nothing was published, or where the root is broken', async () => {
    expect(await resign('server')).toMatchObject({ error: { code: 'no-root' } });
    await desk.begin();
    desk.publishedFolder.files.set('1.root.json', new Uint8Array([0x7b]));
    expect(await resign('server')).toMatchObject({ error: { code: 'bad-root' } });
  });
});
