// The nonces of requests in a real database: exact for several at once, bounded, and swept.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { migrate } from '../../../src/server/storage/migrations.ts';
import { openNonceStore } from '../../../src/server/storage/nonce-store.ts';
import { openSqlPool, type SqlPool } from '../../../src/server/storage/sql-pool.ts';
import { closeTestCluster, createTestDatabase } from '../../support/test-database.ts';

const NOW = 1_800_000_000;
const KEY = 'ab'.repeat(16);
const nonceOf = (byte: number): Bytes => new Uint8Array(16).fill(byte);
const request = (byte: number, expiresSeconds = NOW + 300, keyId = KEY) => ({
  keyId,
  nonce: nonceOf(byte),
  expiresSeconds,
});
const codeOf = (answer: { readonly ok: boolean; readonly error?: string }) =>
  answer.ok ? 'ok' : answer.error;

let pools: readonly [SqlPool, SqlPool];
let site = 0;
/** A site of its own for each test. */
const anySite = () => `site-${site++}`;

beforeAll(async () => {
  const target = await createTestDatabase();
  pools = [openSqlPool(target), openSqlPool(target)];
  await migrate(pools[0]);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await closeTestCluster();
});

describe('a nonce', () => {
  it('is new once, for each site and each key', async () => {
    const [store, here, there] = [openNonceStore(pools[0]), anySite(), anySite()];
    expect(codeOf(await store.remember(here, request(1), NOW))).toBe('ok');
    expect(codeOf(await store.remember(here, request(1), NOW))).toBe('nonce-replayed');
    expect(codeOf(await store.remember(here, request(1, NOW + 200), NOW))).toBe('nonce-replayed');
    expect(codeOf(await store.remember(here, request(1, NOW + 300, 'cd'.repeat(16)), NOW))).toBe('ok');
    expect(codeOf(await store.remember(there, request(1), NOW))).toBe('ok');
  });

  it('is new to one of several servers that are asked at once', async () => {
    const [stores, here] = [pools.map((pool) => openNonceStore(pool)), anySite()];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) => stores[at % 2]?.remember(here, request(round), NOW)),
      );
      expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(1);
    }
  });

  it.each([
    [NOW - 1, 'nonce-expired'],
    [NOW, 'ok'],
    [NOW + 360, 'ok'],
    [NOW + 361, 'nonce-expired'],
  ])('with its end at %i: %s', async (expiresSeconds, expected) => {
    const store = openNonceStore(pools[0]);
    expect(codeOf(await store.remember(anySite(), request(1, expiresSeconds), NOW))).toBe(expected);
  });
});

describe('what is kept', () => {
  it('is bounded for each key, and the bound opens again', async () => {
    const [store, here] = [openNonceStore(pools[0], 3), anySite()];
    for (const byte of [1, 2, 3]) expect(codeOf(await store.remember(here, request(byte), NOW))).toBe('ok');
    expect(codeOf(await store.remember(here, request(4), NOW))).toBe('nonce-too-many');
    expect(codeOf(await store.remember(here, request(1), NOW))).toBe('nonce-replayed');
    expect(codeOf(await store.remember(here, request(4, NOW + 300, 'cd'.repeat(16)), NOW))).toBe('ok');
    expect(codeOf(await store.remember(here, request(4, NOW + 600), NOW + 301))).toBe('ok');
  });

  it('is swept once no request can need it, and not before', async () => {
    const [store, here] = [openNonceStore(pools[0]), anySite()];
    await store.sweep(NOW + 100_000);
    await store.remember(here, request(1), NOW);
    expect(await store.sweep(NOW + 300 + 360)).toBe(0);
    expect(await store.sweep(NOW + 300 + 361)).toBe(1);
  });
});
