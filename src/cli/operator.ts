// The commands' way to a server that runs on this machine, by the operator's door in its data folder.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Bytes } from '../core/bytes/bytes.ts';
import { OPERATOR_FILE, type OperatorAddress } from '../server/operator-door.ts';
import { isErrorCode } from '../server/whole-file.ts';

export type OperatorContent =
  | { readonly json: unknown }
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string };

export interface OperatorAnswer {
  readonly status: number;
  readonly bytes: Bytes;
}

export interface Operator {
  /** `path` without /api. Throws a sentence where no server answers; what the server says is the answer, whatever it is. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    content?: OperatorContent,
  ): Promise<OperatorAnswer>;
}

/** For the usage of each command that comes by this door. */
export const OPERATOR_USAGE = `  --data DIR       the data folder of the running server (./data)`;

const ANSWER_WITHIN_MS = 60_000;

/** Throws a sentence where no server runs on the data folder. */
export async function openOperator(dataDir: string): Promise<Operator> {
  const folder = resolve(dataDir);
  const notRunning = (cause?: unknown) =>
    new Error(`no server runs on the data folder ${folder}: start it, or name another with --data`, {
      cause,
    });
  const { origin, token } = await readAddress(join(folder, OPERATOR_FILE), notRunning);
  return {
    async ask(method, path, content) {
      const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
      if (content !== undefined)
        headers['Content-Type'] = 'json' in content ? 'application/json' : content.type;
      let answer: Response;
      try {
        answer = await fetch(`${origin}/api${path}`, {
          method,
          headers,
          body:
            content === undefined ? null : 'json' in content ? JSON.stringify(content.json) : content.bytes,
          redirect: 'error',
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
      } catch (error) {
        throw notRunning(error);
      }
      return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
    },
  };
}

/** What the server answered as JSON. Throws a sentence with the server's code where it refused. */
export function jsonOf({ status, bytes }: OperatorAnswer): unknown {
  const text = new TextDecoder().decode(bytes);
  const json: unknown = text === '' ? null : JSON.parse(text);
  if (status >= 200 && status < 300) return json;
  const code = isRecord(json) && typeof json.error === 'string' ? json.error : `status ${status}`;
  throw new Error(`the server refused: ${code}`);
}

async function readAddress(path: string, notRunning: (cause: unknown) => Error): Promise<OperatorAddress> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as OperatorAddress;
  } catch (error) {
    if (isErrorCode(error, 'EACCES')) {
      throw new Error(`${path} can be read by the one who runs the server alone`, { cause: error });
    }
    throw notRunning(error);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
