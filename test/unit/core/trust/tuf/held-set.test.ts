// The set in use: what is written at the end of a refresh and read at every start.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import {
  encodeHeldSet,
  type HeldSet,
  issuedAtOf,
  openHeldSet,
} from '../../../../../src/core/trust/tuf/held-set.ts';
import { readHeld, refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import {
  createTufSigner,
  TUF_NOW_SECONDS as NOW,
  TufRepository,
} from '../../../../support/tuf-repository.ts';
import { openTestClient, refreshOutcome, type TestClient } from '../../../../support/tuf-test-client.ts';

let repository: TufRepository;
let client: TestClient;
let set: HeldSet;

beforeEach(async () => {
  repository = await TufRepository.open();
  await repository.addFile('issuers.json', utf8ToBytes('issuers 1'));
  await repository.addFile('rulesets/one.json', utf8ToBytes('rules 1'));
  repository.isHashing = true;
  await repository.publishAll();
  client = await openTestClient(repository);
  const refreshed = await refreshHeld(client, NOW);
  if (!refreshed.ok) throw new Error(refreshed.error.code);
  set = refreshed.value;
});

describe('the set in use', () => {
  it('comes back as it was written, long after everything in it has ended', async () => {
    const held = await readHeld(client);
    expect(held?.filesByName).toEqual(
      new Map([
        ['issuers.json', utf8ToBytes('issuers 1')],
        ['rulesets/one.json', utf8ToBytes('rules 1')],
      ]),
    );
    expect(held?.timestamp.signed.version).toBe(2);
    expect(held === null ? null : issuedAtOf(held)).toBe(NOW);
  });

  it('is nothing before the first refresh, and nothing when its record is not whole', async () => {
    const fresh = await openTestClient(repository);
    expect(await readHeld(fresh)).toBeNull();
    const bytes = encodeHeldSet(set);
    for (const length of [0, 1, bytes.length - 1]) {
      client.store.held.set('held', bytes.slice(0, length));
      expect(await readHeld(client)).toBeNull();
    }
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    expect(await readHeld(client)).not.toBeNull();
  });

  it('is refused after a change of any byte, or says the same as before', async () => {
    const bytes = encodeHeldSet(set);
    const saidBy = ({ root, timestamp, snapshot, targets, filesByName }: HeldSet) => [
      ...[root, timestamp, snapshot, targets].map(({ signedBytes }) => signedBytes),
      filesByName,
    ];
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 61) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const opened = await openHeldSet(changed, client.keys);
      // Blanks are not signed, and a third signature is not needed.
      if (opened.ok) expect(saidBy(opened.value)).toEqual(saidBy(set));
      else refused += 1;
    }
    expect(refused).toBeGreaterThan(50);
  });

  const WRONG: readonly [string, (set: HeldSet, other: HeldSet) => HeldSet][] = [
    ['a file is missing', (one) => ({ ...one, filesByName: new Map([...one.filesByName].slice(1)) })],
    [
      'a file is too many',
      (one) => ({ ...one, filesByName: new Map([...one.filesByName, ['x', utf8ToBytes('')]]) }),
    ],
    ['files are of another publication', (one, other) => ({ ...one, filesByName: other.filesByName })],
    ['targets are of another publication', (one, other) => ({ ...one, targets: other.targets })],
    ['the snapshot is of another publication', (one, other) => ({ ...one, snapshot: other.snapshot })],
    ['the timestamp is of another publication', (one, other) => ({ ...one, timestamp: other.timestamp })],
  ];

  it.each(WRONG)('is refused when %s', async (_name, change) => {
    await repository.addFile('issuers.json', utf8ToBytes('issuers 2'));
    await repository.publishAll();
    const other = await refreshHeld(client, NOW);
    if (!other.ok) throw new Error(other.error.code);
    expect((await openHeldSet(encodeHeldSet(other.value), client.keys)).ok).toBe(true);
    expect((await openHeldSet(encodeHeldSet(change(set, other.value)), client.keys)).ok).toBe(false);
  });

  it('stays in use when the keys that signed it are replaced and the rest of the new set never comes', async () => {
    repository.appoint('targets', [await createTufSigner(34), await createTufSigner(35)], 2);
    await repository.publish('root');
    expect(await refreshOutcome(client)).toBe('targets.json: too-few-signatures');
    expect((await readHeld(client))?.filesByName.get('issuers.json')).toEqual(utf8ToBytes('issuers 1'));
  });
});

describe('a refresh', () => {
  it('asks for no file that has not changed', async () => {
    await repository.addFile('rulesets/one.json', utf8ToBytes('rules 2'));
    await repository.publishAll();
    repository.asked.length = 0;
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    expect(repository.asked.filter((path) => path.startsWith('targets/'))).toEqual([
      expect.stringContaining('one.json'),
    ]);
  });

  it('writes nothing when nothing is new', async () => {
    client.store.changes.length = 0;
    expect((await refreshHeld(client, NOW)).ok).toBe(true);
    expect(client.store.changes).toEqual([]);
    expect(repository.asked.slice(-2)).toEqual(['metadata/2.root.json', 'metadata/timestamp.json']);
  });

  it('asks for files without hash and version where the root says that they are not in the names', async () => {
    repository.drafts.root.consistent_snapshot = false;
    await repository.publish('root');
    for (const role of ['snapshot', 'targets']) {
      await repository.publishAll();
      repository.served.set(`metadata/${role}.json`, repository.metadata(`3.${role}.json`));
    }
    repository.served.set('metadata/snapshot.json', repository.metadata('4.snapshot.json'));
    repository.served.set('metadata/targets.json', repository.metadata('4.targets.json'));
    expect(await refreshOutcome(client)).toBe('ok');
    expect(repository.asked.slice(-2)).toEqual(['metadata/snapshot.json', 'metadata/targets.json']);
  });
});
