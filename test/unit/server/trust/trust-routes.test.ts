// Every route of trust as a tablet asks it: what comes is what was signed, how it may be kept, and nothing else comes.

import { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { verifySettings } from '../../../../src/core/trust/settings/signed-settings.ts';
import { verifyTime } from '../../../../src/core/trust/signed-time.ts';
import { verifyStatusToken } from '../../../../src/core/trust/status/status-token.ts';
import { openSiteTrust, type SiteTrust } from '../../../../src/server/trust/site-trust.ts';
import { createTestStation, type TestStation } from '../../../support/test-station.ts';
import { TEST_LIST } from '../../../support/test-trust.ts';
import { listUri } from '../../../support/trust-house.ts';
import { trustRoutesApp } from '../../../support/trust-routes-app.ts';

const NOW = Date.UTC(2026, 2, 2, 12) / 1000;
const FOREVER = 'public, max-age=31536000, immutable';
const NONCE = '000102030405060708090a0b0c0d0e0f';

let station: TestStation;
let trust: SiteTrust;
let api: Hono;
let nowSeconds: number;

beforeEach(async () => {
  nowSeconds = NOW;
  station = await createTestStation(NOW);
  trust = await openSiteTrust(station.parts, {
    engine: await chooseEngine(),
    nowSeconds: () => nowSeconds,
    say: () => {},
  });
  api = new Hono().route('/api', trustRoutesApp({ trust, nowMs: () => nowSeconds * 1000 + 999 }));
});

const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());
const ask = (path: string, headers: Record<string, string> = {}) => api.request(path, { headers });

async function expectKept(path: string, caching: string): Promise<void> {
  const answer = await ask(path);
  expect([path, answer.status, answer.headers.get('Cache-Control')]).toEqual([path, 200, caching]);
  const etag = answer.headers.get('ETag') ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const again = await ask(path, { 'If-None-Match': etag });
  expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', etag]);
  expect((await ask(path, { 'If-None-Match': '"another"' })).status).toBe(200);
}

describe('the repository', () => {
  it('is handed out byte for byte, each file under its name, and kept as long as its name allows', async () => {
    const { files } = station.house.desk.publishedFolder;
    const targets = Object.entries<{ readonly hashes: { readonly sha256: string } }>(
      JSON.parse(new TextDecoder().decode(files.get('2.targets.json'))).signed.targets,
    ).map(([name, { hashes }]) => name.replace(/[^/]+$/, (last) => `${hashes.sha256}.${last}`));
    expect(targets).toHaveLength(4);
    const metadata = ['1.root.json', '2.root.json', 'timestamp.json', '2.snapshot.json', '2.targets.json'];
    const current = [...metadata, ...targets];
    for (const name of current) {
      expect([name, await bytesOf(await ask(`/api/trust/${name}`))]).toEqual([name, files.get(name)]);
      await expectKept(`/api/trust/${name}`, name === 'timestamp.json' ? 'no-cache' : FOREVER);
    }
  });

  it.each([
    '/api/trust',
    '/api/trust/',
    '/api/trust/3.root.json',
    '/api/trust/9.snapshot.json',
    '/api/trust/snapshot.json',
    '/api/trust/issuers.json',
    '/api/trust/rulesets/',
    '/api/trust/.part',
    '/api/trust/..%2fstaged%2ftargets.json',
    '/api/trust/%2e%2e/keys/server.json',
    '/api/trust/rulesets/../timestamp.json/',
  ])('has nothing at %s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
  });

  it('says so in a form that nobody keeps', async () => {
    const answer = await ask('/api/trust/3.root.json');
    expect([await answer.json(), answer.headers.get('Cache-Control')]).toEqual([
      { error: 'not-found' },
      'no-store',
    ]);
  });

  it('never hands out what only lies in the folder', async () => {
    const folder = station.house.desk.publishedFolder;
    await folder.write('9.targets.json', utf8ToBytes('{}'));
    await folder.write('.0a1b.part', utf8ToBytes('half'));
    expect((await ask('/api/trust/9.targets.json')).status).toBe(404);
    expect((await ask('/api/trust/.0a1b.part')).status).toBe(404);
  });

  it('is the new one at the next request, and still has the files of the one before', async () => {
    const { desk, issuersById } = station.house;
    const before = (await (await ask('/api/trust/timestamp.json')).json()).signed.meta['snapshot.json']
      .version;
    issuersById.clear();
    await station.house.publish();
    const { signed } = await (await ask('/api/trust/timestamp.json')).json();
    expect(signed.meta['snapshot.json'].version).toBe(before + 1);
    for (const version of [before, before + 1])
      expect((await ask(`/api/trust/${version}.snapshot.json`)).status).toBe(200);
    expect(desk.publishedFolder.files.has('1.targets.json')).toBe(true);
    expect((await ask('/api/trust/1.targets.json')).status).toBe(404);
  });
});

