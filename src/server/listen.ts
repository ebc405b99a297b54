// The HTTP server: on the loopback interface the first free port from the wished one on, elsewhere the wished one and no
// other; limits on slow requests, the security headers also on what Node answers by itself, and a stop that lets requests
// finish.

import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { TlsFiles } from './tls-files.ts';

export interface Listener {
  readonly port: number;
  /** Ports that were busy before this one was free. */
  readonly busyPorts: readonly number[];
  close(): Promise<void>;
}

export interface ListenPlace {
  /** An address of this machine. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether the next free port will do where that one is busy. */
  readonly mayMove: boolean;
  /** Null: plain HTTP. */
  readonly tls: TlsFiles | null;
}

export interface Answering extends Pick<Parameters<typeof createAdaptorServer>[0], 'fetch'> {
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

export const LOOPBACK = '127.0.0.1';
const MAX_PORT_TRIES = 20;
const REQUEST_LIMIT_MS = 30_000;
const FINISH_LIMIT_MS = 5_000;
const IDLE_LOOK_MS = 20;

/** The app is made once the port is known. Throws where no port is free. */
export async function listen(
  appAt: (port: number) => Answering,
  { host, port: wishedPort, mayMove, tls }: ListenPlace,
): Promise<Listener> {
  let made: Answering | null = null;
  const app = () => {
    made ??= appAt(portOf(server));
    return made;
  };
  const server = createServer((...request) => app().fetch(...request), tls);
  server.requestTimeout = REQUEST_LIMIT_MS;
  server.headersTimeout = REQUEST_LIMIT_MS / 2;
  server.prependListener('request', (_, response) => {
    for (const [name, value] of Object.entries(app().headers)) response.setHeader(name, value);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy();
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    const headers = Object.entries(app().headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${headers.join('')}\r\n`);
  });

  const tries = mayMove ? MAX_PORT_TRIES : 1;
  const busyPorts: number[] = [];
  for (let port = wishedPort; busyPorts.length < tries; port++) {
    const isFree = port === 0 || host !== LOOPBACK || !(await isTakenOnIpv6(port));
    if (isFree && (await tryListen(server, host, port))) {
      app();
      return { port: portOf(server), busyPorts, close: () => stop(server) };
    }
    busyPorts.push(port);
  }
  const named =
    tries === 1
      ? `port ${wishedPort} of ${host} is`
      : `ports ${wishedPort} to ${wishedPort + tries - 1} are all`;
  throw new Error(`${named} busy: choose another with --port`);
}

function createServer(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  tls: TlsFiles | null,
): Server {
  if (tls === null) return createAdaptorServer({ fetch, createServer: createHttpServer }) as Server;
  const serverOptions = tls.read();
  const server = createAdaptorServer({ fetch, createServer: createHttpsServer, serverOptions });
  const secure = server as ReturnType<typeof createHttpsServer>;
  secure.once(
    'close',
    tls.watch((changed) => secure.setSecureContext(changed)),
  );
  return secure;
}

function tryListen(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error);
    server.once('error', onError);
    server.listen({ port, host }, () => {
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
