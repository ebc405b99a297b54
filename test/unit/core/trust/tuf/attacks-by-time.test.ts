// The attacks that The Update Framework lists (section 1.5.2), each by its name: here those that bring what is signed well
// and is of another time. In every one the attacker holds the network; what more is held, is said.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { readHeld, refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import {
  createTufSigner,
  momentOf,
  TUF_NOW_SECONDS as NOW,
  TufRepository,
} from '../../../../support/tuf-repository.ts';
import {
  heldVersions,
  openTestClient,
  refreshOutcome,
  type TestClient,
} from '../../../../support/tuf-test-client.ts';

const DAY = 86_400;
const HONEST = utf8ToBytes('{"issuers":["city"]}');
const HOSTILE = utf8ToBytes('{"issuers":["evil"]}');

let repository: TufRepository;
let client: TestClient;

beforeEach(async () => {
  repository = await TufRepository.open();
  await repository.addFile('issuers.json', HONEST);
  await repository.publishAll();
  client = await openTestClient(repository);
});

const pathOf = (name: string): string => {
  const path = [...repository.served.keys()].find((one) => one.startsWith('targets/') && one.endsWith(name));
  if (path === undefined) throw new Error(`no file ${name}`);
  return path;
};

describe('fast-forward', () => {
  it.each(['timestamp', 'snapshot', 'targets', 'root'] as const)(
    'refuses a %s whose version leaves no room, by whomever it is signed',
    async (role) => {
      expect(await refreshOutcome(client)).toBe('ok');
      const before = heldVersions(client);
      const honest = repository.drafts[role].version;
      repository.drafts[role].version = 2 ** 32;
      await repository.serve(role, await repository.sign(role), honest + 1);
      if (role === 'targets') await repository.publish('snapshot', 'timestamp');
      if (role === 'snapshot') await repository.publish('timestamp');
      expect(await refreshOutcome(client)).toBe(`${role}.json: fast-forward`);
      expect(heldVersions(client)[role]).toBe(before[role]);
    },
  );

  it.each(['timestamp', 'snapshot'] as const)(
    'recovers when new %s keys are named: the old high versions are forgotten',
    async (role) => {
      repository.drafts[role].version = 1_000_000;
      await repository.publish(...(role === 'snapshot' ? (['snapshot', 'timestamp'] as const) : [role]));
      expect(await refreshOutcome(client)).toBe('ok');
      repository.drafts[role].version = 2;
      repository.drafts.timestamp.version = 5;
      await repository.publish('snapshot', 'timestamp');
      expect(await refreshOutcome(client)).toBe('timestamp.json: rollback');
      repository.appoint('timestamp', [await createTufSigner(12)], 1);
      if (role === 'snapshot') repository.appoint('snapshot', [await createTufSigner(22)], 1);
      await repository.publish('root', 'snapshot', 'timestamp');
      expect(await refreshOutcome(client)).toBe('ok');
      expect(heldVersions(client)).toMatchObject({ root: 2, snapshot: 4 });
    },
  );

  it('recovers also when the key that signed the high version stays among the new ones', async () => {
    const old = repository.signers.timestamp;
    repository.drafts.timestamp.version = 1_000_000;
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
    repository.appoint('timestamp', [...old, await createTufSigner(12)], 1);
    repository.drafts.timestamp.version = 5;
    await repository.publish('root', 'timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
    expect(heldVersions(client).timestamp).toBe(6);
  });

  it('recovers also when the root that names the new keys was followed by one that had ended', async () => {
    repository.drafts.timestamp.version = 1_000_000;
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
    const old = repository.signers.timestamp;
    repository.appoint('timestamp', [...old, await createTufSigner(12)], 1);
    repository.drafts.root.expires = momentOf(NOW);
    repository.drafts.timestamp.version = 5;
    await repository.publish('root', 'timestamp');
    expect(await refreshOutcome(client)).toBe('root.json: expired');
    repository.drafts.root.expires = momentOf(NOW + DAY);
    await repository.publish('root');
    expect(await refreshOutcome(client)).toBe('ok');
  });
});

describe('indefinite freeze', () => {
  it('sees that the same timestamp has been served for too long, and keeps the set that is held', async () => {
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    expect(await refreshOutcome(client, NOW + DAY - 1)).toBe('ok');
    expect(await refreshOutcome(client, NOW + DAY)).toBe('timestamp.json: expired');
    expect((await readHeld(client))?.filesByName.get('issuers.json')).toEqual(HONEST);
  });

  it.each(['timestamp', 'snapshot', 'targets', 'root'] as const)(
    'refuses a new %s that has ended',
    async (role) => {
      expect(await refreshOutcome(client)).toBe('ok');
      const before = heldVersions(client);
      repository.drafts[role].expires = momentOf(NOW);
      await repository.publish(role);
      if (role === 'targets') await repository.publish('snapshot', 'timestamp');
      if (role === 'snapshot') await repository.publish('timestamp');
      expect(await refreshOutcome(client)).toBe(`${role}.json: expired`);
      // A root is kept all the same (section 5.3.10): the next one is signed by it.
      expect(heldVersions(client)[role]).toBe(role === 'root' ? 2 : before[role]);
    },
  );

  it.each(['snapshot', 'targets'] as const)(
    'sees that a %s that is held has ended meanwhile',
    async (role) => {
      expect(await refreshOutcome(client)).toBe('ok');
      const late = NOW + (role === 'snapshot' ? 7 : 30) * DAY;
      repository.drafts.timestamp.expires = momentOf(late + DAY);
      if (role === 'targets') {
        repository.drafts.snapshot.expires = momentOf(late + DAY);
        await repository.publish('snapshot');
      }
      await repository.publish('timestamp');
      expect(await refreshOutcome(client, late)).toBe(`${role}.json: expired`);
    },
  );

  it('starts from a root that has ended when a good one follows it', async () => {
    repository.drafts.root.expires = momentOf(NOW + 800 * DAY);
    await repository.publish('root');
    for (const role of ['targets', 'snapshot', 'timestamp'] as const)
      repository.drafts[role].expires = momentOf(NOW + 800 * DAY);
    await repository.publishAll();
    expect(await refreshOutcome(client, NOW + 400 * DAY)).toBe('ok');
  });
});

describe('mix and match', () => {
  it.each([false, true])('refuses a snapshot of another publication (hashes: %s)', async (isHashing) => {
    repository.isHashing = isHashing;
    await repository.publishAll();
    await repository.publishAll();
    repository.served.set('metadata/4.snapshot.json', repository.metadata('3.snapshot.json'));
    expect(await refreshOutcome(client)).toBe(`snapshot.json: ${isHashing ? 'wrong-hash' : 'wrong-version'}`);
  });

  it.each([false, true])('refuses targets of another publication (hashes: %s)', async (isHashing) => {
    repository.isHashing = isHashing;
    await repository.publishAll();
    await repository.addFile('issuers.json', HOSTILE);
    await repository.publishAll();
    repository.served.set('metadata/4.targets.json', repository.metadata('3.targets.json'));
    expect(await refreshOutcome(client)).toBe(`targets.json: ${isHashing ? 'wrong-hash' : 'wrong-version'}`);
    expect(heldVersions(client).targets).toBeUndefined();
  });

  it('refuses a file of another length before it looks at hashes', async () => {
    repository.isHashing = true;
    await repository.publishAll();
    const bytes = repository.metadata('3.targets.json');
    repository.served.set('metadata/3.targets.json', bytes.slice(0, -1));
    expect(await refreshOutcome(client)).toBe('targets.json: wrong-length');
  });

  it('refuses metadata of which only hashes that nobody knows are named', async () => {
    repository.drafts.timestamp.meta['snapshot.json'] = { version: 2, hashes: { md5: 'ab' } };
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe('snapshot.json: unknown-hash');
  });

  it('asks again for what it holds under that version when another hash is named', async () => {
    repository.isHashing = true;
    await repository.publishAll();
    expect(await refreshOutcome(client)).toBe('ok');
    repository.drafts.snapshot.note = 'signed anew under the same version';
    await repository.serve('snapshot', await repository.sign('snapshot'));
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
    expect(client.store.held.get('snapshot')).toEqual(repository.metadata('3.snapshot.json'));
  });

  it('never holds a set of two publications: the last whole one stays until the next is whole', async () => {
    await repository.addFile('policies.json', utf8ToBytes('1'));
    await repository.publishAll();
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    await repository.addFile('policies.json', utf8ToBytes('2'));
    await repository.addFile('issuers.json', utf8ToBytes('{"issuers":[]}'));
    await repository.publishAll();
    repository.served.delete(pathOf('issuers.json'));
    const path = [...repository.served.keys()].filter((one) => one.endsWith('issuers.json')).at(-1) ?? '';
    repository.served.delete(path);
    expect(await refreshHeld(client, NOW)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    const files = (await readHeld(client))?.filesByName;
    expect(files?.get('policies.json')).toEqual(utf8ToBytes('1'));
    expect(files?.get('issuers.json')).toEqual(HONEST);
  });
});

describe('rollback', () => {
  beforeEach(async () => {
    await repository.publishAll();
    expect(await refreshOutcome(client)).toBe('ok');
  });

  it('refuses an older timestamp', async () => {
    repository.drafts.timestamp.version = 1;
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe('timestamp.json: rollback');
    expect(heldVersions(client).timestamp).toBe(3);
  });

  it('refuses a new timestamp that names an older snapshot', async () => {
    repository.drafts.timestamp.meta['snapshot.json'] = { version: 2 };
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe('timestamp.json: rollback');
    expect(heldVersions(client).timestamp).toBe(3);
  });

  it('refuses a new snapshot that names older targets', async () => {
    repository.drafts.snapshot.meta['targets.json'] = { version: 2 };
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('snapshot.json: rollback');
    expect(heldVersions(client).snapshot).toBe(3);
  });

  it('refuses a snapshot that names older targets of a delegated role, or leaves them out', async () => {
    repository.drafts.snapshot.meta['city.json'] = { version: 5 };
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
    repository.drafts.snapshot.meta['city.json'] = { version: 4 };
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('snapshot.json: rollback');
    delete repository.drafts.snapshot.meta['city.json'];
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('snapshot.json: role-removed');
    expect(heldVersions(client).snapshot).toBe(4);
  });

  it('refuses an older root in the place of the next, and one that skips a version', async () => {
    repository.served.set('metadata/2.root.json', repository.metadata('1.root.json'));
    expect(await refreshOutcome(client)).toBe('root.json: rollback');
    repository.drafts.root.version = 2;
    await repository.publish('root');
    repository.served.set('metadata/2.root.json', repository.metadata('3.root.json'));
    expect(await refreshOutcome(client)).toBe('root.json: wrong-version');
    expect(heldVersions(client).root).toBe(1);
  });

  it('keeps its own timestamp when another of the same version comes', async () => {
    repository.drafts.timestamp.version = 2;
    repository.drafts.timestamp.meta['snapshot.json'] = { version: 2 };
    await repository.publish('timestamp');
    const before = client.store.held.get('timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
    expect(client.store.held.get('timestamp')).toBe(before);
  });
});
