// Who a person is that asks.

import type { Gatekeepers } from './guarded-routes.ts';

/** The server is on the loopback interface: whoever reaches it sits at this machine. */
export const createPersonKeeper = (): Gatekeepers['person'] => async () => ({
  manager: 'local',
  role: 'owner',
});
