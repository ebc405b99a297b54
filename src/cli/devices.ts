// gatelight devices: a site's tablets, by the operator's door of a server that runs on this machine.

import { type Actions, createActionsCommand } from './actions.ts';
import { CONFIRM_USAGE, confirmDevice, ENROL_USAGE, enrolDevice } from './devices-enrol.ts';
import { IMPORT_USAGE, importRecords } from './devices-import.ts';
import { LIST_USAGE, listDevices, ORDER_USAGE, orderDevice } from './devices-order.ts';

const ACTIONS: Actions = {
  list: { usage: LIST_USAGE, run: listDevices },
  enrol: { usage: ENROL_USAGE, run: enrolDevice },
  confirm: { usage: CONFIRM_USAGE, run: confirmDevice },
  revoke: { usage: ORDER_USAGE, run: (args, io) => orderDevice('revoke', args, io) },
  wipe: { usage: ORDER_USAGE, run: (args, io) => orderDevice('wipe', args, io) },
  import: { usage: IMPORT_USAGE, run: importRecords },
  'pin-reset': { usage: ORDER_USAGE, run: (args, io) => orderDevice('pin-reset', args, io) },
};

export const devicesCommand = createActionsCommand(
  'devices',
  'a site’s tablets: enrol, list, revoke, wipe, import',
  ACTIONS,
);
