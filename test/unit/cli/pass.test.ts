// gatelight pass: issue, show, draw. What is drawn is read back by a decoder that is not ours.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import decodeQr from 'jsqr';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuerCommand } from '../../../src/cli/issuer.ts';
import { passCommand } from '../../../src/cli/pass.ts';
import { parsePass } from '../../../src/core/pass/gl1.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import { runCommand } from './run-command.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);

let folder: string;
let key: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pass-'));
  key = join(folder, 'key.json');
  await runCommand(issuerCommand, 'keygen', '--out', key);
});
afterAll(() => rm(folder, { recursive: true }));

const issue = (...options: readonly string[]) => runCommand(passCommand, 'issue', '--key', key, ...options);

async function issuedClaims(...options: readonly string[]): Promise<PassClaims> {
  const { out } = await issue(...options);
  const parsed = parsePass(out, nowSeconds());
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value.claims;
}

describe('issue', () => {
  it('signs what was asked for', async () => {
    const claims = await issuedClaims(
      ...[
        '--colour',
        'yellow',
        '--ruleset',
        '7',
        '--reason',
        '2',
        '--valid',
        '3h',
        '--issued',
        '2026-11-23T12:00Z',
      ],
      ...[
        '--not-before',
        '2026-11-23T15:00+01:00',
        '--list',
        '3',
        '--index',
        '70000',
        '--name',
        'Ana Ruiz',
        '--birth-year',
        '1987',
      ],
    );
    expect(claims).toEqual({
      colour: 'yellow',
      ruleset: 7,
      reason: 2,
      issuedAt: Date.UTC(2026, 10, 23, 12) / 1000,
      notBefore: Date.UTC(2026, 10, 23, 14) / 1000,
      expiresAt: Date.UTC(2026, 10, 23, 17) / 1000,
      id: { list: 3, index: 70_000 },
      printed: { name: 'Ana Ruiz', birthYear: 1987 },
    });
  });

  it('defaults to now, 12 hours and a place drawn at random', async () => {
    const [one, other] = [await issuedClaims('--colour', 'green'), await issuedClaims('--colour', 'green')];
    expect(Math.abs(one.issuedAt - nowSeconds())).toBeLessThan(10);
    expect(one.expiresAt - one.issuedAt).toBe(12 * 3600);
    expect(one.id.index).not.toBe(other.id.index);
  });

  it.each([
    ['no colour', []],
    ['an unknown colour', ['--colour', 'blue']],
    ['a validity without unit', ['--colour', 'green', '--valid', '12']],
    ['no validity at all', ['--colour', 'green', '--valid', '0h']],
    ['a moment without zone', ['--colour', 'green', '--not-before', '2026-11-24T08:00']],
    ['a moment that is none', ['--colour', 'green', '--not-before', '2026-13-24T08:00Z']],
    ['a place beyond the list', ['--colour', 'green', '--index', '16777216']],
    ['a name that draws over the screen', ['--colour', 'green', '--name', 'Ana\u202eRuiz']],
    ['a start before the issue', ['--colour', 'green', '--not-before=-1h']],
    ['a stray argument', ['--colour', 'green', 'now']],
  ])('refuses %s as wrong arguments', async (_, options) => {
    const { code, out, err } = await issue(...options);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).not.toBe('');
  });

  it('names a key file that is missing or no key', async () => {
    const missing = await runCommand(
      passCommand,
      'issue',
      '--key',
      join(folder, 'none.json'),
      '--colour',
      'green',
    );
    expect([missing.code, missing.err.includes('none.json')]).toEqual([2, true]);
    await writeFile(join(folder, 'other.json'), '{}');
    const other = await runCommand(
      passCommand,
      'issue',
      '--key',
      join(folder, 'other.json'),
      '--colour',
      'green',
    );
    expect([other.code, other.err.includes('not-a-key-file')]).toEqual([2, true]);
  });
});

