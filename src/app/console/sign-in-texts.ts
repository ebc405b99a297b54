// What the page for signing in says, in English. Say what is, then what to do.

import type { Invited, SignInProblem } from './sign-in-model.ts';

export const SIGN_IN_TEXTS = {
  signIn: 'Sign in',
  join: 'Join',
  looking: 'Asking the server about this link.',
  name: 'Name',
  password: 'Password',
  newPassword: 'New password, at least 12 characters',
  byPassword: 'Sign in',
  byPasskey: 'Sign in with a passkey',
  joinByPassword: 'Join with this password',
  joinByPasskey: 'Join with a passkey instead',
  signOut: 'Sign out',
} as const;

export function invitedText({ name, roles }: Invited): string {
  if (name !== null) return `Choose a new password or passkey for ${name}.`;
  if (roles.isOwner) return 'You are invited as an owner, who sees and changes everything.';
  return `You are invited as ${roles.sites.map(({ site, role }) => `${role} of ${site}`).join(', ')}.`;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  'sign-in-refused': 'That name and password, or that passkey, are not known here. Try again.',
  'invitation-over': 'This link was used, or its day is over. Ask for another.',
  'bad-name': 'A name has 2 to 64 letters, digits, spaces and . _ @ + -',
  'name-taken': 'Somebody has that name already. Choose another.',
  'password-too-short': 'A password has at least 12 characters. Make it longer.',
  'password-too-long': 'This password is too long. Make it shorter.',
  'passkey-refused': 'This passkey was not accepted. Try again, or choose a password.',
  'passkey-called-off': 'No passkey was given. Try again, or use a password.',
  'no-passkeys-here': 'Passkeys need a host name: open the console by its name, or use a password.',
  unreachable: 'The server does not answer. Try again.',
};

export function problemText({ code, waitSeconds }: SignInProblem): string {
  if (code === 'too-many-tries') return `Too many tries. Wait ${waitSeconds} s, then try again.`;
  return PROBLEMS[code] ?? `It did not work (${code}). Try again.`;
}
