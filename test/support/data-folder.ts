// A server's data folder as far as trust goes, written from what a house hands out; and a server that hands out the same.

import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { Handed } from './trust-house.ts';

/** What lay there before is gone. */
export async function writeDataFolder(folder: string, handed: Handed): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, bytes] of dataFiles(handed)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

/** The origin, and how to close it. */
export async function serveHanded(handed: Handed): Promise<{ origin: string; close(): Promise<void> }> {
  const filesByUrl = new Map<string, Bytes>();
  for (const [path, bytes] of handed.files) filesByUrl.set(`/api/trust/${path}`, bytes);
  for (const [place, bytes] of handed.listsByPlace) filesByUrl.set(`/api/status/${place}`, bytes);
  if (handed.settings !== null) filesByUrl.set('/api/settings', handed.settings);
  const server = createServer((request, response) => {
    const bytes = filesByUrl.get(request.url ?? '');
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function dataFiles({ files, settings, listsByPlace }: Handed): ReadonlyMap<string, Bytes> {
  const all = new Map<string, Bytes>();
  for (const [path, bytes] of files) all.set(`trust/published/${path}`, bytes);
  for (const [place, bytes] of listsByPlace) all.set(`lists/${place}.cwt`, bytes);
  if (settings !== null) all.set('settings.cose', settings);
  return all;
}
