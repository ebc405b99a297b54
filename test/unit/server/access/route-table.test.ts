// Every route, asked by everybody who has no business there: nobody, a tablet that was revoked, another site's tablet,
// another site's manager, a viewer. The table is made of the routes as they were declared; what a row must answer
// follows from who may come.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceSigner } from '../../../../src/core/identity/device-key.ts';
import type { RouteRow } from '../../../../src/server/access/guarded-routes.ts';
import { createApiRoutes } from '../../../../src/server/api-routes.ts';
import { createApp } from '../../../../src/server/app.ts';
import { SESSION_COOKIE } from '../../../../src/server/managers/sessions.ts';
import { type EnrolledTablet, enrolOver, fieldsFor } from '../../../support/enrolled-tablet.ts';
import { NO_TOOLS } from '../../../support/no-tools.ts';
import { askAsOperator } from '../../../support/operator-fetch.ts';
import { kiosk } from '../../../support/site-house.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import { testEd25519Device } from '../../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../../support/test-server.ts';
import { createTestStation } from '../../../support/test-station.ts';
import { TEST_SITE } from '../../../support/test-trust.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12);
const SITE = TEST_SITE.id;
const GATE = TEST_SITE.gates[0]?.id ?? '';
const OTHER_SITE = 'kiosk';
const PASSWORD = 'a long enough password';

const { rows } = createApiRoutes(NO_TOOLS);
const nameOf = ({ method, path }: Pick<RouteRow, 'method' | 'path'>) => `${method} ${path}`;

/** Whoever adds a route that is open to all must say so here. */
const OPEN = [
  'DELETE /session',
  'GET /enrolments/open',
  'GET /health',
  'GET /settings',
  'GET /site',
  'GET /sites',
  'GET /sites/:site/settings',
  'GET /status/:issuer/:list',
  'GET /time',
  'GET /trust/*',
  'POST /enrolments/claim',
  'POST /enrolments/word',
  'POST /join',
  'POST /join/look',
  'POST /join/passkey-options',
  'POST /session',
  'POST /session/passkey',
  'POST /session/passkey-options',
];

const ASKERS = ['nobody', 'revoked tablet', 'other tablet', 'other manager', 'viewer'] as const;
type Asker = (typeof ASKERS)[number];

let server: TestServer;
let nowMs = NOW_MS;
let revoked: EnrolledTablet;
let otherTablet: EnrolledTablet;
let device: string;
let enrolment: string;
let cookies: Readonly<Record<'other manager' | 'viewer', string>>;

const operator = async (method: string, path: string, json?: unknown): Promise<unknown> => {
  const answer = await askAsOperator(server.dataDir, method, path, json);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.json;
};
const pageHeaders = () => ({ Origin: server.origin, 'Content-Type': 'application/json' });
const cookieOf = (answer: Response): string =>
  new RegExp(`${SESSION_COOKIE}=[0-9a-f]+`).exec(answer.headers.get('Set-Cookie') ?? '')?.[0] ?? '';

async function join(name: string, site: string, role: 'manager' | 'viewer'): Promise<string> {
  const { link } = (await operator('POST', '/managers', { sites: [{ site, role }] })) as { link: string };
  const token = link.split('#join=')[1];
  const answer = await fetch(`${server.origin}/api/join`, {
    method: 'POST',
    headers: pageHeaders(),
    body: JSON.stringify({ token, name, password: PASSWORD }),
  });
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}

