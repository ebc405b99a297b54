// Joining by a link: a name, and a password or a passkey. The link is used up by the one who succeeds.

import { ok, type Result, refused } from '../../core/result.ts';
import type { Invitation, StoredPasskey } from '../storage/manager-store.ts';
import { parseManagerName } from './manager-names.ts';
import { type PasskeyPlace, registrationOptions, verifyRegistration } from './passkeys.ts';
import { type PasswordRefusal, refusePassword } from './passwords.ts';
import type { People } from './people.ts';
import type { Roles } from './roles.ts';
import { newToken, tokenHash } from './secret-tokens.ts';

export type JoinRefusal =
  | 'invitation-over'
  | 'bad-name'
  | 'name-taken'
  | 'no-password-or-passkey'
  | 'no-passkeys-here'
  | 'passkey-refused'
  | PasswordRefusal;

export interface JoinWish {
  readonly token: unknown;
  readonly name: unknown;
  readonly password: unknown;
  /** What a browser made by the options below. */
  readonly passkey: unknown;
}

/** What a link is for. */
export interface Invited {
  readonly roles: Roles;
  /** Given: this manager chooses a password or passkey anew. */
  readonly name: string | null;
}

const CHALLENGE_SECONDS = 300;

export async function lookAtInvitation(
  people: People,
  token: unknown,
): Promise<Result<Invited, 'invitation-over'>> {
  const found = await findInvitation(people, token);
  if (found === null) return refused('invitation-over');
  const { roles, manager } = found;
  if (manager === null) return ok({ roles, name: null });
  const known = await people.store.find(manager);
  return known === null ? refused('invitation-over') : ok({ roles: known.roles, name: known.name });
}

/** What the browser is told to make a passkey. */
export async function beginPasskeyJoin(people: People, place: PasskeyPlace, token: unknown, typed: unknown) {
  const found = await findInvitation(people, token);
  if (found === null) return refused('invitation-over');
  const name = await nameFor(people, found, typed);
  if (name === null) return refused('bad-name');
  const options = await registrationOptions(place, newManagerId(), name);
  const expires = people.nowSeconds() + CHALLENGE_SECONDS;
  await people.challenges.addChallenge(options.challenge, purposeOf(found), expires);
  return ok(options);
}

export async function joinByLink(
  people: People,
  place: PasskeyPlace | null,
  { token, name: typed, password, passkey: made }: JoinWish,
): Promise<Result<{ readonly manager: string }, JoinRefusal>> {
  const found = await findInvitation(people, token);
  if (found === null) return refused('invitation-over');
  const name = await nameFor(people, found, typed);
  if (name === null) return refused('bad-name');
  const proof =
    typeof password === 'string'
      ? await takePassword(people, password)
      : await takePasskey(people, place, found, made);
  if (!proof.ok) return proof;
  const joining = { manager: newManagerId(), name, ...proof.value };
  const outcome = await people.store.join(found.tokenHash, joining, people.nowSeconds());
  return typeof outcome === 'string' ? refused(outcome) : ok(outcome);
}

interface Proof {
  readonly password: string | null;
  readonly passkey: StoredPasskey | null;
}

async function takePassword({ passwords }: People, password: string): Promise<Result<Proof, JoinRefusal>> {
  const bad = refusePassword(password);
  return bad === null ? ok({ password: await passwords.hash(password), passkey: null }) : refused(bad);
}

async function takePasskey(
  { challenges, nowSeconds }: People,
  place: PasskeyPlace | null,
  invitation: Invitation,
  made: unknown,
): Promise<Result<Proof, JoinRefusal>> {
  if (made === undefined) return refused('no-password-or-passkey');
  if (place === null) return refused('no-passkeys-here');
  const passkey = await verifyRegistration(place, made, (challenge) =>
    challenges.takeChallenge(challenge, purposeOf(invitation), nowSeconds()),
  );
  return passkey === null ? refused('passkey-refused') : ok({ password: null, passkey });
}

async function findInvitation({ store, nowSeconds }: People, token: unknown): Promise<Invitation | null> {
  if (typeof token !== 'string' || !/^[0-9a-f]{32}$/.test(token)) return null;
  return store.findInvitation(tokenHash(token), nowSeconds());
}

/** Who is known keeps its name. */
const nameFor = async ({ store }: People, { manager }: Invitation, typed: unknown): Promise<string | null> =>
  manager === null ? parseManagerName(typed) : ((await store.find(manager))?.name ?? null);

const purposeOf = ({ tokenHash: hash }: Invitation): string => `join ${Buffer.from(hash).toString('hex')}`;

const newManagerId = (): string => newToken(128).slice(0, 16);
