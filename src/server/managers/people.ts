// All that the routes of managers stand on, made once for a server.

import { randomBytes } from 'node:crypto';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import type { Stores } from '../storage/stores.ts';
import { deriveArgon2id } from './argon2id.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { OWNER, type Roles } from './roles.ts';
import { newToken, tokenHash } from './secret-tokens.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createTryLimits, type TryLimits } from './try-limits.ts';

export interface People {
  readonly store: Stores['managers'];
  readonly sessions: Sessions;
  readonly challenges: Pick<Stores['sessions'], 'addChallenge' | 'takeChallenge'>;
  readonly passwords: Passwords;
  /** Of passwords; those of passkeys are counted together, under no name. */
  readonly tries: TryLimits;
  readonly passkeyTries: TryLimits;
  /** A link by which somebody joins, or by which a manager that is known chooses anew. */
  invite(roles: Roles): Promise<JoinLink>;
  reset(manager: string): Promise<JoinLink | 'unknown-manager' | 'last-owner'>;
  nowSeconds(): number;
}

export interface JoinLink {
  /** "ORIGIN/console/#join=TOKEN": what follows # is never sent to a server. */
  readonly link: string;
  readonly expiresSeconds: number;
}

export interface PeopleTools {
  readonly stores: Pick<Stores, 'managers' | 'sessions'>;
  readonly publicOrigin: PublicOrigin;
  nowMs(): number;
}

const LINK_SECONDS = 86_400;
const PASSKEY_TRIES_A_MINUTE = 120;

export function createPeople({ stores, publicOrigin, nowMs }: PeopleTools): People {
  const store = stores.managers;
  const nowSeconds = () => Math.floor(nowMs() / 1000);
  return {
    store,
    sessions: createSessions(stores.sessions, nowSeconds),
    challenges: stores.sessions,
    passwords: createPasswords(deriveArgon2id, (count) => new Uint8Array(randomBytes(count))),
    tries: createTryLimits(),
    passkeyTries: createTryLimits(PASSKEY_TRIES_A_MINUTE),
    async invite(roles) {
      const { link, invitation } = newLink(publicOrigin, nowSeconds());
      await store.invite({ ...invitation, roles, manager: null });
      return link;
    },
    async reset(manager) {
      const { link, invitation } = newLink(publicOrigin, nowSeconds());
      const outcome = await store.reset(manager, invitation);
      return outcome === 'changed' ? link : outcome;
    },
    nowSeconds,
  };
}

/** The link for the first owner; it replaces the one before. Null: there is an owner. */
export async function inviteFirstOwner({
  stores,
  publicOrigin,
  nowMs,
}: PeopleTools): Promise<JoinLink | null> {
  if (await stores.managers.hasOwner()) return null;
  await stores.managers.dropFirstInvitations();
  const { link, invitation } = newLink(publicOrigin, Math.floor(nowMs() / 1000));
  await stores.managers.invite({ ...invitation, roles: OWNER, manager: null });
  return link;
}

function newLink(origin: PublicOrigin, nowSeconds: number) {
  const token = newToken(128);
  const expiresSeconds = nowSeconds + LINK_SECONDS;
  const link: JoinLink = { link: `${origin.text}/console/#join=${token}`, expiresSeconds };
  return { link, invitation: { tokenHash: tokenHash(token), expiresSeconds } };
}
