// gatelight issuer: the key with which passes are signed, and the status lists with which they are taken back.

import { type Actions, createActionsCommand } from './actions.ts';
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

const ACTIONS: Actions = {
  keygen: { usage: KEYGEN_USAGE, run: makeIssuerKey },
  'begin-list': { usage: BEGIN_LIST_USAGE, run: beginStatusList },
  revoke: { usage: TAKE_BACK_USAGE, run: (args, io) => takeBack('revoked', args, io) },
  suspend: { usage: TAKE_BACK_USAGE, run: (args, io) => takeBack('suspended', args, io) },
  reinstate: { usage: TAKE_BACK_USAGE, run: (args, io) => takeBack('valid', args, io) },
  'publish-status': { usage: PUBLISH_STATUS_USAGE, run: publishStatus },
  status: { usage: STATUS_USAGE, run: showListStatus },
};

export const issuerCommand = createActionsCommand(
  'issuer',
  'an issuer’s key, taking passes back, publishing its status lists',
  ACTIONS,
);