describe('the settings', () => {
  it('are signed by the key that servers.json names', async () => {
    const answer = await ask('/api/settings');
    expect(answer.headers.get('Content-Type')).toBe('application/cose');
    const verified = await verifySettings(await bytesOf(answer), [trust.inUse.server], await chooseEngine());
    expect(verified).toMatchObject({ ok: true, value: { settings: { version: NOW, issuedAt: NOW } } });
    await expectKept('/api/settings', 'no-cache');
  });
});

describe('a status list', () => {
  const path = `/api/status/test-issuer/${TEST_LIST}`;

  it('is the token of its issuer', async () => {
    const answer = await ask(path);
    expect(answer.headers.get('Content-Type')).toBe('application/statuslist+cwt');
    const { publicKey } = station.house.signers.status;
    const expected = { uri: listUri('test-issuer'), keys: [publicKey], held: null, nowSeconds: NOW };
    const token = await verifyStatusToken(await bytesOf(answer), expected, await chooseEngine());
    expect(token).toMatchObject({ ok: true, value: { issuedAt: NOW } });
    await expectKept(path, 'no-cache');
  });

  it.each([
    '/api/status/test-issuer/8',
    '/api/status/other-issuer/7',
    '/api/status/test-issuer/07',
    '/api/status/test-issuer/-7',
    '/api/status/test-issuer/7.0',
    '/api/status/..%2ftest-issuer/7',
    '/api/status/test-issuer',
    '/api/status/__proto__/7',
  ])('%s is none', async (other) => {
    expect((await ask(other)).status).toBe(404);
  });

  it('is none once it has ended', async () => {
    nowSeconds = NOW + 7 * 86_400;
    expect((await ask(path)).status).toBe(404);
  });
});

describe('the time', () => {
  const engineAndKeys = async () => [[station.house.signers.time.publicKey], await chooseEngine()] as const;
  const nonce = Uint8Array.from({ length: 16 }, (_, at) => at);

  it('is this second, for this asker', async () => {
    const answer = await ask(`/api/time?nonce=${NONCE}`);
    expect([answer.headers.get('Content-Type'), answer.headers.get('Cache-Control')]).toEqual([
      'application/cose',
      'no-store',
    ]);
    const bytes = await bytesOf(answer);
    const [keys, engine] = await engineAndKeys();
    expect(await verifyTime(bytes, nonce, keys, engine)).toEqual({ ok: true, value: NOW });
    expect(await verifyTime(bytes, nonce.toReversed(), keys, engine)).toMatchObject({
      error: 'time-other-nonce',
    });
  });

  it.each(['', '?nonce=', `?nonce=${NONCE}00`, `?nonce=${NONCE.slice(2)}`, `?nonce=${'zz'.repeat(16)}`])(
    'is not signed for %j',
    async (query) => {
      const answer = await ask(`/api/time${query}`);
      expect([answer.status, await answer.json()]).toEqual([400, { error: 'bad-nonce' }]);
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
    },
  );
});

describe('the site', () => {
  it('says its name, and which settings are not applied as they were chosen', async () => {
    expect(await (await ask('/api/site')).json()).toEqual({
      id: 'lindenhof',
      name: 'Lindenhof station',
      clippings: [],
    });
    await station.editSettings(
      { byColour: { green: 'admit', yellow: 'admit', red: 'refuse' } },
      { name: 'Lindenhof main station' },
    );
    await trust.look();
    const answer = await ask('/api/site');
    expect(await answer.json()).toEqual({
      id: 'lindenhof',
      name: 'Lindenhof main station',
      clippings: [{ place: 'policy.byColour.yellow', asked: 'admit', used: 'check' }],
    });
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });
});
