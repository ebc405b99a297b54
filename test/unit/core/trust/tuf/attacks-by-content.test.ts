// The attacks that The Update Framework lists (section 1.5.2), each by its name: here those that bring something foreign,
// too much or too little. In every one the attacker holds the network; what more is held, is said.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { fetchTarget } from '../../../../../src/core/trust/tuf/fetch-target.ts';
import type { RoleName } from '../../../../../src/core/trust/tuf/metadata.ts';
import type { FetchAnswer, TufFetch } from '../../../../../src/core/trust/tuf/ports.ts';
import { readHeld, refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import { refreshMetadata } from '../../../../../src/core/trust/tuf/refresh-metadata.ts';
import {
  createTufSigner,
  TUF_NOW_SECONDS as NOW,
  TufRepository,
} from '../../../../support/tuf-repository.ts';
import {
  heldVersions,
  openTestClient,
  refreshOutcome,
  type TestClient,
} from '../../../../support/tuf-test-client.ts';

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

async function fetchOutcome(fetch: TufFetch, name: string): Promise<string> {
  const metadata = await refreshMetadata(client, NOW);
  if (!metadata.ok) return metadata.error.code;
  const fetched = await fetchTarget(fetch, metadata.value, name);
  return fetched.ok ? 'ok' : fetched.error.code;
}

const pathOf = (name: string): string => {
  const path = [...repository.served.keys()].find((one) => one.startsWith('targets/') && one.endsWith(name));
  if (path === undefined) throw new Error(`no file ${name}`);
  return path;
};

/** Everything as it is, but for the answers that are given here. */
const mirror = (answers: Readonly<Record<string, FetchAnswer>>): TufFetch => ({
  fetch: async (place, maxBytes) => answers[place.path] ?? repository.fetch.fetch(place, maxBytes),
});

describe('arbitrary software', () => {
  it('refuses a file that is not the one that was signed for', async () => {
    repository.served.set(pathOf('issuers.json'), HOSTILE);
    expect(await fetchOutcome(repository.fetch, 'issuers.json')).toBe('wrong-hash');
  });

  it.each(['timestamp', 'snapshot', 'targets'] as const)('refuses a %s signed by strangers', async (role) => {
    repository.drafts[role].version += 1;
    const strangers = await Promise.all([91, 92].map(createTufSigner));
    await repository.serve(role, await repository.sign(role, strangers));
    if (role === 'targets') await repository.publish('snapshot', 'timestamp');
    if (role === 'snapshot') await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe(`${role}.json: too-few-signatures`);
    expect(heldVersions(client)[role]).toBeUndefined();
  });

  it('refuses strangers who sign under the ids of the right keys', async () => {
    repository.drafts.timestamp.version += 1;
    const [stranger, { keyId } = { keyId: '' }] = [
      await createTufSigner(91),
      repository.signers.timestamp[0],
    ];
    await repository.serve('timestamp', await repository.sign('timestamp', [{ ...stranger, keyId }]));
    expect(await refreshOutcome(client)).toBe('timestamp.json: too-few-signatures');
  });

  it('refuses signed content that was changed, also where no field that is used was', async () => {
    const text = new TextDecoder().decode(repository.metadata('timestamp.json'));
    const changed = text.replace('"signed": {', '"signed": { "note": 1,');
    expect(changed).not.toBe(text);
    repository.served.set('metadata/timestamp.json', utf8ToBytes(changed));
    expect(await refreshOutcome(client)).toBe('timestamp.json: too-few-signatures');
  });

  it('refuses the metadata of one role in place of another’s', async () => {
    const both = repository.signers.timestamp;
    repository.appoint('snapshot', both, 1);
    await repository.publish('root', 'snapshot', 'timestamp');
    repository.served.set('metadata/timestamp.json', repository.metadata('3.snapshot.json'));
    expect(await refreshOutcome(client)).toBe('timestamp.json: wrong-type');
  });
});

describe('endless data', () => {
  it.each<[RoleName, string, number]>([
    ['root', '2.root.json', 32 * 1024],
    ['timestamp', 'timestamp.json', 4 * 1024],
    ['snapshot', '2.snapshot.json', 64 * 1024],
    ['targets', '2.targets.json', 1024 * 1024],
  ])('stops reading a %s at its limit, whatever the network sends', async (role, path, limit) => {
    const limits: number[] = [];
    const bad: TufFetch = {
      fetch: async (place, maxBytes) => {
        if (place.path !== path) return repository.fetch.fetch(place, maxBytes);
        limits.push(maxBytes);
        return { kind: 'bytes', bytes: new Uint8Array(maxBytes + 1).fill(0x20) };
      },
    };
    expect(await refreshOutcome({ ...client, fetch: bad })).toBe(`${role}.json: too-large`);
    expect(limits).toEqual([limit]);
  });

  it('asks for no byte of a file beyond its signed length', async () => {
    repository.served.set(pathOf('issuers.json'), new Uint8Array(HONEST.length + 1));
    expect(await fetchOutcome(repository.fetch, 'issuers.json')).toBe('too-large');
  });

  it('takes 32 new roots in one refresh, and goes on from there in the next', async () => {
    for (let version = 2; version <= 40; version++) await repository.publish('root');
    expect(await refreshOutcome(client)).toBe('ok');
    expect(heldVersions(client).root).toBe(33);
    expect(await refreshOutcome(client)).toBe('ok');
    expect(heldVersions(client).root).toBe(40);
  });
});

describe('extraneous dependencies', () => {
  it('takes the files that are signed for and asks for no other', async () => {
    await repository.addFile('rulesets/one.json', utf8ToBytes('{}'));
    await repository.publishAll();
    repository.served.set('targets/extra.json', HOSTILE);
    const refreshed = await refreshHeld(client, NOW);
    expect(refreshed.ok && [...refreshed.value.filesByName.keys()].sort()).toEqual([
      'issuers.json',
      'rulesets/one.json',
    ]);
    expect(repository.asked.filter((path) => path.startsWith('targets/'))).toHaveLength(2);
  });
});

describe('a malicious mirror', () => {
  const FILES = ['2.root.json', 'timestamp.json', '3.snapshot.json', '3.targets.json'];
  const ANSWERS: readonly FetchAnswer[] = [
    { kind: 'bytes', bytes: utf8ToBytes('<html>hotel Wi-Fi</html>') },
    { kind: 'bytes', bytes: new Uint8Array(0) },
    { kind: 'too-large' },
    { kind: 'too-slow' },
    { kind: 'unreachable', detail: 'reset' },
  ];

  it.each(FILES)('cannot keep a client from a good one, whatever it answers for %s', async (path) => {
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    await repository.addFile('issuers.json', utf8ToBytes('{"issuers":[]}'));
    await repository.publishAll();
    await repository.publish('root');
    const store = new Map(client.store.held);
    for (const answer of ANSWERS) {
      client.store.held.clear();
      for (const [name, bytes] of store) client.store.held.set(name, bytes);
      const bad = await refreshHeld({ ...client, fetch: mirror({ [path]: answer }) }, NOW);
      expect(bad.ok).toBe(false);
      expect((await readHeld(client))?.filesByName.get('issuers.json')).toEqual(HONEST);
      const good = await refreshHeld(client, NOW);
      expect(good.ok && heldVersions(client)).toEqual({ root: 2, timestamp: 3, snapshot: 3, targets: 3 });
    }
  });
});

describe('slow retrieval', () => {
  it('says so when the network trickles, and keeps what is held', async () => {
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    const slow = mirror({ 'timestamp.json': { kind: 'too-slow' } });
    expect(await refreshOutcome({ ...client, fetch: slow })).toBe('timestamp.json: too-slow');
    expect((await readHeld(client))?.filesByName.get('issuers.json')).toEqual(HONEST);
  });
});

describe('wrong software', () => {
  it('refuses another signed file under the name that was asked for', async () => {
    await repository.addFile('servers.json', utf8ToBytes('{"servers":["good"]}'));
    await repository.publishAll();
    const other = repository.served.get(pathOf('servers.json'));
    repository.served.set(pathOf('issuers.json'), other ?? HOSTILE);
    expect(other).toHaveLength(HONEST.length);
    expect(await fetchOutcome(repository.fetch, 'issuers.json')).toBe('wrong-hash');
  });

  it('refuses a file that nobody signed for, and a file with hashes that nobody knows', async () => {
    expect(await fetchOutcome(repository.fetch, 'other.json')).toBe('no-such-target');
    const draft = repository.drafts.targets.targets['issuers.json'];
    if (draft !== undefined) draft.hashes = { 'sha256-ish': 'ab' };
    await repository.publishAll();
    expect(await fetchOutcome(repository.fetch, 'issuers.json')).toBe('unknown-hash');
  });

  it.each(['', '.', '../one.json', 'rules/../one.json', '/one.json', 'rules//one.json', 'rules\\one.json'])(
    'asks for nothing under the name "%s", whoever signed it',
    async (name) => {
      await repository.addFile(name, HOSTILE);
      await repository.publishAll();
      expect(await fetchOutcome(repository.fetch, name)).toBe('bad-target-name');
      expect(repository.asked.filter((path) => path.startsWith('targets/'))).toEqual([]);
    },
  );

  it('asks for a name of any letters percent-encoded', async () => {
    await repository.addFile('rules of/été?#%.json', HONEST);
    await repository.publishAll();
    expect(await fetchOutcome(repository.fetch, 'rules of/été?#%.json')).toBe('ok');
    expect(repository.asked.at(-1)).toMatch(
      /^targets\/rules%20of\/[0-9a-f]{64}\.%C3%A9t%C3%A9%3F%23%25\.json$/,
    );
  });
});

describe('key compromise', () => {
  const only = <T>(list: readonly T[], at = 0): T => list[at] as T;

  it('needs two of three targets keys, also for one who holds snapshot’s and timestamp’s', async () => {
    await repository.addFile('issuers.json', HOSTILE);
    repository.drafts.targets.version += 1;
    await repository.serve('targets', await repository.sign('targets', [only(repository.signers.targets)]));
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('targets.json: too-few-signatures');
    await repository.serve('targets', await repository.sign('targets', repository.signers.targets.slice(1)));
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('ok');
  });

  it('needs two of three root keys for a new root', async () => {
    repository.drafts.root.version += 1;
    await repository.serve('root', await repository.sign('root', [only(repository.signers.root)]));
    expect(await refreshOutcome(client)).toBe('root.json: too-few-signatures');
    expect(heldVersions(client).root).toBe(1);
  });

  it('needs the old keys for new ones, and the new ones for themselves', async () => {
    const [old, fresh] = [repository.signers.root, await Promise.all([4, 5, 6].map(createTufSigner))];
    repository.appoint('root', fresh, 2);
    repository.drafts.root.version += 1;
    await repository.serve('root', await repository.sign('root', fresh));
    expect(await refreshOutcome(client)).toBe('root.json: broken-chain');
    await repository.serve('root', await repository.sign('root', [...fresh, only(old)]));
    expect(await refreshOutcome(client)).toBe('root.json: broken-chain');
    await repository.serve('root', await repository.sign('root', [...old, only(fresh)]));
    expect(await refreshOutcome(client)).toBe('root.json: too-few-signatures');
    await repository.serve('root', await repository.sign('root', [...old.slice(1), ...fresh.slice(1)]));
    expect(await refreshOutcome(client)).toBe('ok');
    expect(heldVersions(client).root).toBe(2);
  });

  it('counts one key once, under however many ids it signs', async () => {
    const [signer] = repository.signers.targets;
    if (signer === undefined) throw new Error('nobody signs');
    const again = { ...signer, keyId: 'the-same-again' };
    repository.appoint('targets', [signer, again], 2);
    await repository.publish('root', 'targets', 'snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('targets.json: too-few-signatures');
  });

  it('takes a lost key out of use with the next root', async () => {
    expect(await refreshOutcome(client)).toBe('ok');
    const lost = repository.signers.timestamp;
    repository.appoint('timestamp', [await createTufSigner(12)], 1);
    await repository.publish('root');
    repository.drafts.timestamp.version += 1;
    await repository.serve('timestamp', await repository.sign('timestamp', lost));
    expect(await refreshOutcome(client)).toBe('timestamp.json: too-few-signatures');
  });

  it('lets no online key change what is held: they name versions, and nothing in them', async () => {
    repository.drafts.snapshot.meta['targets.json'] = { version: 9 };
    await repository.publish('snapshot', 'timestamp');
    expect(await refreshOutcome(client)).toBe('targets.json: not-found');
    expect(heldVersions(client).targets).toBeUndefined();
  });
});
