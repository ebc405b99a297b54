// The console's line to the server about who is signed in.

import { ok, type Result, refused } from '../../core/result.ts';
import { type Ask, type AskProblem, createAsk, listIn } from './ask-server.ts';
import { askPasskey, hasPasskeys, makePasskey } from './passkey-door.ts';
import type { NamedSite } from './rooms.ts';
import type { Invited, SignInProblem, SignInWorld } from './sign-in-model.ts';

export interface SignedIn {
  readonly manager: string;
  readonly name: string;
  readonly isOwner: boolean;
  readonly sites: readonly { readonly site: string; readonly role: 'viewer' | 'manager' }[];
}

const ask: Ask = createAsk();

/** Null: nobody is. */
export async function fetchSession(): Promise<Result<SignedIn | null, AskProblem>> {
  const answer = await ask('GET', '/session');
  if (answer.ok) return ok(answer.value.json as SignedIn);
  return answer.error.code === 'signed-out' ? ok(null) : answer;
}

/** All that this server serves; who may look where is said by the session. */
export const fetchSites = async (): Promise<Result<readonly NamedSite[], AskProblem>> =>
  listIn<NamedSite>(await ask('GET', '/sites'), 'sites');

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

async function post<T = unknown>(path: string, json: unknown): Promise<Result<T, SignInProblem>> {
  const answer = await ask('POST', path, { json });
  return answer.ok ? ok(answer.value.json as T) : answer;
}
