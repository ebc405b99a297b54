// A repository over HTTP on this machine, and the ways in which a bad one answers.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TufServer {
  /** 'http://127.0.0.1:PORT/metadata' */
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** Answers for paths like 'metadata/timestamp.json', instead of what is served. */
  readonly misdeeds: Map<string, (response: ServerResponse) => void>;
  close(): Promise<void>;
}

export async function startTufServer(served: ReadonlyMap<string, Uint8Array>): Promise<TufServer> {
  const misdeeds: TufServer['misdeeds'] = new Map();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    const misdeed = misdeeds.get(path);
    const bytes = served.get(path);
    if (misdeed !== undefined) misdeed(response);
    else response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    metadataUrl: `${origin}/metadata`,
    targetsUrl: `${origin}/targets`,
    misdeeds,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends blanks until nobody listens any more; `onEnd` gets how many. */
export function sendWithoutEnd(response: ServerResponse, onEnd: (bytes: number) => void): void {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  const more = () => {
    while (!response.destroyed) {
      sent += chunk.length;
      if (!response.write(chunk)) return;
    }
  };
  response.on('drain', more).on('close', () => onEnd(sent));
  response.writeHead(200);
  more();
}

/** One byte at a time. */
export function trickle(response: ServerResponse, everyMs: number): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), everyMs);
  response.on('close', () => clearInterval(timer));
}
