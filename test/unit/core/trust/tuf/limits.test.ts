// One less, exactly, one more of everything that has a limit.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import { encodeCanonicalJson } from '../../../../../src/core/trust/tuf/canonical-json.ts';
import { TUF_LIMITS } from '../../../../../src/core/trust/tuf/limits.ts';
import { refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import { pinRoot } from '../../../../../src/core/trust/tuf/update-root.ts';
import { TUF_NOW_SECONDS as NOW, TufRepository } from '../../../../support/tuf-repository.ts';
import {
  heldVersions,
  openTestClient,
  refreshOutcome,
  type TestClient,
} from '../../../../support/tuf-test-client.ts';

const KIB = 1024;
let repository: TufRepository;
let client: TestClient;

beforeEach(async () => {
  repository = await TufRepository.open();
  client = await openTestClient(repository);
});

/** Blanks after the file belong to it and are not signed. */
function padTo(bytes: Bytes, length: number): Bytes {
  expect(bytes.length).toBeLessThan(length);
  const padded = new Uint8Array(length).fill(0x20);
  padded.set(bytes);
  return padded;
}

const BYTES = [
  { role: 'root', path: '2.root.json', limit: 32 * KIB },
  { role: 'timestamp', path: 'timestamp.json', limit: 4 * KIB },
  { role: 'snapshot', path: '1.snapshot.json', limit: 64 * KIB },
  { role: 'targets', path: '1.targets.json', limit: 1024 * KIB },
].flatMap(({ role, path, limit }) => [
  { role, path, length: limit - 1, outcome: 'ok' },
  { role, path, length: limit, outcome: 'ok' },
  { role, path, length: limit + 1, outcome: `${role}.json: too-large` },
]);

describe('bytes of metadata', () => {
  it.each(BYTES)('$role of $length bytes: $outcome', async ({ path, length, outcome }) => {
    await repository.publish('root');
    repository.served.set(`metadata/${path}`, padTo(repository.metadata(path), length));
    expect(await refreshOutcome(client)).toBe(outcome);
  });

  it.each([
    { length: 32 * KIB - 1, code: undefined },
    { length: 32 * KIB, code: undefined },
    { length: 32 * KIB + 1, code: 'too-large' },
  ])('a first root of $length bytes: $code', async ({ length, code }) => {
    client.store.held.clear();
    const pinned = await pinRoot(client, padTo(repository.metadata('1.root.json'), length));
    expect(pinned.ok ? undefined : pinned.error.code).toBe(code);
  });

  it('a length that a role names lowers the limit and never lifts it', async () => {
    const limits = new Map<string, number>();
    repository.isHashing = true;
    await repository.publishAll();
    const counting = {
      fetch: (...[place, maxBytes]: Parameters<typeof repository.fetch.fetch>) => {
        limits.set(place.path, maxBytes);
        return repository.fetch.fetch(place, maxBytes);
      },
    };
    expect(await refreshOutcome({ ...client, fetch: counting })).toBe('ok');
    expect(limits.get('2.targets.json')).toBe(repository.metadata('2.targets.json').length);
    repository.drafts.timestamp.meta['snapshot.json'] = { version: 3, length: 10 ** 9 };
    await repository.publish('timestamp');
    expect(await refreshOutcome({ ...client, fetch: counting })).toBe('snapshot.json: not-found');
    expect(limits.get('3.snapshot.json')).toBe(64 * KIB);
  });
});

describe('new roots in one refresh', () => {
  it.each([
    { roots: 31, reached: 32 },
    { roots: 32, reached: 33 },
    { roots: 33, reached: 33 },
  ])('of $roots it takes as many as lead to version $reached', async ({ roots, reached }) => {
    for (let count = 0; count < roots; count++) await repository.publish('root');
    expect(await refreshOutcome(client)).toBe('ok');
    expect(heldVersions(client).root).toBe(reached);
  });
});

describe('versions', () => {
  it.each([
    { version: 2 ** 32 - 2, outcome: 'ok' },
    { version: 2 ** 32 - 1, outcome: 'ok' },
    { version: 2 ** 32, outcome: 'timestamp.json: fast-forward' },
    { version: 1, outcome: 'ok' },
    { version: 0, outcome: 'timestamp.json: malformed' },
    { version: -1, outcome: 'timestamp.json: malformed' },
  ])('timestamp $version: $outcome', async ({ version, outcome }) => {
    repository.drafts.timestamp.version = version - 1;
    await repository.publish('timestamp');
    expect(await refreshOutcome(client)).toBe(outcome);
  });
});

describe('depth of what is signed', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  it.each([
    { depth: 31, isTaken: true },
    { depth: 32, isTaken: true },
    { depth: 33, isTaken: false },
  ])('$depth: $isTaken', ({ depth, isTaken }) => {
    expect(encodeCanonicalJson(nested(depth)).ok).toBe(isTaken);
  });

  it('15,000 brackets are refused, not a crash', async () => {
    const text = `{"signatures":[],"signed":${'['.repeat(15_000)}${']'.repeat(15_000)}}`;
    client.store.held.clear();
    const pinned = await pinRoot(client, new TextEncoder().encode(text));
    expect(pinned.ok ? undefined : pinned.error.code).toBe('malformed');
  });
});

describe('files', () => {
  it.each([
    { length: TUF_LIMITS.targetFileBytes - 1, code: undefined },
    { length: TUF_LIMITS.targetFileBytes, code: undefined },
    { length: TUF_LIMITS.targetFileBytes + 1, code: 'too-large' },
  ])('one of $length bytes: $code', async ({ length, code }) => {
    await repository.addFile('issuers.json', new Uint8Array(length));
    await repository.publishAll();
    const refreshed = await refreshHeld(client, NOW);
    expect(refreshed.ok ? undefined : refreshed.error.code).toBe(code);
  });

  it.each([
    { more: -1, code: undefined },
    { more: 0, code: undefined },
    { more: 1, code: 'too-large' },
  ])('all together 8 MiB and $more: $code', async ({ more, code }) => {
    const size = TUF_LIMITS.targetFileBytes;
    for (let count = 0; count < 7; count++)
      await repository.addFile(`${count}.json`, new Uint8Array(size).fill(count));
    await repository.addFile('half.json', new Uint8Array(size / 2));
    await repository.addFile('last.json', new Uint8Array(size / 2 + more).fill(9));
    await repository.publishAll();
    const refreshed = await refreshHeld(client, NOW);
    expect(refreshed.ok ? undefined : refreshed.error.code).toBe(code);
    if (code !== undefined) expect(repository.asked.some((path) => path.startsWith('targets/'))).toBe(false);
  });
});
