// The console's line to the server about who is signed in.

import { ok, type Result, refused } from '../../core/result.ts';
import { askPasskey, hasPasskeys, makePasskey } from './passkey-door.ts';
import type { Invited, SignInProblem, SignInWorld } from './sign-in-model.ts';

export interface SignedIn {
  readonly name: string;
  readonly isOwner: boolean;
  readonly sites: readonly { readonly site: string }[];
}

const ANSWER_WITHIN_MS = 15_000;

/** Null: nobody is. */
export async function fetchSession(): Promise<Result<SignedIn | null, SignInProblem>> {
  const answer = await ask('GET', '/session');
  if (answer.ok) return ok(answer.value as SignedIn);
  return answer.error.code === 'signed-out' ? ok(null) : answer;
}

export const endSession = (): Promise<unknown> => ask('DELETE', '/session');

export function createSignInWorld(enter: () => void): SignInWorld {
  return {
    hasPasskeys: hasPasskeys(location.hostname),
    enter,
    look: (token) => post<Invited>('/join/look', { token }),
    signIn: (name, password) => post('/session', { name, password }),
    async signInByPasskey() {
      const options = await post('/session/passkey-options', {});
      if (!options.ok) return options;
      const response = await askPasskey(options.value);
      return response === null ? CALLED_OFF : post('/session/passkey', { response });
    },
    join: (token, name, password) => post('/join', { token, name, password }),
    async joinByPasskey(token, name) {
      const options = await post('/join/passkey-options', { token, name });
      if (!options.ok) return options;
      const passkey = await makePasskey(options.value);
      return passkey === null ? CALLED_OFF : post('/join', { token, name, passkey });
    },
  };
}

const CALLED_OFF = refused({ code: 'passkey-called-off', waitSeconds: 0 });

const post = async <T = unknown>(path: string, json: unknown): Promise<Result<T, SignInProblem>> =>
  (await ask('POST', path, json)) as Result<T, SignInProblem>;

async function ask(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  json?: unknown,
): Promise<Result<unknown, SignInProblem>> {
  const content =
    json === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(json) };
  try {
    const answer = await fetch(`/api${path}`, {
      method,
      ...content,
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await answer.text();
    const told: unknown = text === '' ? null : JSON.parse(text);
    return answer.ok ? ok(told) : refused(problemIn(told));
  } catch {
    return refused({ code: 'unreachable', waitSeconds: 0 });
  }
}

function problemIn(told: unknown): SignInProblem {
  const { error, waitSeconds } = (told ?? {}) as { readonly error?: unknown; readonly waitSeconds?: unknown };
  return {
    code: typeof error === 'string' ? error : 'internal',
    waitSeconds: typeof waitSeconds === 'number' ? waitSeconds : 0,
  };
}
