// Changes of what is published: staged, refused with their place, shown to who signs.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { issuerEntry, issuerKey } from '../../support/trust-desk.ts';
import { begin, beginsIn, done, entryFile, trust } from './trust-office.ts';

describe('a change', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await begin('changes');
  });

  it('of an issuer with short notice needs --emergency, which those who sign are told', async () => {
    const file = await entryFile('soon.json', issuerEntry('soon', { keys: [beginsIn(3)] }));
    const refused = await trust('add-issuer', dir, file);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('has 2 days of notice') });
    expect(await done('status', dir)).toContain('nothing is staged');
    await done('add-issuer', dir, file, '--emergency');
    expect(await done('sign', dir, '--as', 'ben', '--yes')).toContain('! EMERGENCY: soon gets a key');
    await done('discard', dir);
    expect(await done('status', dir)).toContain('nothing is staged');
  });

  it('that is wrong is refused with its place, and nothing is staged', async () => {
    const file = await entryFile(
      'bad.json',
      issuerEntry('bad', { keys: [issuerKey(1, { publicKey: '00' })] }),
    );
    expect(await trust('add-issuer', dir, file)).toMatchObject({
      code: 1,
      err: 'gatelight trust: issuers.json: issuers.0.keys.0.publicKey: a public key is 32 bytes in hexadecimal',
    });
    expect(await done('status', dir)).toContain('nothing is staged');
  });

  it('adds to what is staged already, and says that signatures are void', async () => {
    const policy = {
      class: 'office',
      name: { en: 'Offices' },
      version: 1,
      mildest: { yellow: 'admit', red: 'refuse' },
      maxPassAgeSeconds: 86_400,
      maxSeenBeforeWindowSeconds: 0,
      ages: { freshSeconds: 3600, ageingSeconds: 7200, staleSeconds: 86_400 },
      maxRetentionDays: 7,
    };
    await done('set-policy', dir, await entryFile('office.json', policy));
    await done('sign', dir, '--as', 'anna', '--yes');
    const key = '03'.repeat(32);
    const server = {
      site: 'tower',
      class: 'office',
      settingsKeys: [key],
      receiptKeys: [key],
      timeKeys: [key],
    };
    const ran = await trust('set-server', dir, await entryFile('tower.json', [server]));
    expect(ran).toMatchObject({
      code: 0,
      err: '1 earlier signatures on what was staged are void: sign again',
    });
    expect(ran.out).toContain('+ policy of class office comes');
    expect(ran.out).toContain('+ server of tower comes');
    expect(await trust('set-policy', dir, '--remove', 'office')).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no policy for the class "office"'),
    });
    await done('set-server', dir, '--remove', 'tower');
    expect(await done('set-policy', dir, '--remove', 'office')).toContain(
      'nothing changes but how long it holds',
    );
  });

  it('of rules comes with the issuer that uses them', async () => {
    const rules = {
      id: 'health',
      name: 'Health rules',
      version: 1,
      reasons: [{ number: 1, text: { en: 'No symptoms' }, next: { en: 'Let them in' } }],
    };
    const out = await done('set-ruleset', dir, await entryFile('health.json', rules));
    expect(out).toContain('+ rule set health comes');
    const entry = issuerEntry('city', { keys: [beginsIn(9, 4)], rulesets: [{ number: 1, id: 'health' }] });
    await done('add-issuer', dir, await entryFile('city.json', entry));
    await done('sign', dir, '--as', 'anna', '--yes');
    await done('sign', dir, '--as', 'ben', '--yes');
    await done('publish', dir);
    expect((await readdir(join(dir, 'published', 'rulesets'))).map((name) => name.slice(64))).toEqual([
      '.health.json',
    ]);
    expect(await done('status', dir)).toContain('issuers   city');
  });

  it('that was broken off is refused until it is dropped', async () => {
    await done('renew', dir);
    await rm(join(dir, 'staged', 'snapshot.json'));
    const broken = await trust('status', dir);
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('gatelight trust discard') });
    await done('discard', dir);
    await done('renew', dir);
  });

  it('cannot read or write outside of its folder', async () => {
    const targets = join(dir, 'staged', 'targets.json');
    const json = JSON.parse(await readFile(targets, 'utf8'));
    json.signed.targets = { '../../keys/anna.json': { length: 1, hashes: { sha256: '00' } } };
    await writeFile(targets, JSON.stringify(json));
    await expect(trust('publish', dir)).rejects.toThrow('would leave the folder');
  });
});
