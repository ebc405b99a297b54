// One server to a data folder, whatever was killed before; and the port when the wished one is busy.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderInUse, takeDataFolder } from '../../../src/server/data-folder.ts';
import { LOOPBACK, listen } from '../../../src/server/listen.ts';
import { startMarkOf } from '../../../src/server/processes.ts';
import { securityHeaders } from '../../../src/server/security-headers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a data folder', () => {
  it('is taken once, given back, and made where it is missing', () => {
    const path = join(folder, 'deep', 'data');
    const taken = takeDataFolder(path);
    expect(() => takeDataFolder(path)).toThrow(FolderInUse);
    taken.release();
    takeDataFolder(path).release();
    expect(existsSync(join(path, 'server.lock'))).toBe(false);
  });

  it('is refused while another living process has it, with its number', async () => {
    const other = spawn('sleep', ['60']);
    try {
      await once(other, 'spawn');
      const pid = other.pid ?? 0;
      await writeFile(join(folder, 'server.lock'), `${pid}\n${startMarkOf(pid)}\n`);
      expect(() => takeDataFolder(folder)).toThrow(`process ${pid}`);
    } finally {
      other.kill();
    }
  });

  it('is taken over from a process that is gone, and from one whose number now is a stranger’s', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    for (const lock of [`${gone.pid}\nlong ago\n`, `${process.ppid}\nanother start\n`, '', 'nonsense']) {
      await writeFile(join(folder, 'server.lock'), lock);
      takeDataFolder(folder).release();
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a listener', () => {
  const HEADERS = securityHeaders({ text: 'http://localhost:4173', authority: 'localhost:4173' });
  const at = (port: number) => ({ host: LOOPBACK, port, mayMove: true, tls: null });
  const app = new Hono().get('/', (c) => c.text('here'));
  const busy = async (host: string): Promise<Server> => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    return server;
  };

  it('moves on from a busy port and says so', async () => {
    const server = await busy('127.0.0.1');
    const { port } = server.address() as AddressInfo;
    const listener = await listen(() => ({ fetch: app.fetch, headers: HEADERS }), at(port));
    expect(listener.port).toBeGreaterThan(port);
    expect(listener.busyPorts[0]).toBe(port);
    expect(await (await fetch(`http://127.0.0.1:${listener.port}/`)).text()).toBe('here');
    await listener.close();
    server.close();
  });

  it('answers what is no HTTP with the security headers too', async () => {
    const listener = await listen(() => ({ fetch: app.fetch, headers: HEADERS }), at(0));
    const socket = connect(listener.port, '127.0.0.1').setEncoding('utf8');
    socket.write('NONSENSE\r\n\r\n');
    const [text] = await once(socket, 'data');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/Content-Security-Policy: default-src 'none'/);
    await listener.close();
  });

  it('lets a request finish before it closes', async () => {
    let finish: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = new Hono().get('/', async (c) => {
      await held;
      return c.text('finished');
    });
    const listener = await listen(() => ({ fetch: slow.fetch, headers: HEADERS }), at(0));
    const answer = fetch(`http://127.0.0.1:${listener.port}/`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = listener.close();
    finish();
    expect(await (await answer).text()).toBe('finished');
    await closed;
    await expect(fetch(`http://127.0.0.1:${listener.port}/`)).rejects.toThrow();
  });
});
