// The HTTP server on the loopback interface: the first free port from the wished one on, limits on slow requests, the
// security headers also on what Node answers by itself, and a stop that lets requests finish.

import { createServer as createHttpServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { SECURITY_HEADERS } from './security-headers.ts';

export interface Listener {
  readonly port: number;
  /** Ports that were busy before this one was free. */
  readonly busyPorts: readonly number[];
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const MAX_PORT_TRIES = 20;
const REQUEST_LIMIT_MS = 30_000;
const FINISH_LIMIT_MS = 5_000;
const IDLE_LOOK_MS = 20;

type Answering = Pick<Parameters<typeof createAdaptorServer>[0], 'fetch'>;

/** Port 0: any free one. The app is made once the port is known. Throws when 20 ports in a row are busy. */
export async function listen(appAt: (port: number) => Answering, wishedPort: number): Promise<Listener> {
  let app: Answering | null = null;
  const server = createAdaptorServer({
    fetch: (...request) => {
      app ??= appAt(portOf(server));
      return app.fetch(...request);
    },
    createServer: createHttpServer,
  }) as Server;
  server.requestTimeout = REQUEST_LIMIT_MS;
  server.headersTimeout = REQUEST_LIMIT_MS / 2;
  server.prependListener('request', (_, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy();
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    const headers = Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${headers.join('')}\r\n`);
  });

  const busyPorts: number[] = [];
  for (let port = wishedPort; busyPorts.length < MAX_PORT_TRIES; port++) {
    const isFree = port === 0 || !(await isTakenOnIpv6(port));
    if (isFree && (await tryListen(server, port))) {
      app ??= appAt(portOf(server));
      return { port: portOf(server), busyPorts, close: () => stop(server) };
    }
    busyPorts.push(port);
  }
  throw new Error(
    `ports ${wishedPort} to ${wishedPort + MAX_PORT_TRIES - 1} are all busy: choose another with --port`,
  );
}

function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error);
    server.once('error', onError);
    server.listen({ port, host: HOST }, () => {
      server.off('error', onError);
      resolve(true);
    });
  });
}

/** `localhost` may mean ::1 to a browser: a stranger who listens there would get our visitors. */
function isTakenOnIpv6(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '::1', port });
    const answer = (isTaken: boolean) => () => {
      socket.destroy();
      resolve(isTaken);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).setTimeout(500, answer(false));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return address.port;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Again and again: a connection whose last request ends now would otherwise be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  await Promise.race([closed, sleep(FINISH_LIMIT_MS, undefined, { ref: false })]);
  clearInterval(idle);
  server.closeAllConnections();
  await closed;
}
