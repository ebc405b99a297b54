// gatelight read: the demo's samples as pictures, each to its verdict, and every way it can fail.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passCommand } from '../../../src/cli/pass.ts';
import { readCommand } from '../../../src/cli/read.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { type Demo, prepareDemo } from '../../../src/server/demo/prepare-demo.ts';
import { readKeyFile } from '../../../src/server/key-file.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let demo: Demo;
const picture = (id: string) => join(folder, `${id}.png`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-'));
  demo = await prepareDemo(folder, { nowSeconds: () => Math.floor(Date.now() / 1000) });
  for (const { id, text } of await demo.samplePasses()) {
    await runCommand(passCommand, 'draw', text, '--out', picture(id));
  }
  await sharp({ create: { width: 400, height: 300, channels: 3, background: '#888' } })
    .png()
    .toFile(picture('empty'));
  await writeFile(picture('no-picture'), 'not a picture');
});
afterAll(async () => {
  demo.stop();
  await rm(folder, { recursive: true });
});

const read = (...args: readonly string[]) => runCommand(readCommand, '--trust', demo.trustPath, ...args);

describe('each sample', () => {
  it.each([
    ['green', 0, 'admit', 'ok', '00'],
    ['yellow', 10, 'check', 'yellow', '31'],
    ['red', 20, 'refuse', 'red', '30'],
    ['expired', 20, 'refuse', 'expired', '22'],
    ['not-yet-valid', 20, 'refuse', 'not-yet-valid', '21'],
    ['forged', 20, 'refuse', 'bad-signature', '20'],
    ['unknown-issuer', 30, 'unverifiable', 'unknown-issuer', '12'],
    ['not-a-pass', 30, 'unverifiable', 'not-a-pass', '10'],
    ['seen-before', 0, 'admit', 'ok', '00'],
  ])('%s ends with %i', async (id, exit, verdict, reason, code) => {
    const ran = await read('--json', picture(id));
    expect(ran.code).toBe(exit);
    expect(JSON.parse(ran.out)).toMatchObject({ picture: picture(id), verdict, reason, code });
  });
});

it('prints word, code, reason, next step, rule and appeal in a line', async () => {
  const { out } = await read(picture('yellow'));
  for (const part of [
    'Check',
    'code 31',
    'daily check-in missing',
    'Ask to check in now',
    'CITY-7 v12',
    'Help desk',
  ]) {
    expect(out).toContain(part);
  }
  expect(out.split('\n')).toHaveLength(1);
});

it('prints each part as a sentence', async () => {
  const { out } = await read(picture('green'));
  expect(out).toMatch(/: Admit \(code 00\)\. Valid until [^.]+\.$/);
});

it('ends with the worst of several, a line for each in order', async () => {
  const { code, out } = await read(picture('yellow'), picture('green'), picture('red'));
  expect(code).toBe(20);
  expect(out.split('\n').map((line) => line.split(':')[0])).toEqual(['yellow', 'green', 'red'].map(picture));
});

it('does not know a picture without a code', async () => {
  const { code, out } = await read('--json', picture('empty'));
  expect(code).toBe(30);
  expect(JSON.parse(out)).toMatchObject({ verdict: null, reason: 'no-code-seen' });
});

it('names a picture that cannot be opened, reads the others, and ends with 2', async () => {
  const { code, out, err } = await read(picture('missing'), picture('no-picture'), picture('green'));
  expect(code).toBe(2);
  expect(err).toContain('no-such-file');
  expect(err).toContain('not-a-picture');
  expect(out).toContain(picture('green'));
});

it('judges at the moment it is told', async () => {
  expect((await read('--at', '+13h', '--json', picture('green'))).code).toBe(20);
  expect((await read('--at', '+25h', '--json', picture('not-yet-valid'))).code).toBe(0);
  expect((await read('--at', '+8d', '--json', picture('green'))).code).toBe(30);
  expect((await read('--at=-3h', '--json', picture('expired'))).code).toBe(0);
});

describe('trust', () => {
  it('is believed under the right root only', async () => {
    const root = await readKeyFile(join(folder, 'keys', 'root.json'));
    const stranger = await readKeyFile(join(folder, 'keys', 'stranger.json'));
    if (!root.ok || !stranger.ok) throw new Error('no keys');
    const good = await read('--root', encodeHex(root.value.publicKey), picture('green'));
    expect([good.code, good.err]).toEqual([0, '']);
    const bad = await read('--root', encodeHex(stranger.value.publicKey), picture('green'));
    expect([bad.code, bad.out]).toEqual([2, '']);
    expect(bad.err).toContain('trust-root');
  });

  it('comes from a server by its bare address', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/api/trust' ? 200 : 404;
      response.end(response.statusCode === 200 ? demo.trustText() : '');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const origin = `http://127.0.0.1:${address.port}`;
    try {
      expect((await runCommand(readCommand, '--trust', origin, picture('green'))).code).toBe(0);
      const elsewhere = await runCommand(readCommand, '--trust', `${origin}/trust`, picture('green'));
      expect([elsewhere.code, elsewhere.err.includes('status 404')]).toEqual([2, true]);
    } finally {
      server.close();
    }
  });

  it('names the root that it believed unpinned', async () => {
    const root = await readKeyFile(join(folder, 'keys', 'root.json'));
    expect(root.ok && (await read(picture('green'))).err.includes(encodeHex(root.value.publicKey))).toBe(
      true,
    );
  });

  it('that is missing, unreachable or spoilt ends with 2', async () => {
    const spoilt = join(folder, 'spoilt.json');
    await writeFile(spoilt, demo.trustText().replace('Lindenhof', 'Lindenhog'));
    for (const [source, why] of [
      [join(folder, 'none.json'), 'ENOENT'],
      ['http://127.0.0.1:9/', 'no trust from'],
      [spoilt, 'trust-signature'],
    ] as const) {
      const { code, err } = await runCommand(readCommand, '--trust', source, picture('green'));
      expect([code, err.includes(why)]).toEqual([2, true]);
    }
  });
});

it.each([
  [[]],
  [['--root', 'abc', 'x.png']],
  [['--direction', 'up', 'x.png']],
  [['--gate', 'gate-9', 'x.png']],
  [['--at', 'noon', 'x.png']],
  [['--colour', 'green']],
])('refuses %j as wrong arguments', async (args) => {
  const { code, out } = await read(...args);
  expect([code, out]).toEqual([2, '']);
});

it('explains itself', async () => {
  const { code, out } = await runCommand(readCommand, '--help');
  expect([code, out]).toEqual([0, readCommand.usage]);
});
