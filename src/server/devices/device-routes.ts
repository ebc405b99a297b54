// The register of tablets as it travels: for managers of the site, and for each tablet what concerns itself.

import type { Context } from 'hono';
import type { OrderKind } from '../../core/identity/device-order.ts';
import { MAX_ROTATION_BYTES } from '../../core/identity/key-rotation.ts';
import type { GuardedRoutes } from '../access/guarded-routes.ts';
import { createDeviceDesk, type DeviceDesk, type DeviceDeskTools } from './device-desk.ts';

export interface DeviceRouteTools extends DeviceDeskTools {
  findSite(id: string): { readonly id: string } | null;
}

const NOT_KEPT = { 'Cache-Control': 'no-store' };
const ORDERS: readonly OrderKind[] = ['wipe', 'pin-reset'];
const ACTIONS = { revoke: 'revoke', wipe: 'wipe', 'pin-reset': 'resetPin' } as const;

export function addDeviceRoutes(routes: GuardedRoutes, tools: DeviceRouteTools): void {
  const desk = createDeviceDesk(tools);

  routes.person('viewer', 'GET', '/sites/:site/devices', async (c) => {
    const site = tools.findSite(c.req.param('site'));
    if (site === null) return c.json({ error: 'unknown-site' }, 404);
    return c.json({ devices: await desk.list(site.id) }, 200, NOT_KEPT);
  });
  addAction(routes, desk, 'revoke');
  addAction(routes, desk, 'wipe');
  addAction(routes, desk, 'pin-reset');

  routes.tablet(
    'GET',
    '/sites/:site/orders',
    async (c, tablet) => {
      const order = await desk.orderFor(tablet);
      if (order === null) return c.body(null, 204, NOT_KEPT);
      return c.body(order, 200, { 'Content-Type': 'application/cose', ...NOT_KEPT });
    },
    { isForLeaving: true },
  );

  routes.tablet(
    'POST',
    '/sites/:site/orders/done',
    async (c, tablet) => {
      const order = ORDERS.find((kind) => kind === new TextDecoder().decode(tablet.body));
      const done = order === undefined ? null : await desk.noteDone(tablet, order);
      if (done === null || !done.ok) return c.json({ error: 'order-unknown' }, 409, NOT_KEPT);
      return c.body(null, 204, NOT_KEPT);
    },
    { isForLeaving: true },
  );

  routes.tablet(
    'POST',
    '/sites/:site/key',
    async (c, tablet) => {
      const rotated = await desk.rotate(tablet);
      if (!rotated.ok) return c.json({ error: rotated.error }, 409, NOT_KEPT);
      return c.body(rotated.value, 200, { 'Content-Type': 'application/cose', ...NOT_KEPT });
    },
    // One that is to be wiped, too: where this server was set back, what waits there can be signed for by this alone.
    { maxBytes: MAX_ROTATION_BYTES, isForLeaving: true },
  );
}

function addAction(routes: GuardedRoutes, desk: DeviceDesk, action: keyof typeof ACTIONS): void {
  routes.person('manager', 'POST', `/sites/:site/devices/:device/${action}`, async (c: Context) => {
    const { site = '', device = '' } = c.req.param();
    const changed = await desk[ACTIONS[action]](site, device);
    if (changed.ok) return c.json(changed.value, 200, NOT_KEPT);
    return c.json({ error: changed.error }, changed.error === 'device-unknown' ? 404 : 409, NOT_KEPT);
  });
}
