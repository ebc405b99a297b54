// What a refusal means to a manager, and what to do.

import type { AskProblem } from './ask-server.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  unreachable: 'The server does not answer. Scanning goes on without it. Try again.',
  'not-understood': 'What answers is not this server, or not its version of this page. Load the page again.',
  'signed-out': 'You are signed out.',
  'not-allowed': 'Your role does not allow this. Ask an owner.',
  busy: 'The server is busy. Try again in a few seconds.',
  'unknown-site': 'This site is not there any more.',
  'unknown-gate': 'This gate is not there any more. Load the page again.',
  'gate-taken': 'There is such a gate already. Choose another name.',
  'site-taken': 'There is a site with this id already. Choose another.',
  'class-not-founded': 'This server may found no site of that class. Choose another.',
  'too-many-sites': 'This server has as many sites as it can have.',
  'changed-meanwhile': 'Somebody else changed this site just now. Look at what is new, then change it again.',
  'settings-in-file':
    'The settings of this site lie in a file that only the operator writes. Ask the operator.',
  'enrolment-unknown': 'This code is over. Make a new one.',
  'enrolments-too-many': 'Too many codes are open. Use one, or wait ten minutes.',
  'enrolment-other-digits': 'These are not the digits of that tablet. Stop, and make a new code.',
  'enrolment-not-claimed': 'No tablet has read this code yet.',
  'enrolment-expired': 'The ten minutes are over. Make a new code.',
  'device-unknown': 'This tablet is not there any more.',
  'device-revoked': 'This tablet is revoked already.',
  'last-owner': 'Somebody has to be the owner. Make another one first.',
  'unknown-manager': 'This person was removed already.',
  'not-yours-to-give': 'You can give away only what is yours at this site.',
  'bad-roles': 'Choose a role.',
  'records-file-too-large': 'This file is too large to be one of waiting records.',
  'records-file-form': 'This is no file of waiting records. On the tablet: Save waiting scans.',
  'beyond-bounds': 'This goes beyond what this class of site may choose: its bound stands beside it.',
  'not-a-number': 'Write a number.',
  'not-a-time': 'Write a time, such as 05:30.',
};

export function askProblemText({ code, reason, waitSeconds }: AskProblem): string {
  if (waitSeconds > 0) return `Too many tries. Wait ${waitSeconds} s, then try again.`;
  const known = PROBLEMS[code];
  if (known !== undefined) return known;
  if (code === 'bad-settings') return `No tablet would take this: ${reason}.`;
  return reason === '' ? `It did not work (${code}). Try again.` : `${reason}.`;
}
