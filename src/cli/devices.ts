// gatelight devices: a site's tablets, by the operator's door of a server that runs on this machine.

import { type Command, type CommandIo, UsageError } from './command.ts';
import { CONFIRM_USAGE, confirmDevice, ENROL_USAGE, enrolDevice } from './devices-enrol.ts';
import { IMPORT_USAGE, importRecords } from './devices-import.ts';
import { LIST_USAGE, listDevices, ORDER_USAGE, orderDevice } from './devices-order.ts';

interface Action {
  readonly usage: string;
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { usage: LIST_USAGE, run: listDevices },
  enrol: { usage: ENROL_USAGE, run: enrolDevice },
  confirm: { usage: CONFIRM_USAGE, run: confirmDevice },
  revoke: { usage: ORDER_USAGE, run: (args, io) => orderDevice('revoke', args, io) },
  wipe: { usage: ORDER_USAGE, run: (args, io) => orderDevice('wipe', args, io) },
  import: { usage: IMPORT_USAGE, run: importRecords },
  'pin-reset': { usage: ORDER_USAGE, run: (args, io) => orderDevice('pin-reset', args, io) },
};

const NAMES = Object.keys(ACTIONS).join(', ');

const USAGE = `gatelight devices ${Object.keys(ACTIONS).join('|')} ...

${[...new Set(Object.values(ACTIONS).map(({ usage }) => usage))].join('\n\n\n')}`;

export const devicesCommand: Command = {
  name: 'devices',
  summary: 'a site’s tablets: enrol, list, revoke, wipe, import',
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
