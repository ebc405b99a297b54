// Passwords and how often they may be tried: the real argon2id against a published vector's form, limits, and waits.

import { describe, expect, it } from 'vitest';
import { deriveArgon2id } from '../../../../src/server/managers/argon2id.ts';
import { parseManagerName } from '../../../../src/server/managers/manager-names.ts';
import { createPasswords, refusePassword } from '../../../../src/server/managers/passwords.ts';
import { createTryLimits } from '../../../../src/server/managers/try-limits.ts';

const chance = (count: number) => crypto.getRandomValues(new Uint8Array(count));

describe('argon2id', () => {
  it('is that of the reference implementation (phc-winner-argon2, test.c, version 0x13, 2 passes, 64 MiB)', async () => {
    const salt = new TextEncoder().encode('somesalt');
    const hash = await deriveArgon2id('password', salt, 32, { memoryKib: 65_536, passes: 2, lanes: 1 });
    expect(Buffer.from(hash).toString('hex')).toBe(
      '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7',
    );
  });

  it('keeps a password so that it alone is right, in any way of typing it', async () => {
    const passwords = createPasswords(deriveArgon2id, chance);
    const kept = await passwords.hash('Zo\u00eb’s long password');
    expect(await passwords.isRight('Zoe\u0308’s long password', kept)).toBe(true);
    expect(await passwords.isRight('Zoe’s long password', kept)).toBe(false);
    expect(await passwords.isRight('Zo\u00eb’s long password', null)).toBe(false);
    expect(await passwords.hash('Zo\u00eb’s long password')).not.toBe(kept);
  });

  it('does not take a hash that it did not write', async () => {
    const passwords = createPasswords(deriveArgon2id, chance);
    for (const phc of ['', 'plain', '$argon2id$v=19$m=19456,t=2,p=1$$', '$2b$12$abc'])
      await expect(passwords.isRight('a long password', phc)).rejects.toThrow();
  });
});

it.each([
  ['x'.repeat(11), 'password-too-short'],
  ['x'.repeat(12), null],
  ['🔑'.repeat(11), 'password-too-short'],
  ['🔑'.repeat(12), null],
  ['x'.repeat(1024), null],
  ['x'.repeat(1025), 'password-too-long'],
])('a password like %s: %s', (password, refusal) => {
  expect(refusePassword(password)).toBe(refusal);
});

it.each([
  [' Ada ', 'ada'],
  ['ada.lovelace@gate-1', 'ada.lovelace@gate-1'],
  ['ａｄａ', 'ada'],
  ['王小明', '王小明'],
  ['a', null],
  ['-ada', null],
  ['ada\n', 'ada'],
  ['a\u200bda', null],
  ['<ada>', null],
  ['a'.repeat(64), 'a'.repeat(64)],
  ['a'.repeat(65), null],
  [null, null],
])('the name %j is %j', (typed, name) => {
  expect(parseManagerName(typed)).toBe(name);
});

describe('tries', () => {
  it('under one name wait twice as long each time, up to a quarter of an hour', () => {
    const limits = createTryLimits(1000);
    let nowMs = 0;
    const waits: number[] = [];
    for (let at = 0; at < 16; at++) {
      const waitMs = limits.begin('ada', nowMs);
      waits.push(waitMs);
      if (waitMs === 0) continue;
      expect(limits.begin('ada', nowMs + waitMs - 1)).toBe(1);
      nowMs += waitMs;
      expect(limits.begin('ada', nowMs)).toBe(0);
    }
    expect(waits.slice(0, 7)).toEqual([0, 0, 0, 2000, 4000, 8000, 16_000]);
    expect(Math.max(...waits)).toBe(15 * 60_000);
    expect(limits.begin('bo', nowMs)).toBe(0);
    limits.succeeded('ada');
    expect(limits.begin('ada', nowMs)).toBe(0);
  });

  it('are so many a minute in all, whatever the names', () => {
    const limits = createTryLimits(30);
    for (let at = 0; at < 30; at++) expect(limits.begin(`name-${at}`, at * 1000)).toBe(0);
    expect(limits.begin('another', 30_000)).toBe(30_000);
    expect(limits.begin('another', 60_000)).toBe(0);
    expect(limits.begin('another', 60_000)).toBe(1000);
  });

  it('are forgotten after an hour without one', () => {
    const limits = createTryLimits(1000);
    for (let at = 0; at < 3; at++) limits.begin('ada', 0);
    expect(limits.begin('ada', 0)).toBe(2000);
    for (let at = 0; at < 3; at++) expect(limits.begin('ada', 3_600_000)).toBe(0);
  });
});
