// The door to @simplewebauthn/browser: asks the browser for a passkey, or to make one.

import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

/** Passkeys belong to names, so there are none at an address of numbers. */
export const hasPasskeys = (hostname: string): boolean =>
  browserSupportsWebAuthn() && !/^[\d.]+$|^\[/.test(hostname);

/** Null: the person called it off, or has none here. */
export const askPasskey = (options: unknown): Promise<unknown> =>
  orNull(startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }));

/** Null: the person called it off. */
export const makePasskey = (options: unknown): Promise<unknown> =>
  orNull(startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }));

async function orNull(asking: Promise<unknown>): Promise<unknown> {
  try {
    return await asking;
  } catch {
    return null;
  }
}
