// Until tablets and managers sign in, the server must not be heard by anybody else's machine.

import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { type Listener, listen } from '../../../src/server/listen.ts';

let listener: Listener | null = null;
afterEach(async () => listener?.close());

const others = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1')
  .map(({ address }) => address);

it('is heard on 127.0.0.1 alone', async () => {
  listener = await listen(() => ({ fetch: () => new Response('here') }), 0);
  const { port } = listener;
  const ask = async (host: string) => (await fetch(`http://${host}:${port}/`)).text();
  expect(await ask('127.0.0.1')).toBe('here');
  const elsewhere = process.platform === 'linux' ? [...others, '127.0.0.2'] : others;
  for (const host of elsewhere) await expect(ask(host), host).rejects.toThrow('fetch failed');
});
