// A network that can be broken: stands between browser and server, and loses, replaces or delays what passes.

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Weather =
  | 'fair'
  /** Nothing listens: connections are refused. */
  | 'server-down'
  /** Every request gets a login page with status 200. */
  | 'captive-portal'
  /** The server gets the batch and answers; the answer never arrives. */
  | 'answer-lost';

export interface FaultyProxy {
  readonly port: number;
  readonly origin: string;
  setWeather(weather: Weather): Promise<void>;
  /** Hands out another service worker script, as after an update of the server's pages. */
  replaceServiceWorker(change: (script: string) => string): void;
  /** Changes the body of the next batch on its way, or all of them. */
  changeBatches(change: ((body: Buffer) => Buffer) | null): void;
  /** Loses every answer to these paths from now on; null: none. */
  lose(paths: RegExp | null): void;
  /** How many batches went through to the server, and how many answers were lost. */
  readonly passed: { batches: number; answersLost: number };
  close(): Promise<void>;
}

const LOGIN_PAGE = '<!doctype html><title>Station WiFi</title><p>Please sign in.</p>';

export async function openFaultyProxy(serverPort: number): Promise<FaultyProxy> {
  let weather: Weather = 'fair';
  let changeWorker: ((script: string) => string) | null = null;
  let changeBatch: ((body: Buffer) => Buffer) | null = null;
  let lostPaths: RegExp | null = null;
  const passed = { batches: 0, answersLost: 0 };
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const isBatch = incoming.method === 'POST' && /\/batches$/.test(incoming.url ?? '');
    const sent = await readAll(incoming);
    if (weather === 'captive-portal') {
      outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end(LOGIN_PAGE);
      return;
    }
    if (lostPaths?.test(incoming.url ?? '')) {
      outgoing.writeHead(503).end();
      return;
    }
    const body = isBatch && changeBatch !== null ? changeBatch(sent) : sent;
    const headers: Record<string, string | string[] | undefined> = { ...incoming.headers };
    headers['content-length'] = String(body.length);
    if (changeWorker !== null)
      for (const name of ['if-none-match', 'if-modified-since']) delete headers[name];
    const upstream = request(
      { host: '127.0.0.1', port: serverPort, method: incoming.method, path: incoming.url, headers },
      async (answer) => {
        if (isBatch) passed.batches += 1;
        if (isBatch && weather === 'answer-lost') {
          passed.answersLost += 1;
          answer.resume();
          outgoing.destroy();
          return;
        }
        if (incoming.url === '/sw.js' && changeWorker !== null) {
          const script = changeWorker((await readAll(answer)).toString('utf8'));
          const { 'content-length': _length, etag: _etag, ...rest } = answer.headers;
          outgoing.writeHead(200, rest).end(script);
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  };

  const listen = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      const next = createServer(
        (incoming, outgoing) => void handle(incoming, outgoing).catch(() => outgoing.destroy()),
      );
      next.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      next.once('error', reject);
      next.listen(wanted, '127.0.0.1', () => {
        port = (next.address() as AddressInfo).port;
        server = next;
        resolve();
      });
    });

  const hangUp = async () => {
    const closing = server;
    server = null;
    if (closing === null) return;
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => closing.close(() => resolve()));
  };

  await listen(0);
  return {
    get port() {
      return port;
    },
    get origin() {
      return `http://localhost:${port}`;
    },
    passed,
    async setWeather(next) {
      weather = next;
      if (next === 'server-down') await hangUp();
      else if (server === null) await listen(port);
    },
    replaceServiceWorker(change) {
      changeWorker = change;
    },
    changeBatches(change) {
      changeBatch = change;
    },
    lose(paths) {
      lostPaths = paths;
    },
    close: hangUp,
  };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
