// Stands between a browser and the real server at one address that stays, and does what networks do: loses answers, answers
// instead of the server, or is not there.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Faults {
  /** Lose the answers to this many batches: the server took them, the tablet does not hear of it. */
  loseBatchAnswers: number;
  /** A captive portal: 200 and a login page to every request of the interface. */
  isCaptive: boolean;
  /** The link is up and nobody answers: connections are cut. */
  isServerDown: boolean;
  /** Answer batches with this status and no receipt instead of passing them on; null: pass them on. */
  batchStatus: number | null;
}

export interface FaultProxy {
  readonly port: number;
  readonly faults: Faults;
  /** How many batches reached the server. */
  readonly batchesPassed: number;
  /** Where the server is now. */
  pointTo(port: number): void;
  close(): Promise<void>;
}

const PORTAL_PAGE = '<!doctype html><title>Welcome to Lindenhof WiFi</title><h1>Please sign in</h1>';

export async function openFaultProxy(serverPort: number, port = 0): Promise<FaultProxy> {
  const faults: Faults = { loseBatchAnswers: 0, isCaptive: false, isServerDown: false, batchStatus: null };
  let target = serverPort;
  let batchesPassed = 0;
  const sockets = new Set<Socket>();

  const server = createServer((request, response) => {
    const isInterface = request.url?.startsWith('/api/') === true;
    const isBatch = request.method === 'POST' && request.url?.endsWith('/batches') === true;
    if (faults.isServerDown) return void request.socket.destroy();
    if (faults.isCaptive && isInterface) {
      return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(PORTAL_PAGE);
    }
    if (isBatch && faults.batchStatus !== null) return void response.writeHead(faults.batchStatus).end();
    if (isBatch) batchesPassed++;
    passOn(target, request, response, () => {
      if (!isBatch || faults.loseBatchAnswers === 0) return true;
      faults.loseBatchAnswers--;
      return false;
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );

  return {
    port: (server.address() as AddressInfo).port,
    faults,
    get batchesPassed() {
      return batchesPassed;
    },
    pointTo: (next) => {
      target = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function passOn(
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
  mayAnswer: () => boolean,
): void {
  const { method, url: path, headers } = request;
  const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    if (!mayAnswer()) {
      answer.resume();
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.once('error', () => response.destroy());
  });
  onward.once('error', () => request.socket.destroy());
  response.once('close', () => onward.destroy());
  request.pipe(onward);
}