beforeAll(async () => {
  const station = await createTestStation(NOW_MS / 1000);
  station.house.servers = [station.house.serverEntry(), station.house.serverEntry({ site: '*' })];
  await station.house.publish();
  server = await startTestServer({ station, nowMs: () => nowMs });
  await operator('POST', '/sites', kiosk({ id: OTHER_SITE }));
  const enrol = (site: string, gate: string, signer: DeviceSigner) =>
    enrolOver(server, { site, gate }, signer);
  revoked = await enrol(SITE, GATE, await testEd25519Device(1));
  await operator('POST', `/sites/${SITE}/devices/${revoked.device}/revoke`);
  nowMs += 60_000;
  ({ device } = await enrol(SITE, GATE, await testEd25519Device(2)));
  otherTablet = await enrol(OTHER_SITE, 'door', await testEd25519Device(3));
  ({ id: enrolment } = (await operator('POST', `/sites/${SITE}/enrolments`, { gate: GATE })) as {
    id: string;
  });
  cookies = {
    'other manager': await join('Olga', OTHER_SITE, 'manager'),
    viewer: await join('Vera', SITE, 'viewer'),
  };
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

const filled = (path: string): string => {
  const values: Readonly<Record<string, string>> = { site: SITE, device, id: enrolment, gate: GATE };
  return path.replace('*', 'timestamp.json').replace(/:(\w+)/g, (_, name: string) => values[name] ?? '0');
};

/** "401 signed-out", or the status alone. */
async function ask(row: RouteRow, asker: Asker): Promise<string> {
  // A minute later: what is slowed down for one asker is not for the next.
  nowMs += 60_000;
  const target = `/api${filled(row.path)}`;
  const isReading = row.method === 'GET';
  const tablet = asker === 'revoked tablet' ? revoked : asker === 'other tablet' ? otherTablet : null;
  const body = isReading || tablet !== null ? '' : '{}';
  const type = row.path.endsWith('/batches') ? 'application/cbor' : 'application/json';
  const signed = tablet === null ? {} : await fieldsFor(tablet, { method: row.method, target }, nowMs / 1000);
  const cookie = asker === 'viewer' || asker === 'other manager' ? { Cookie: cookies[asker] } : {};
  const stop = new AbortController();
  const answer = await fetch(server.origin + target, {
    method: row.method,
    headers: { ...pageHeaders(), 'Content-Type': type, ...signed, ...cookie },
    ...(body !== '' && { body }),
    signal: stop.signal,
  });
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json') === true;
  const json: unknown = isJson ? await answer.json() : null;
  // Some answers never end.
  stop.abort();
  const error = typeof json === 'object' && json !== null && 'error' in json ? ` ${String(json.error)}` : '';
  return `${answer.status}${error}`;
}

const IN = 'let in';
const RANKS: readonly RouteRow['who'][] = ['viewer', 'manager', 'owner'];

/** What a gatekeeper must answer; null for routes that are open to all. */
function expectedOf({ path, who }: RouteRow, asker: Asker): string | null {
  if (who === 'anyone') return null;
  const isTablet = asker === 'revoked tablet' || asker === 'other tablet';
  if (who === 'tablet') {
    if (!isTablet) return '401 field-missing';
    return asker === 'revoked tablet' ? '403 device-revoked' : '401 signature-wrong';
  }
  if (isTablet || asker === 'nobody') return '401 signed-out';
  const isOfSite = path.includes(':site');
  if (isOfSite && asker === 'other manager') return '404 unknown-site';
  const rank = asker === 'viewer' ? 0 : 1;
  return rank >= RANKS.indexOf(who) ? IN : '403 not-allowed';
}

const REFUSALS = [
  'signed-out',
  'not-allowed',
  'unknown-site',
  'foreign-page',
  'field-missing',
  'signature-wrong',
];
const isLetIn = (answer: string) => !REFUSALS.some((code) => answer.endsWith(` ${code}`));

describe('the table', () => {
  it('has every route that the server answers', () => {
    const served = createApp(NO_TOOLS)
      .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path.slice('/api'.length)}`);
    expect(new Set(served)).toEqual(new Set(rows.map(nameOf)));
    expect(new Set(rows.map(nameOf)).size).toBe(rows.length);
  });

  it('has nothing that is open to all but what is meant to be', () => {
    const open = rows.filter(({ who }) => who === 'anyone').map(nameOf);
    expect(open.sort()).toEqual([...OPEN].sort());
  });

  it('names the site of whatever belongs to one', () => {
    const tablets = rows.filter(({ who }) => who === 'tablet');
    expect(tablets.length).toBeGreaterThan(5);
    expect(tablets.filter(({ path }) => !path.startsWith('/sites/:site/'))).toEqual([]);
  });
});

describe.each(rows.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
  it(`answers ${row.who} alone`, async () => {
    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const asker of ASKERS) {
      // Whoever signs out is not there any more.
      if (nameOf(row) === 'DELETE /session' && asker in cookies) continue;
      const answer = await ask(row, asker);
      const wanted = expectedOf(row, asker);
      answers[asker] = wanted === IN || wanted === null ? (isLetIn(answer) ? IN : answer) : answer;
      expected[asker] = wanted ?? IN;
    }
    expect(answers).toEqual(expected);
  });
});

it('and nothing has changed by all that', async () => {
  expect(await operator('GET', `/sites/${SITE}/devices`)).toMatchObject({
    devices: [
      { device: revoked.device, state: 'revoked' },
      { device, state: 'in-service', isPinResetOrdered: false },
    ],
  });
  expect(await operator('GET', `/sites/${SITE}/enrolments/${enrolment}`)).toMatchObject({ digits: null });
  expect(await operator('GET', '/sites')).toMatchObject({ sites: [{ id: SITE }, { id: OTHER_SITE }] });
  expect(await operator('GET', '/managers')).toMatchObject({ managers: [{}, {}] });
});
