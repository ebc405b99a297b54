// English.

import type { UnknownIssuer } from '../verdict.ts';
import { enTimes } from './en-times.ts';
import type { ReasonText, VerdictTexts } from './verdict-texts.ts';

const UNKNOWN_ISSUERS: Readonly<Record<UnknownIssuer, (age: string) => ReasonText>> = {
  'no-key': (age) => ({
    reason: 'Issuer not on our list',
    detail: `Our list is ${age} old. The pass may be good.`,
    next: 'Look at a document.',
  }),
  'key-ended': (age) => ({
    reason: 'The issuer’s key had ended when this pass was made',
    detail: `Our list is ${age} old. The pass may be good.`,
    next: 'Look at a document. The issuer can make the pass anew.',
  }),
  'key-not-begun': (age) => ({
    reason: 'The issuer’s key was not in use yet when this pass was made',
    detail: `Our list is ${age} old. The pass may be good.`,
    next: 'Look at a document. The issuer can make the pass anew.',
  }),
};

export const en: VerdictTexts = {
  ...enTimes,
  words: { admit: 'Admit', check: 'Check', refuse: 'Refuse', unverifiable: 'Cannot verify' },
  reasons: {
    ok: ({ when }) => ({ reason: `valid until ${when}`, detail: '', next: '' }),
    'not-a-pass': () => ({
      reason: 'This code is not a pass',
      detail: 'It was made for something else.',
      next: 'Ask for the pass.',
    }),
    malformed: () => ({
      reason: 'The pass cannot be read',
      detail: 'The code is damaged, or not made by our rules.',
      next: 'Try once more, or take a picture.',
    }),
    'unknown-issuer': ({ age, unknownIssuer }) => UNKNOWN_ISSUERS[unknownIssuer](age),
    'bad-signature': () => ({
      reason: 'Signature does not match',
      detail: 'Something in this code was changed after it was made.',
      next: 'Ask for the original pass.',
    }),
    'not-yet-valid': ({ when }) => ({
      reason: `Starts ${when}`,
      detail: 'The pass is good from then on.',
      next: `Come back ${when}.`,
    }),
    expired: ({ when }) => ({
      reason: `Ended ${when}`,
      detail: 'The pass was good until then.',
      next: 'Ask to renew it. Then scan again.',
    }),
    revoked: () => ({
      reason: 'Withdrawn by the issuer',
      detail: 'The issuer has taken this pass back.',
      next: 'Give the appeal card.',
    }),
    suspended: () => ({
      reason: 'Paused by the issuer',
      detail: 'The issuer is looking into this pass.',
      next: 'Look at a document.',
    }),
    red: ({ ruleText, ruleNext }) => ({
      reason: ruleText ? `Red: ${ruleText}` : 'Red by the issuer’s rules',
      detail: '',
      next: ruleNext || 'Give the appeal card.',
    }),
    yellow: ({ ruleText, ruleNext }) => ({
      reason: ruleText ? `Yellow: ${ruleText}` : 'Yellow by the issuer’s rules',
      detail: '',
      next: ruleNext || 'Look at a document.',
    }),
    'too-old': ({ when }) => ({
      reason: 'Too old for this site',
      detail: `The pass was made ${when}.`,
      next: 'Ask for a newer pass. Then scan again.',
    }),
    'outside-hours': ({ when }) => ({
      reason: when ? `This door opens at ${when}` : 'This door is closed in this direction',
      detail: 'The pass itself is good.',
      next: 'Send to another gate.',
    }),
    'seen-before': ({ age, gate, direction, when }) => ({
      reason: age ? `Seen ${age} ago at ${gate}` : `Seen just now at ${gate}`,
      detail: `${direction}, ${when}. It may be the same person.`,
      next: 'Ask: were you just here? Compare the name on the card.',
    }),
    'trust-stale': ({ age }) => ({
      reason: `Our list is ${age} old`,
      detail: 'The doubt is ours. The pass itself is good.',
      next: 'Compare a document. Connect the tablet.',
    }),
    'trust-expired': ({ age }) => ({
      reason: `Our list is ${age} old`,
      detail: 'Too old to judge any pass by.',
      next: 'Connect the tablet. Look at a document.',
    }),
    'clock-behind': () => ({
      reason: 'This tablet’s clock is behind',
      detail: 'The doubt is ours. The pass itself is good.',
      next: 'Set the clock.',
    }),
    'clock-ahead': () => ({
      reason: 'This tablet’s clock is ahead',
      detail: 'The doubt is ours. The pass itself is good.',
      next: 'Set the clock.',
    }),
    'status-unknown': () => ({
      reason: 'No list of withdrawn passes here',
      detail: 'The doubt is ours. The pass may be good.',
      next: 'Compare a document. Connect the tablet.',
    }),
  },
};
