// Asks a server of a test as its operator does: by the token in its data folder.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OPERATOR_FILE, type OperatorAddress } from '../../src/server/operator-door.ts';

/** `path` without /api; JSON in, where there is any. */
export async function askAsOperator(
  dataDir: string,
  method: string,
  path: string,
  json?: unknown,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const { origin, token } = JSON.parse(
    await readFile(join(dataDir, OPERATOR_FILE), 'utf8'),
  ) as OperatorAddress;
  const answer = await fetch(`${origin}/api${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? null : JSON.parse(text) };
}
