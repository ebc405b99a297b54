// An issuer's day on the command line: begin a list, issue passes, take them back by place, text and picture, publish.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issuerCommand } from '../../../src/cli/issuer.ts';
import { passCommand } from '../../../src/cli/pass.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { parsePass } from '../../../src/core/pass/gl1.ts';
import type { PassId } from '../../../src/core/pass/pass.ts';
import { keyHintOf } from '../../../src/core/signature/cose-sign1.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { statusAt } from '../../../src/core/trust/status/status-list.ts';
import { verifyStatusToken } from '../../../src/core/trust/status/status-token.ts';
import { readKeyFile } from '../../../src/server/key-file.ts';
import { type Ran, runCommand } from './run-command.ts';

const URI = 'https://health.lindenhof.example/status/0';
const nowSeconds = () => Math.floor(Date.now() / 1000);

let folder: string;
let key: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuer-lists-'));
  key = join(folder, 'key.json');
  await issuer('keygen', '--out', key);
});
afterAll(() => rm(folder, { recursive: true }));

let desks = 0;
let desk: string;
let out: string;
beforeEach(async () => {
  desk = join(folder, `desk-${desks}`);
  out = join(folder, `lists-${desks}`);
  desks += 1;
  expect((await begin()).code).toBe(0);
});

const issuer = (...args: readonly string[]): Promise<Ran> => runCommand(issuerCommand, ...args);
const begin = (...more: readonly string[]): Promise<Ran> =>
  issuer(
    ...['begin-list', '--desk', desk, '--issuer', 'health', '--uri', URI, '--key', key],
    ...['--places', '1024', ...more],
  );

async function issue(): Promise<{ text: string; id: PassId }> {
  const ran = await runCommand(passCommand, 'issue', '--key', key, '--desk', desk, '--colour', 'green');
  expect([ran.code, ran.err]).toEqual([0, '']);
  const parsed = parsePass(ran.out, nowSeconds());
  if (!parsed.ok) throw new Error(parsed.error);
  return { text: ran.out, id: parsed.value.claims.id };
}

/** As the next tablet sees it that fetches the list. */
async function publishedStatus({ index }: PassId): Promise<string> {
  const signer = await readKeyFile(key);
  if (!signer.ok) throw new Error(signer.error);
  const verified = await verifyStatusToken(
    new Uint8Array(await readFile(join(out, 'health/0.cwt'))),
    { uri: URI, keys: [signer.value.publicKey], held: null, nowSeconds: nowSeconds() },
    await chooseEngine(),
  );
  if (!verified.ok) throw new Error(verified.error);
  return statusAt(verified.value.list, index);
}

describe('a pass', () => {
  it('gets a place of its own from the desk', async () => {
    const [one, other] = [await issue(), await issue()];
    expect(one.id.list).toBe(0);
    expect(one.id.index).not.toBe(other.id.index);
    expect((await issuer('status', '--desk', desk)).out).toContain('taken      2,');
  });

  it('gets none that is wasted on claims that make no pass', async () => {
    const args = ['issue', '--key', key, '--desk', desk, '--colour', 'green', '--not-before=-1h'];
    expect((await runCommand(passCommand, ...args)).code).toBe(2);
    expect((await issuer('status', '--desk', desk)).out).toContain('taken      0,');
  });

  it('gets none from a desk that is not there, or has no such list', async () => {
    const args = ['issue', '--key', key, '--colour', 'green', '--desk'];
    await expect(runCommand(passCommand, ...args, desk, '--list', '4')).rejects.toThrow('no list 4');
    await expect(runCommand(passCommand, ...args, join(folder, 'none'))).rejects.toThrow('no issuer');
    expect(await readdir(folder)).not.toContain('none');
    expect((await runCommand(passCommand, ...args, desk, '--index', '5')).code).toBe(2);
  });

  it('without a desk is said to stand in no list', async () => {
    const { code, err } = await runCommand(passCommand, 'issue', '--key', key, '--colour', 'green');
    expect([code, err.includes('nobody can take it back')]).toEqual([0, true]);
    const known = await runCommand(passCommand, 'issue', '--key', key, '--colour', 'green', '--index', '5');
    expect([known.code, known.err]).toEqual([0, '']);
  });
});

