// English, of a tablet's set-up. Say what is, then a verb.

import type { EnrolTexts } from './enrol-texts.ts';

export const enEnrol: EnrolTexts = {
  title: 'Set up this tablet',
  how: 'The manager opens Tablets in the console and adds one. A code is shown there: scan it, or type it.',
  again:
    'This tablet is set up already. A new code puts it at another gate, gives it a new PIN, or takes it back into service.',
  waiting: (count) => `${count} scans wait on this tablet. They stay, and are sent afterwards.`,
  scan: 'Scan the code',
  type: 'Type the code',
  back: 'Back',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  showCode: 'Show the console’s code in the gate',
  isPass: 'This is a pass, not a set-up code. The set-up code is in the manager’s console.',
  notACode: 'This is not a set-up code.',
  isDamaged: 'This set-up code cannot be read. Ask the manager for a new one.',
  address: 'Server’s address',
  addressWrong: 'This is no address. It looks like gate.example.org.',
  code: 'Code',
  codeHint: 'Seven groups of four',
  codeWrong: {
    length: (count) => `The code has 28 letters and digits; here are ${count}.`,
    character: (group) => `Group ${group} has a sign that no code has.`,
    mistyped: (group) => `Something is mistyped, most likely in group ${group}.`,
    mistypedSomewhere: 'Something is mistyped. Compare each group.',
  },
  enrol: 'Go on',
  asking: { what: 'Asking the server', next: 'This takes a moment.' },
  unreachable: 'The server does not answer. This tablet goes on asking: connect it to the network.',
  compare: {
    what: 'Compare these digits',
    next: 'The console shows six digits too. If they are the same, the manager confirms there. If not, cancel here.',
  },
  endsAt: (time) => `Open until ${time}.`,
  ended: {
    refused: {
      what: 'Not taken',
      next: 'The server does not take this code: it was used, is over, or is another’s. Ask the manager for a new one.',
    },
    refusedBound: (site) => ({
      what: 'Not taken',
      next: `The server does not take this code: it was used, is over, or is of another site. Scans of ${site} still wait here and must be sent first. Then ask the manager for a new code.`,
    }),
    expired: { what: 'Time is over', next: 'A code lives ten minutes. Ask the manager for a new one.' },
    wrongServer: (code) => ({
      what: 'This is not the server',
      next: `What answers is not the server that the code is of. Somebody may stand between. Tell the manager: ${code}`,
    }),
    otherOrigin: (origin) => ({
      what: 'Another server’s code',
      next: `This code is of ${origin}. Open that address on this tablet, then scan it there.`,
    }),
  },
  done: 'This tablet is set up.',
  wiped: {
    what: 'This tablet was wiped',
    next: 'The manager has ordered it. Scans were sent first; keys, lists and settings are destroyed.',
  },
  setUp: 'Set up again',
  fault: (detail) => ({ what: 'Set-up cannot go on', next: `Tell the manager: ${detail}` }),
};