describe('show', () => {
  const show = (text: string) => runCommand(passCommand, 'show', text);

  it('says every claim', async () => {
    const { out: text } = await issue(
      ...[
        '--colour',
        'green',
        '--ruleset',
        '7',
        '--reason',
        '1',
        '--index',
        '4242',
        '--name',
        'Ana Ruiz',
        '--birth-year',
        '1987',
      ],
    );
    const { code, out } = await show(text);
    expect(code).toBe(0);
    for (const fact of ['green', 'rule set 7, reason 1', 'place 4242', 'Ana Ruiz', '1987'])
      expect(out).toContain(fact);
  });

  it.each([
    [20, 'expired', '22', ['--issued=-2d', '--valid', '1d']],
    [20, 'not yet valid', '21', ['--not-before', '+1d']],
    [0, 'red, which only a policy refuses', null, ['--colour', 'red']],
  ])('ends with %i for a pass that is %s', async (expected, _, reasonCode, options) => {
    const { out: text } = await issue('--colour', 'green', ...options);
    const { code, out } = await show(text);
    expect(code).toBe(expected);
    if (reasonCode !== null) expect(out).toContain(`code ${reasonCode}`);
  });

  it.each([
    ['https://menu.example', 'not-a-pass'],
    ['GL1:abc', 'base45-lower-case'],
    ['GL1:', 'cbor'],
  ])('ends with 30 for %s and names %s', async (text, refusal) => {
    const { code, out } = await show(text);
    expect(code).toBe(30);
    expect(out).toContain(refusal);
  });

  it('reads the text from a file, with its last line end', async () => {
    const path = join(folder, 'pass.txt');
    await writeFile(path, `${(await issue('--colour', 'green')).out}\n`);
    expect((await show(path)).code).toBe(0);
  });

  it('wants one text', async () => {
    expect((await runCommand(passCommand, 'show')).code).toBe(2);
    expect((await runCommand(passCommand, 'show', 'GL1:A', 'B')).code).toBe(2);
  });
});

describe('draw', () => {
  async function readPng(path: string): Promise<string | undefined> {
    const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return decodeQr(new Uint8ClampedArray(data), info.width, info.height)?.data;
  }

  it('draws an ordinary green pass as version 7 at level M, and another decoder reads it back', async () => {
    const { out: text } = await issue('--colour', 'green', '--ruleset', '7', '--reason', '1');
    const path = join(folder, 'pass.png');
    const { code, err } = await runCommand(passCommand, 'draw', text, '--out', path);
    expect(code).toBe(0);
    expect(err).toContain('version 7, 45 modules');
    expect((await sharp(path).metadata()).width).toBe((45 + 8) * 8);
    expect(await readPng(path)).toBe(text);
  });

  it('draws the same code as SVG', async () => {
    const { out: text } = await issue('--colour', 'green');
    const path = join(folder, 'pass.svg');
    expect((await runCommand(passCommand, 'draw', text, '--out', path)).code).toBe(0);
    const png = join(folder, 'from-svg.png');
    await sharp(Buffer.from(await readFile(path, 'utf8')), { density: 600 })
      .resize(424)
      .flatten()
      .png()
      .toFile(png);
    expect(await readPng(png)).toBe(text);
  });

  it('draws blocks in a terminal that show the same modules', async () => {
    const { out: text } = await issue('--colour', 'green');
    const { code, out } = await runCommand(passCommand, 'draw', text);
    expect(code).toBe(0);
    const lines = out.split('\n');
    const side = 45 + 8;
    const pixels = new Uint8ClampedArray(side * 4 * side * 4 * 4).fill(255);
    for (let y = 0; y < side * 4; y++) {
      for (let x = 0; x < side * 4; x++) {
        const row = Math.floor(y / 4);
        const block = lines[row >> 1]?.charAt(Math.floor(x / 4)) ?? '';
        const isLight = block === '█' || block === (row % 2 === 0 ? '▀' : '▄');
        pixels.fill(isLight ? 255 : 0, (y * side * 4 + x) * 4, (y * side * 4 + x) * 4 + 3);
      }
    }
    expect(decodeQr(pixels, side * 4, side * 4)?.data).toBe(text);
  });

  it.each([
    ['a name of another kind', ['GL1:A', '--out', 'pass.gif']],
    ['modules of no size', ['GL1:A', '--module', '0']],
    ['a text that no code holds', ['x'.repeat(3000)]],
    ['nothing', []],
  ])('refuses %s', async (_, args) => {
    expect((await runCommand(passCommand, 'draw', ...args)).code).toBe(2);
  });
});

it.each([[[]], [['sell']]])('refuses %j as wrong arguments', async (args) => {
  expect((await runCommand(passCommand, ...args)).code).toBe(2);
});

it.each([['issue'], ['show'], ['draw']])('explains %s', async (action) => {
  const { code, out } = await runCommand(passCommand, action, '--help');
  expect(code).toBe(0);
  expect(out).toContain(`gatelight pass ${action}`);
});
