// The console's one way to ask the server: JSON there and back, a time limit, and a refusal as a value with its code.

import { ok, type Result, refused } from '../../core/result.ts';

export interface AskProblem {
  /** The server's own code; 'unreachable' where nothing answered, 'not-understood' where something else did. */
  readonly code: string;
  /** Of which field it is, such as 'policy.hours.0.to'; '' for none. */
  readonly place: string;
  /** One line of the server's. */
  readonly reason: string;
  readonly waitSeconds: number;
}

export interface Told {
  readonly json: unknown;
  readonly etag: string | null;
}

export interface AskContent {
  readonly json?: unknown;
  /** A file, sent as application/cbor. */
  readonly cbor?: Blob;
  /** Only if the thing is still as it was. */
  readonly ifMatch?: string | null;
}

export type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  /** Without /api. */
  path: string,
  content?: AskContent,
) => Promise<Result<Told, AskProblem>>;

const ANSWER_WITHIN_MS = 15_000;
const FILE_WITHIN_MS = 120_000;

/** `onSignedOut`: the session ended meanwhile. */
export function createAsk(onSignedOut: () => void = () => {}): Ask {
  return async (method, path, content = {}) => {
    const { json, cbor, ifMatch = null } = content;
    const headers = {
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(cbor === undefined ? {} : { 'Content-Type': 'application/cbor' }),
      ...(ifMatch === null ? {} : { 'If-Match': ifMatch }),
    };
    const body = cbor ?? (json === undefined ? null : JSON.stringify(json));
    try {
      const answer = await fetch(`/api${path}`, {
        method,
        headers,
        body,
        cache: 'no-store',
        signal: AbortSignal.timeout(cbor === undefined ? ANSWER_WITHIN_MS : FILE_WITHIN_MS),
      });
      const text = await answer.text();
      const told = parseTold(text);
      if (answer.ok) return told.ok ? ok({ json: told.value, etag: answer.headers.get('ETag') }) : told;
      const problem = problemIn(told.ok ? told.value : null, answer.status);
      if (problem.code === 'signed-out') onSignedOut();
      return refused(problem);
    } catch {
      return refused(problemOf('unreachable'));
    }
  };
}

export const problemOf = (code: string, place = ''): AskProblem => ({
  code,
  place,
  reason: '',
  waitSeconds: 0,
});

function parseTold(text: string): Result<unknown, AskProblem> {
  try {
    return ok(text === '' ? null : (JSON.parse(text) as unknown));
  } catch {
    return refused(problemOf('not-understood'));
  }
}

function problemIn(told: unknown, status: number): AskProblem {
  const { error, place, reason, waitSeconds } = (told ?? {}) as Readonly<Record<string, unknown>>;
  return {
    code: typeof error === 'string' ? error : `status-${status}`,
    place: typeof place === 'string' ? place : '',
    reason: typeof reason === 'string' ? reason : '',
    waitSeconds: typeof waitSeconds === 'number' ? waitSeconds : 0,
  };
}

/** The list under a name in an answer; what has none is not this server's answer. */
export function listIn<T>(told: Result<Told, AskProblem>, name: string): Result<readonly T[], AskProblem> {
  if (!told.ok) return told;
  const list = (told.value.json as Readonly<Record<string, unknown>> | null)?.[name];
  return Array.isArray(list) ? ok(list as T[]) : refused(problemOf('not-understood'));
}
