// Who is signed in: a cookie with a random token, over after 12 hours without use and after 7 days in any case.

import type { SessionLimits, SessionStore, StoredSession } from '../storage/session-store.ts';
import { newToken, tokenHash } from './secret-tokens.ts';

/** The prefix makes browsers refuse it from another host, another path or without TLS; localhost counts as safe. */
export const SESSION_COOKIE = '__Host-gatelight';
const FLAGS = 'Path=/; Secure; HttpOnly; SameSite=Strict';
const IDLE_SECONDS = 12 * 3600;
const MOST_SECONDS = 7 * 86_400;
/** How often its use is written down. */
const NOTE_SECONDS = 60;

export interface Sessions {
  /** Always a new token, so that none that was known before becomes good. Gives the cookie to set. */
  begin(manager: string): Promise<string>;
  /** `cookies` as the request has them. */
  find(cookies: string | undefined): Promise<StoredSession | null>;
  end(cookies: string | undefined): Promise<void>;
}

export const NO_SESSION = `${SESSION_COOKIE}=; ${FLAGS}; Max-Age=0`;

export const sessionLimits = (nowSeconds: number): SessionLimits => ({
  begunAfterSeconds: nowSeconds - MOST_SECONDS,
  usedAfterSeconds: nowSeconds - IDLE_SECONDS,
});

export function createSessions(store: SessionStore, nowSeconds: () => number): Sessions {
  return {
    async begin(manager) {
      const token = newToken(256);
      await store.begin(tokenHash(token), manager, nowSeconds());
      return `${SESSION_COOKIE}=${token}; ${FLAGS}; Max-Age=${MOST_SECONDS}`;
    },
    async find(cookies) {
      const token = tokenIn(cookies);
      if (token === null) return null;
      const now = nowSeconds();
      const session = await store.find(tokenHash(token), sessionLimits(now));
      if (session !== null && now - session.usedAtSeconds >= NOTE_SECONDS)
        await store.noteUse(tokenHash(token), now);
      return session;
    },
    async end(cookies) {
      const token = tokenIn(cookies);
      if (token !== null) await store.end(tokenHash(token));
    },
  };
}

/** Null where there is none, or two: one of them would be somebody else's. */
function tokenIn(cookies = ''): string | null {
  const found = cookies
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  const token = found[0]?.slice(SESSION_COOKIE.length + 1) ?? '';
  return found.length === 1 && /^[0-9a-f]{64}$/.test(token) ? token : null;
}
