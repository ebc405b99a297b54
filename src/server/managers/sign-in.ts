// Signing in, by a password or a passkey. Whoever is refused learns nothing else: not whether there is such a name, nor
// what of the two was wrong.

import { ok, type Result, refused } from '../../core/result.ts';
import { parseManagerName } from './manager-names.ts';
import { credentialOf, type PasskeyPlace, signInOptions, verifySignIn } from './passkeys.ts';
import type { People } from './people.ts';

export type SignInRefusal =
  | { readonly code: 'sign-in-refused' }
  | { readonly code: 'too-many-tries'; readonly waitMs: number };
type SignedIn = Result<{ readonly manager: string }, SignInRefusal>;

const CHALLENGE_SECONDS = 300;
const SIGN_IN = 'sign-in';
/** Passkeys name nobody before they are verified: all their tries are counted together, and each as a right one. */
const ALL = '';

const REFUSED: SignedIn = refused({ code: 'sign-in-refused' });

export async function signInByPassword(
  people: People,
  typedName: unknown,
  password: unknown,
): Promise<SignedIn> {
  const name = parseManagerName(typedName);
  if (name === null || typeof password !== 'string') return REFUSED;
  const waitMs = people.tries.begin(name, people.nowSeconds() * 1000);
  if (waitMs > 0) return refused({ code: 'too-many-tries', waitMs });
  const found = await people.store.findByName(name);
  const isRight = await people.passwords.isRight(password, found?.password ?? null);
  if (found === null || !isRight) return REFUSED;
  people.tries.succeeded(name);
  return ok({ manager: found.manager });
}

/** What the browser is to ask its passkeys. */
export async function beginPasskeySignIn(people: People, place: PasskeyPlace) {
  const wait = countPasskeyTry(people);
  if (wait > 0) return refused({ code: 'too-many-tries' as const, waitMs: wait });
  const options = await signInOptions(place);
  await people.challenges.addChallenge(options.challenge, SIGN_IN, people.nowSeconds() + CHALLENGE_SECONDS);
  return ok(options);
}

export async function signInByPasskey(
  people: People,
  place: PasskeyPlace,
  response: unknown,
): Promise<SignedIn> {
  const wait = countPasskeyTry(people);
  if (wait > 0) return refused({ code: 'too-many-tries', waitMs: wait });
  const credential = credentialOf(response);
  const found = credential === null ? null : await people.store.findPasskey(credential);
  if (found === null) return REFUSED;
  const counter = await verifySignIn(place, response, found.passkey, (challenge) =>
    people.challenges.takeChallenge(challenge, SIGN_IN, people.nowSeconds()),
  );
  if (counter === null) return REFUSED;
  await people.store.notePasskeyUse(found.passkey.credential, counter);
  return ok({ manager: found.manager });
}

function countPasskeyTry({ passkeyTries, nowSeconds }: People): number {
  const wait = passkeyTries.begin(ALL, nowSeconds() * 1000);
  passkeyTries.succeeded(ALL);
  return wait;
}
