// Who may come by the operator's door: whoever has its token, on this machine, by a name of this machine.

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jsonOf, openOperator } from '../../../src/cli/operator.ts';
import { createOperatorDoor, type OperatorAddress } from '../../../src/server/operator-door.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const readAddress = async () =>
  JSON.parse(await readFile(join(folder, 'operator.json'), 'utf8')) as OperatorAddress;

it.each([
  [{}, true],
  [{ remoteAddress: undefined }, true],
  [{ remoteAddress: '::1' }, true],
  [{ remoteAddress: '::ffff:127.0.0.1' }, true],
  [{ remoteAddress: '192.0.2.7' }, false],
  [{ remoteAddress: '2001:db8::1' }, false],
  [{ host: 'gate.example' }, false],
  [{ host: '127.0.0.1.example:4173' }, false],
  [{ authorization: undefined }, false],
  [{ authorization: 'Bearer ' }, false],
  [{ authorization: `Bearer ${'0'.repeat(64)}` }, false],
])('%j: %s', async (change, isOperator) => {
  const door = createOperatorDoor(folder);
  await door.open(4173);
  const { token } = await readAddress();
  const request = { authorization: `Bearer ${token}`, host: '127.0.0.1:4173', remoteAddress: '127.0.0.1' };
  expect(door.isOperator({ ...request, ...change })).toBe(isOperator);
});

it('a token ends with its server, and its file is readable by its owner alone', async () => {
  const first = createOperatorDoor(folder);
  await first.open(4173);
  const { token } = await readAddress();
  expect((await stat(join(folder, 'operator.json'))).mode & 0o777).toBe(0o600);
  await first.close();
  await expect(readAddress()).rejects.toThrow('ENOENT');
  const request = { authorization: `Bearer ${token}`, host: 'localhost:4173', remoteAddress: '127.0.0.1' };
  expect(createOperatorDoor(folder).isOperator(request)).toBe(false);
});

it('a command says so where no server runs', async () => {
  await expect(openOperator(folder)).rejects.toThrow('no server runs on the data folder');
  await createOperatorDoor(folder).open(9);
  const operator = await openOperator(folder);
  await expect(operator.ask('GET', '/health')).rejects.toThrow('no server runs on the data folder');
});

it('an answer is JSON, or a sentence with the code', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(jsonOf({ status: 200, bytes: bytes('{"a":1}') })).toEqual({ a: 1 });
  expect(jsonOf({ status: 204, bytes: bytes('') })).toBeNull();
  expect(() => jsonOf({ status: 404, bytes: bytes('{"error":"unknown-site"}') })).toThrow('unknown-site');
});
