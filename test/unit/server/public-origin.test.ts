// A server under a name of its own, by TLS: which names it answers, what its answers say, which pages may send it something,
// and how the operator still reaches it.

import { request } from 'node:https';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonOf, openOperator } from '../../../src/cli/operator.ts';
import type { Certificate } from '../../../src/server/tls-files.ts';
import { ownerHeaders } from '../../support/server-process.ts';
import { makeTestCertificate } from '../../support/test-certificate.ts';
import { closeTestCluster } from '../../support/test-database.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation } from '../../support/test-station.ts';

const ORIGIN = { text: 'https://gate.example', authority: 'gate.example' };
const made = makeTestCertificate();
const certificate: Certificate = { cert: Buffer.from(made.cert), key: Buffer.from(made.key) };
const tls = { read: () => certificate, watch: () => () => {} };

let server: TestServer;
beforeAll(async () => {
  const station = await createTestStation(Math.floor(Date.now() / 1000));
  server = await startTestServer({ station, publicOrigin: ORIGIN, tls });
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const ask = (path: string, headers: Readonly<Record<string, string>>, json?: unknown) =>
  new Promise<Answer>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        ca: made.cert,
        servername: 'localhost',
        method: json === undefined ? 'GET' : 'POST',
        headers: json === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    asked.on('error', reject).end(json === undefined ? undefined : JSON.stringify(json));
  });

it.each([
  ['gate.example', 200],
  ['localhost', 200],
  ['GATE.example', 200],
  ['gate.example.evil.example', 421],
  ['evil.example', 421],
  ['192.0.2.7', 421],
])('asked as %s it answers %i', async (host, status) => {
  const answer = await ask('/api/health', { Host: host });
  expect(answer.status).toBe(status);
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
});

it('lets the operator in by this machine, and not by the token under its public name', async () => {
  const operator = await openOperator(server.dataDir);
  const { link } = jsonOf(await operator.ask('POST', '/managers', { json: { isOwner: true } })) as {
    link: string;
  };
  expect(link).toMatch(/^https:\/\/gate\.example\/console\/#join=[0-9a-f]{32}$/);
  const { Authorization = '' } = await ownerHeaders(server.dataDir);
  expect((await ask('/api/managers', { Host: 'gate.example', Authorization })).status).toBe(401);
  expect((await ask('/api/managers', { Host: 'localhost', Authorization })).status).toBe(200);
});

it.each([
  ['https://gate.example', 'gate.example', 401],
  ['http://gate.example', 'gate.example', 403],
  ['https://gate.example', 'localhost', 403],
  ['https://evil.example', 'gate.example', 403],
])('a page of %s that sends to %s gets %i', async (Origin, Host, status) => {
  const answer = await ask('/api/session', { Host, Origin }, { name: 'ada', password: 'no such password' });
  expect(answer.status).toBe(status);
});
