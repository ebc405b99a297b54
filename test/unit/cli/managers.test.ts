// gatelight managers against a server that runs: what is printed, and what is refused.

import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { managersCommand } from '../../../src/cli/managers.ts';
import { closeTestCluster, makeTestFolder } from '../../support/test-database.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTestStation } from '../../support/test-station.ts';
import { runCommand } from './run-command.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ station: await createTestStation(Math.floor(Date.now() / 1000)) });
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

const run = (...args: readonly string[]) => runCommand(managersCommand, ...args, '--data', server.dataDir);

it.each([
  [[], /say one of list, invite, roles, remove, reset/],
  [['make'], /say one of/],
  [['list', 'ada'], /list takes no name/],
  [['remove'], /remove takes one name/],
  [['invite'], /invite takes --owner/],
  [['remove', 'ada', '--owner'], /remove takes no role/],
  [['invite', '--owner', '--viewer', 'north'], /--owner alone/],
  [['invite', '--viewer', 'north', '--manager', 'north'], /one role for each site/],
  [['invite', '--viewer', '*'], /one role for each site/],
])('%j is refused', async (args, words) => {
  const ran = await run(...args);
  expect([ran.code, ran.out]).toEqual([2, '']);
  expect(ran.err).toMatch(words);
});

it('says so where no server runs', async () => {
  const folder = await makeTestFolder();
  await expect(runCommand(managersCommand, 'list', '--data', folder)).rejects.toThrow('no server runs');
  await rm(folder, { recursive: true });
});

it('invites, lists, changes, resets and removes', async () => {
  const { out } = await run('invite', '--viewer', 'lindenhof');
  expect(out).toMatch(/^http:\/\/localhost:\d+\/console\/#join=[0-9a-f]{32}\nworks once, until \d{4}-/);
  const token = /#join=([0-9a-f]+)/.exec(out)?.[1];
  const joined = await fetch(`${server.origin}/api/join`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: server.origin },
    body: JSON.stringify({ token, name: 'Ada', password: 'correct horse battery' }),
  });
  expect(joined.status).toBe(200);
  const list = async () => (await run('list')).out;
  expect(await list()).toMatch(/^ada: viewer of lindenhof; signs in by a password; since /);
  await run('roles', 'ADA', '--owner');
  expect(await list()).toMatch(/^ada: owner;/);
  await expect(run('remove', 'ada')).rejects.toThrow('last-owner');
  expect((await run('reset', 'ada')).out).toMatch(/#join=/);
  expect(await list()).toMatch(/signs in by nothing yet/);
  await expect(run('invite', '--viewer', 'nowhere')).rejects.toThrow('unknown-site');
  await expect(run('reset', 'bo')).rejects.toThrow('nobody is called "bo"');
});
