// Who hears the server: this machine alone unless told otherwise; by TLS with a certificate that is renewed while it runs.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answering,
  type Listener,
  type ListenPlace,
  LOOPBACK,
  listen,
} from '../../../src/server/listen.ts';
import { openTlsFiles } from '../../../src/server/tls-files.ts';
import { makeTestCertificate, type TestCertificate } from '../../support/test-certificate.ts';

const HERE: Answering = { fetch: () => new Response('here'), headers: { 'X-Always': 'yes' } };
const PLAIN: ListenPlace = { host: LOOPBACK, port: 0, mayMove: true, tls: null };
let listener: Listener | null = null;
afterEach(async () => {
  await listener?.close();
  listener = null;
});

const others = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1')
  .map(({ address }) => address);

it('is heard on 127.0.0.1 alone', async () => {
  listener = await listen(() => HERE, PLAIN);
  const { port } = listener;
  const ask = async (host: string) => (await fetch(`http://${host}:${port}/`)).text();
  expect(await ask('127.0.0.1')).toBe('here');
  const elsewhere = process.platform === 'linux' ? [...others, '127.0.0.2'] : others;
  for (const host of elsewhere) await expect(ask(host), host).rejects.toThrow('fetch failed');
});

it('does not move from a port that others know it by', async () => {
  listener = await listen(() => HERE, PLAIN);
  const { port } = listener;
  await expect(listen(() => HERE, { ...PLAIN, port, mayMove: false })).rejects.toThrow(`port ${port}`);
});

describe('by TLS', () => {
  async function withFiles(run: (files: CertificateFiles) => Promise<void>) {
    const folder = await mkdtemp(join(tmpdir(), 'tls-'));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const write = async (made: TestCertificate) => {
      await writeFile(cert, made.cert);
      await writeFile(key, made.key);
    };
    try {
      await run({ cert, key, write });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('answers with the headers of every answer, and takes a renewed certificate while it runs', () =>
    withFiles(async (files) => {
      const [first, second] = [makeTestCertificate(), makeTestCertificate()];
      await files.write(first);
      const said: string[] = [];
      const tls = openTlsFiles(files.cert, files.key, (line) => said.push(line), 20);
      listener = await listen(() => HERE, { ...PLAIN, mayMove: false, tls });
      const { port } = listener;
      expect(await ask(port, first.cert)).toEqual({ text: 'here', always: 'yes' });
      await writeFile(files.cert, second.cert);
      await until(() => said.some((line) => line.includes('the old ones stay')));
      expect(await ask(port, first.cert)).toMatchObject({ text: 'here' });
      await writeFile(files.key, second.key);
      await until(() => said.some((line) => line.includes('was renewed')));
      expect(await ask(port, second.cert)).toMatchObject({ text: 'here' });
      await expect(ask(port, first.cert)).rejects.toThrow();
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    }));

  it('does not start with files that do not fit each other', () =>
    withFiles(async (files) => {
      await files.write({ ...makeTestCertificate(), key: makeTestCertificate().key });
      const tls = openTlsFiles(files.cert, files.key, () => {});
      await expect(listen(() => HERE, { ...PLAIN, tls })).rejects.toThrow('cannot be used');
    }));
});

interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  write(made: TestCertificate): Promise<void>;
}

const ask = (port: number, ca: string) =>
  new Promise<{ text: string; always: string }>((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', servername: 'localhost', port, ca, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ text, always: String(answer.headers['x-always']) }));
      },
    );
    asked.on('socket', (socket: TLSSocket) => socket.on('error', reject));
    asked.on('error', reject).end();
  });

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    if (tries > 200) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
