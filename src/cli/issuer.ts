// gatelight issuer: the key with which passes are signed, and the status lists with which they are taken back.

import { type Command, type CommandIo, UsageError } from './command.ts';
import { KEYGEN_USAGE, makeIssuerKey } from './issuer-keygen.ts';
import {
  BEGIN_LIST_USAGE,
  beginStatusList,
  PUBLISH_STATUS_USAGE,
  publishStatus,
  STATUS_USAGE,
  showListStatus,
} from './issuer-lists.ts';
import { TAKE_BACK_USAGE, takeBack } from './issuer-take-back.ts';

interface Action {
  readonly usage: string;
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  keygen: { usage: KEYGEN_USAGE, run: makeIssuerKey },
  'begin-list': { usage: BEGIN_LIST_USAGE, run: beginStatusList },
  revoke: { usage: TAKE_BACK_USAGE, run: (args, io) => takeBack('revoked', args, io) },
  suspend: { usage: TAKE_BACK_USAGE, run: (args, io) => takeBack('suspended', args, io) },
  reinstate: { usage: TAKE_BACK_USAGE, run: (args, io) => takeBack('valid', args, io) },
  'publish-status': { usage: PUBLISH_STATUS_USAGE, run: publishStatus },
  status: { usage: STATUS_USAGE, run: showListStatus },
};

const NAMES = Object.keys(ACTIONS).join(', ');

const USAGE = `gatelight issuer ${Object.keys(ACTIONS).join('|')} ...

${[...new Set(Object.values(ACTIONS).map(({ usage }) => usage))].join('\n\n\n')}`;

export const issuerCommand: Command = {
  name: 'issuer',
  summary: 'an issuer’s key, taking passes back, publishing its status lists',
  usage: USAGE,
  async run([name = '', ...rest], io) {
    if (name === '--help' || name === '-h') return print(USAGE, io);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) throw new UsageError(`say one of ${NAMES}, not "${name}"`);
    const isHelp = rest.includes('--help') || rest.includes('-h');
    return isHelp ? print(action.usage, io) : action.run(rest, io);
  },
};

function print(usage: string, io: CommandIo): number {
  io.out(usage);
  return 0;
}
