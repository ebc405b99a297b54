// Tools of a server of which routes are declared and none is asked.

import type { ApiTools } from '../../src/server/api-routes.ts';
import type { AppTools } from '../../src/server/app.ts';

/** Whatever is taken out of it is the same again. */
const anything: object = new Proxy(() => anything, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 0 : anything),
});
const NAMES = ['stores', 'trust', 'operator', 'dayKeys', 'sites', 'people', 'changes'];

export const NO_TOOLS = {
  ...Object.fromEntries(NAMES.map((name) => [name, anything])),
  nowMs: () => 0,
  publicOrigin: { text: 'http://localhost:4173', authority: 'localhost:4173' },
  demoRoutes: null,
  pagesFolder: '/nowhere',
} as unknown as ApiTools & AppTools;
