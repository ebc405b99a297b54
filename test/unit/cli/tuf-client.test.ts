// gatelight tuf-client over real HTTP and in a real folder.

import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tufClientCommand } from '../../../src/cli/tuf-client.ts';
import { openHttpFetch } from '../../../src/cli/tuf-http-fetch.ts';
import { utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { createTufSigner, TufRepository, type TufSigner, tufSignerOf } from '../../support/tuf-repository.ts';
import { sendWithoutEnd, startTufServer, type TufServer, trickle } from '../../support/tuf-server.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let repository: TufRepository;
let server: TufServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuf-client-'));
  repository = await TufRepository.open(Math.floor(Date.now() / 1000));
  await repository.addFile('rules/one.json', utf8ToBytes('rules 1'));
  await repository.publishAll();
  await writeFile(join(folder, 'first.json'), repository.metadata('1.root.json'));
  server = await startTufServer(repository.served);
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const metadataDir = () => join(folder, 'metadata');
const run = (...args: string[]) => runCommand(tufClientCommand, '--metadata-dir', metadataDir(), ...args);
const init = (...args: string[]) => run('init', join(folder, 'first.json'), ...args);
const refresh = (...args: string[]) => run('--metadata-url', server.metadataUrl, 'refresh', ...args);
const download = (name: string) =>
  run(
    ...['--metadata-url', `${server.metadataUrl}/`, '--target-base-url', `${server.targetsUrl}/`],
    ...['--target-dir', join(folder, 'targets'), '--target-name', name, 'download'],
  );

describe('init, refresh, download', () => {
  it('begins with a root and asks nobody', async () => {
    await server.close();
    expect(await init()).toMatchObject({ code: 0 });
    expect(await readdir(metadataDir())).toEqual(['root.json']);
    server = await startTufServer(repository.served);
  });

  it('keeps the bytes of each role as they came', async () => {
    await init();
    expect(await refresh()).toMatchObject({ code: 0, err: '' });
    expect((await readdir(metadataDir())).sort()).toEqual([
      'root.json',
      'snapshot.json',
      'targets.json',
      'timestamp.json',
    ]);
    expect(new Uint8Array(await readFile(join(metadataDir(), 'timestamp.json')))).toEqual(
      repository.metadata('timestamp.json'),
    );
  });

  it('downloads a file, and does not ask for it again', async () => {
    await init();
    expect(await download('rules/one.json')).toMatchObject({ code: 0, err: '' });
    const path = [...repository.served.keys()].find((one) => one.startsWith('targets/')) ?? '';
    repository.served.delete(path);
    expect(await download('rules/one.json')).toMatchObject({ code: 0, err: '' });
    expect(await readFile(join(folder, 'targets', 'rules%2Fone.json'), 'utf8')).toBe('rules 1');
    await writeFile(join(folder, 'targets', 'rules%2Fone.json'), 'spoilt');
    const again = await download('rules/one.json');
    expect(again.code).toBe(1);
    expect(again.err).toContain('not-found');
  });

  it('says what was refused and why', async () => {
    expect((await refresh()).err).toContain('root.json: no-root');
    await init();
    repository.served.set('metadata/timestamp.json', utf8ToBytes('<html>'));
    const answer = await refresh();
    expect(answer.code).toBe(1);
    expect(answer.err).toContain('timestamp.json: not-json');
    expect((await download('other')).code).toBe(1);
  });

  it('says that nobody answers', async () => {
    await init();
    await server.close();
    const answer = await refresh();
    expect(answer.code).toBe(1);
    expect(answer.err).toMatch(/root\.json: unreachable: .*ECONNREFUSED/);
    server = await startTufServer(repository.served);
  });

  it('refuses another root than the one that it began with', async () => {
    await init();
    await writeFile(
      join(folder, 'first.json'),
      await repository.sign('root', repository.signers.root.slice(1)),
    );
    const answer = await init();
    expect(answer.code).toBe(1);
    expect(answer.err).toContain('other-root');
  });

  it.each([
    [['refresh']],
    [['--metadata-url', 'http://x', 'refresh', 'more']],
    [['init']],
    [[]],
    [['renew']],
    [['constructor']],
    [['--metadata-url', 'http://x', 'download']],
  ])('takes %j for wrong arguments', async (args) => {
    expect((await run(...args)).code).toBe(2);
  });
});

describe('the network', () => {
  it('endless data: stops reading at the limit', async () => {
    const sent = new Promise<number>((resolve) => {
      server.misdeeds.set('metadata/timestamp.json', (response) => sendWithoutEnd(response, resolve));
    });
    await init();
    const answer = await refresh();
    expect(answer.err).toContain('timestamp.json: too-large');
    // The limit is 4 kB; what the system's own buffers took is the rest.
    expect(await sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('slow retrieval: gives up on an answer that trickles', async () => {
    server.misdeeds.set('metadata/timestamp.json', (response) => trickle(response, 20));
    const fetch = openHttpFetch({ ...server, limitMs: 300 });
    expect(await fetch.fetch({ kind: 'metadata', path: 'timestamp.json' }, 4096)).toEqual({
      kind: 'too-slow',
    });
  });

  it('slow retrieval: gives up on an answer that never begins', async () => {
    server.misdeeds.set('metadata/timestamp.json', () => {});
    const fetch = openHttpFetch({ ...server, limitMs: 300 });
    expect(await fetch.fetch({ kind: 'metadata', path: 'timestamp.json' }, 4096)).toEqual({
      kind: 'too-slow',
    });
  });

  it('takes a broken server for one out of reach, not for one that has no newer root', async () => {
    await init();
    server.misdeeds.set('metadata/2.root.json', (response) => response.writeHead(500).end());
    expect((await refresh()).err).toContain('root.json: unreachable: HTTP status 500');
  });
});

describe('keys of kind P-256', () => {
  async function createP256Signer(): Promise<TufSigner> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const key = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: pem } };
    return tufSignerOf(key, async (message) => new Uint8Array(sign('sha256', message, privateKey)));
  }

  it('count with --p256 alone', async () => {
    repository.appoint('timestamp', [await createP256Signer()], 1);
    await repository.publish('root', 'timestamp');
    await init();
    expect((await refresh()).err).toContain('timestamp.json: too-few-signatures');
    expect(await refresh('--p256')).toMatchObject({ code: 0, err: '' });
  });

  it('count once, however the same key is written', async () => {
    const signer = await createP256Signer();
    const pem = signer.key.keyval.public.replaceAll('\n', '\r\n');
    const twin = await tufSignerOf({ ...signer.key, keyval: { public: pem } }, signer.sign);
    expect(twin.keyId).not.toBe(signer.keyId);
    repository.appoint('timestamp', [signer, twin], 2);
    await repository.publish('root', 'timestamp');
    await init();
    expect((await refresh('--p256')).err).toContain('timestamp.json: too-few-signatures');
    repository.appoint('timestamp', [signer, await createTufSigner(12)], 2);
    await repository.publish('root', 'timestamp');
    expect(await refresh('--p256')).toMatchObject({ code: 0, err: '' });
  });
});
