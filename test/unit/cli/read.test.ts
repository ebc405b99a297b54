// gatelight read: the demo's samples as pictures, each to its verdict, and every way it can fail.

import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuerCommand } from '../../../src/cli/issuer.ts';
import { passCommand } from '../../../src/cli/pass.ts';
import { readCommand } from '../../../src/cli/read.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { sha256 } from '../../../src/core/bytes/sha256.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { prepareDemo } from '../../../src/server/demo/prepare-demo.ts';
import { LOOPBACK, listen } from '../../../src/server/listen.ts';
import { openSiteTrust, type SiteTrust } from '../../../src/server/trust/site-trust.ts';
import { trustRoutesApp } from '../../support/trust-routes-app.ts';
import { runCommand } from './run-command.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);

let folder: string;
let data: string;
let trust: SiteTrust;
const picture = (id: string) => join(folder, `${id}.png`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-'));
  data = join(folder, 'data');
  const demo = await prepareDemo(data, { nowSeconds, pagesFolder: folder, program: 'gatelight' });
  trust = await openSiteTrust(demo.trust, { engine: await chooseEngine(), nowSeconds, say: () => {} });
  for (const { id, text } of await demo.samplePasses()) {
    await runCommand(passCommand, 'draw', text, '--out', picture(id));
  }
  await sharp({ create: { width: 400, height: 300, channels: 3, background: '#888' } })
    .png()
    .toFile(picture('empty'));
  await writeFile(picture('no-picture'), 'not a picture');
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const read = (...args: readonly string[]) => runCommand(readCommand, '--trust', data, ...args);

async function readReason(...args: readonly string[]) {
  const { code, out } = await read('--json', ...args);
  return [code, JSON.parse(out).reason];
}

describe('each sample', () => {
  it.each([
    ['green', 0, 'admit', 'ok', '00'],
    ['yellow', 10, 'check', 'yellow', '31'],
    ['red', 20, 'refuse', 'red', '30'],
    ['expired', 20, 'refuse', 'expired', '22'],
    ['not-yet-valid', 20, 'refuse', 'not-yet-valid', '21'],
    ['forged', 20, 'refuse', 'bad-signature', '20'],
    ['unknown-issuer', 30, 'unverifiable', 'unknown-issuer', '12'],
    ['week', 0, 'admit', 'ok', '00'],
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

it('says why an issuer is unknown', async () => {
  const { out } = await read('--json', picture('unknown-issuer'));
  expect(JSON.parse(out)).toMatchObject({ reason: 'unknown-issuer', why: 'no-key' });
});

it('judges at the moment it is told', async () => {
  expect(await readReason('--at', '+13h', picture('green'))).toEqual([20, 'expired']);
  expect(await readReason('--at', '+25h', picture('not-yet-valid'))).toEqual([0, 'ok']);
  expect(await readReason('--at', '+73h', picture('week'))).toEqual([10, 'trust-stale']);
  expect(await readReason('--at', '+8d', picture('green'))).toEqual([30, 'trust-expired']);
  expect(await readReason('--at=-3h', picture('expired'))).toEqual([0, 'ok']);
});

describe('a pass that was taken back', () => {
  const takeBack = (deed: string) =>
    runCommand(
      issuerCommand,
      ...[deed, '--desk', join(data, 'issuer'), '--out', join(data, 'lists'), picture('seen-before')],
    );

  it('is refused, suspended, and admitted again', async () => {
    expect((await takeBack('revoke')).code).toBe(0);
    expect(await readReason(picture('seen-before'))).toEqual([20, 'revoked']);
    expect(await readReason(picture('green'))).toEqual([0, 'ok']);
    await takeBack('suspend');
    expect(await readReason(picture('seen-before'))).toEqual([10, 'suspended']);
    await takeBack('reinstate');
    expect(await readReason(picture('seen-before'))).toEqual([0, 'ok']);
  });

  it('is not known when its list does not come, and that is said', async () => {
    const list = join(data, 'lists/lindenhof-health/0.cwt');
    const bytes = await readFile(list);
    await truncate(list, 100);
    const { code, err, out } = await read('--json', picture('green'));
    await writeFile(list, bytes);
    expect([code, JSON.parse(out).reason]).toEqual([10, 'status-unknown']);
    expect(err).toContain('list 0 of lindenhof-health did not come');
  });
});

describe('trust', () => {
  it('is believed under the right root only, which is named where it is not pinned', async () => {
    const first = new Uint8Array(await readFile(join(data, 'trust/published/1.root.json')));
    const hash = encodeHex(await sha256(first));
    expect((await read(picture('green'))).err).toContain(`trust begins with root ${hash}`);
    const good = await read('--root', hash, picture('green'));
    expect([good.code, good.err]).toEqual([0, '']);
    const bad = await read('--root', '00'.repeat(32), picture('green'));
    expect([bad.code, bad.out]).toEqual([2, '']);
    expect(bad.err).toContain('another root');
  });

  it('comes from a server by its address', async () => {
    const app = new Hono().route('/api', trustRoutesApp({ trust, nowMs: Date.now }));
    const { port, close } = await listen(() => ({ fetch: app.fetch, headers: {} }), {
      host: LOOPBACK,
      port: 0,
      mayMove: true,
      tls: null,
    });
    try {
      const fromServer = (address: string) =>
        runCommand(readCommand, '--trust', address, '--json', picture('yellow'));
      const { code, out } = await fromServer(`http://127.0.0.1:${port}`);
      expect([code, JSON.parse(out).reason]).toEqual([10, 'yellow']);
      const elsewhere = await fromServer(`http://127.0.0.1:${port}/elsewhere`);
      expect([elsewhere.code, elsewhere.err.includes('not-found')]).toEqual([2, true]);
    } finally {
      await close();
    }
  });

  it('that is missing, unreachable or spoilt ends with 2', async () => {
    const settings = join(data, 'settings.cose');
    const bytes = await readFile(settings);
    const spoilt = Buffer.from(bytes);
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1;
    await writeFile(settings, spoilt);
    const results = [];
    for (const source of [join(folder, 'none'), 'http://127.0.0.1:9/', data])
      results.push(await runCommand(readCommand, '--trust', source, picture('green')));
    await writeFile(settings, bytes);
    expect(results.map(({ code, out }) => [code, out])).toEqual([
      [2, ''],
      [2, ''],
      [2, ''],
    ]);
    expect(results[0]?.err).toContain('not-found');
    expect(results[1]?.err).toContain('no trust from http://127.0.0.1:9/');
    expect(results[2]?.err).toContain('settings-signature');
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
