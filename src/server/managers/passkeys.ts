// The door to @simplewebauthn/server: passkeys that know their own user, with a check of that user (WebAuthn level 2,
// sections 7.1 and 7.2). No attestation is asked for. What a browser sends is hostile: whatever is wrong gives null.

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import { originAt } from '../own-hosts.ts';
import type { StoredPasskey } from '../storage/manager-store.ts';
import { StorageAway } from '../storage/port.ts';

/** Where a page stands, for which a passkey is good. */
export interface PasskeyPlace {
  readonly origin: string;
  readonly rpId: string;
}

/** Takes the challenge that came back, once. */
export type TakeChallenge = (challenge: string) => Promise<boolean>;

/** Null at an address of numbers: passkeys need a name. */
export function passkeyPlaceAt(host: string, publicOrigin: PublicOrigin): PasskeyPlace | null {
  const rpId = host.replace(/:\d{1,5}$/, '');
  const isNumbers = rpId.startsWith('[') || /^[\d.]+$/.test(rpId);
  return isNumbers ? null : { origin: originAt(host, publicOrigin), rpId };
}

/** What a browser is told to make a passkey; `challenge` is to be kept. `user` tells apart what an authenticator keeps. */
export const registrationOptions = ({ rpId }: PasskeyPlace, user: string, name: string) =>
  generateRegistrationOptions({
    rpName: 'Gatelight',
    rpID: rpId,
    userName: name,
    userDisplayName: name,
    userID: new TextEncoder().encode(user),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });

/** Names nobody: the browser lets its user choose. */
export const signInOptions = ({ rpId }: PasskeyPlace) =>
  generateAuthenticationOptions({ rpID: rpId, userVerification: 'required' });

export async function verifyRegistration(
  { origin, rpId }: PasskeyPlace,
  response: unknown,
  takeChallenge: TakeChallenge,
): Promise<StoredPasskey | null> {
  const verified = await orNull(() =>
    verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: takeChallenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
    }),
  );
  if (verified?.verified !== true) return null;
  const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
  return {
    credential: id,
    publicKey: new Uint8Array(publicKey),
    counter,
    transports: transports.filter((way) => /^[a-z-]{1,20}$/.test(way)).slice(0, 8),
  };
}

/** Null for what is no answer of a passkey at all. */
export const credentialOf = (response: unknown): string | null => {
  const id = typeof response === 'object' && response !== null && 'id' in response ? response.id : null;
  return typeof id === 'string' && /^[\w-]{1,1400}$/.test(id) ? id : null;
};

/** Gives the passkey's counter as it now stands. */
export async function verifySignIn(
  { origin, rpId }: PasskeyPlace,
  response: unknown,
  passkey: StoredPasskey,
  takeChallenge: TakeChallenge,
): Promise<number | null> {
  const { credential, publicKey, counter } = passkey;
  const verified = await orNull(() =>
    verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: takeChallenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      credential: { id: credential, publicKey, counter },
      requireUserVerification: true,
    }),
  );
  return verified?.verified === true ? verified.authenticationInfo.newCounter : null;
}

/** It throws for every way in which an answer can be wrong. An accident of the database is no such way. */
async function orNull<T>(verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof StorageAway) throw error;
    return null;
  }
}
