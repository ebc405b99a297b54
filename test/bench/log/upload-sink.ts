// A server that reads what it is sent and answers: the product's HTTP stack with nothing behind it. Says its port, and ends
// with whoever started it.

import { Hono } from 'hono';
import { LOOPBACK, listen } from '../../../src/server/listen.ts';

export async function main(): Promise<number> {
  const app = new Hono();
  app.post('/upload', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  const listener = await listen(() => ({ fetch: app.fetch, headers: {} }), {
    host: LOOPBACK,
    port: 0,
    mayMove: true,
    tls: null,
  });
  console.log(`http://${LOOPBACK}:${listener.port}`);
  await new Promise((resolve) => process.stdin.resume().once('end', resolve));
  await listener.close();
  return 0;
}