describe('is taken back', () => {
  it('by its place', async () => {
    const { id } = await issue();
    const ran = await issuer('revoke', '--desk', desk, `0/${id.index}`);
    expect([ran.code, ran.out]).toEqual([0, `list 0, place ${id.index}: revoked now`]);
    expect(ran.err).toContain('publish-status');
    const published = await issuer('publish-status', '--desk', desk, '--out', out);
    expect(published.out).toMatch(/^list 0 of health: published, \d+ bytes, issued .*, good until /);
    expect(await publishedStatus(id)).toBe('revoked');
  });

  it('by its text, and published in one go', async () => {
    const { text, id } = await issue();
    const ran = await issuer('suspend', '--desk', desk, '--out', out, text);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(`place ${id.index}: suspended now\nlist 0 of health: published`);
    const signer = await readKeyFile(key);
    expect(signer.ok && ran.err.includes(encodeHex(await keyHintOf(signer.value.publicKey)))).toBe(true);
    expect(ran.err).toContain('not tried');
    expect(await publishedStatus(id)).toBe('suspended');
  });

  it('by its picture, and by a file with its text', async () => {
    const [drawn, written] = [await issue(), await issue()];
    const [picture, file] = [join(folder, 'pass.png'), join(folder, 'pass.txt')];
    await runCommand(passCommand, 'draw', drawn.text, '--out', picture);
    await writeFile(file, `${written.text}\n`);
    expect((await issuer('revoke', '--desk', desk, '--out', out, picture, file)).code).toBe(0);
    expect([await publishedStatus(drawn.id), await publishedStatus(written.id)]).toEqual([
      'revoked',
      'revoked',
    ]);
  });

  it('and given back', async () => {
    const { text, id } = await issue();
    await issuer('revoke', '--desk', desk, text);
    expect((await issuer('revoke', '--desk', desk, text)).out).toContain('revoked already');
    expect((await issuer('reinstate', '--desk', desk, '--out', out, text)).out).toContain('valid now');
    expect(await publishedStatus(id)).toBe('valid');
  });

  it('with all others or not at all', async () => {
    const { id } = await issue();
    const both = ['revoke', '--desk', desk, '--out', out, `0/${id.index}`];
    await expect(issuer(...both, '0/1024')).rejects.toThrow('the places 0 to 1023, not 1024');
    await expect(issuer(...both, '9/0')).rejects.toThrow('no list 9');
    expect((await issuer(...both, 'GL1:abc')).err).toContain('base45-lower-case');
    expect((await issuer(...both, 'nowhere.png')).err).toContain('no-such-file');
    expect((await issuer('status', '--desk', desk)).out).toMatch(/revoked +0,/);
  });

  it('for the time being only where the list has 2 bits', async () => {
    await begin('--list', '1', '--uri', 'https://health.lindenhof.example/status/1', '--bits', '1');
    await expect(issuer('suspend', '--desk', desk, '1/5')).rejects.toThrow('2 bits');
    expect((await issuer('revoke', '--desk', desk, '1/5')).code).toBe(0);
  });
});

describe('the desk', () => {
  it('shows counts and nothing else', async () => {
    const { id } = await issue();
    await issuer('revoke', '--desk', desk, '--out', out, `0/${id.index}`);
    const { out: shown } = await issuer('status', '--desk', desk);
    expect(shown.split('\n').map((line) => line.trim().split(/ {2,}| until /)[0])).toEqual([
      'list 0 of health',
      'address',
      'places',
      'taken',
      'revoked',
      'suspended',
      'published',
      'good',
    ]);
    expect(shown).toMatch(/taken +[23], decoys among them\n {2}revoked +[23], decoys among them/);
    expect((await stat(desk)).mode & 0o777).toBe(0o700);
  });

  it('is begun once, and says when it is another', async () => {
    expect((await begin()).out).toContain('there already');
    await expect(begin('--bits', '1')).rejects.toThrow('another bits');
    await expect(begin('--key', join(folder, 'none.json'))).rejects.toThrow('no-key-file');
  });

  it('that is not there is said', async () => {
    for (const args of [['status'], ['publish-status', '--out', out]])
      await expect(issuer(...args, '--desk', join(folder, 'none'))).rejects.toThrow('no issuer');
  });

  it.each([
    [['revoke', '0/5']],
    [['revoke', '--desk', 'desk']],
    [['revoke', '--desk', 'desk', '65536/0']],
    [['begin-list', '--desk', 'desk']],
    [['begin-list', '--desk', 'd', '--issuer', 'i', '--uri', URI, '--key', 'k', '--bits', '4']],
    [['begin-list', '--desk', 'd', '--issuer', 'i', '--uri', URI, '--key', 'k', 'more']],
    [['publish-status', '--desk', 'desk']],
    [['publish-status', '--out', 'lists']],
    [['status']],
    [['status', '--desk', 'desk', 'more']],
    [['list-passes']],
  ])('refuses %j as wrong arguments', async (args) => {
    const { code, out: said } = await issuer(...args);
    expect([code, said]).toEqual([2, '']);
  });

  it.each(['begin-list', 'revoke', 'suspend', 'reinstate', 'publish-status', 'status'])(
    'explains %s',
    async (action) => {
      const { code, out: said } = await issuer(action, '--help');
      expect([code, said.includes(`--desk DIR`)]).toEqual([0, true]);
    },
  );
});
