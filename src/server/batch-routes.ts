// A batch as it travels: bounded before it is read, taken by ingest, answered by its receipt.

import type { MiddlewareHandler } from 'hono';
import { MAX_BATCH_BYTES } from '../core/log/envelope.ts';
import type { ApiContext, ApiEnv, GuardedRoutes, TabletAtHand } from './access/guarded-routes.ts';
import type { Changes } from './changes.ts';
import type { IngestTools } from './ingest/ingest-tools.ts';
import { ingestBatch } from './ingest.ts';
import type { SiteRegister } from './sites/site-register.ts';
import type { DeviceStore } from './storage/device-store.ts';
import type { SiteTrust } from './trust/site-trust.ts';

export interface BatchRouteTools extends Omit<IngestTools, 'trust'> {
  readonly trust: Pick<SiteTrust, 'signers'>;
  readonly sites: Pick<SiteRegister, 'find'>;
  readonly changes: Changes;
  readonly stores: { readonly devices: Pick<DeviceStore, 'keysOf' | 'adopt'> };
}

const MAX_CONCURRENT_BATCHES = 16;
const BUSY_RETRY_SECONDS = 2;

export function addBatchRoutes(routes: GuardedRoutes, tools: BatchRouteTools): void {
  const sealedFor = (by: string): IngestTools['sealed'] => {
    const { devices } = tools.stores;
    let isUnknown = false;
    return {
      ...tools.sealed,
      async deviceKeysOf({ site, device }) {
        const known = await devices.keysOf(site, device);
        isUnknown = known.length === 0;
        return isUnknown ? devices.keysOf(site, by) : known;
      },
      noteSigned: async ({ site, device }) => !isUnknown || devices.adopt(site, device, by),
    };
  };

  const take = async (c: ApiContext, { site: id, device, body }: TabletAtHand): Promise<Response> => {
    const held = tools.sites.find(id);
    if (held === null) return c.json({ error: 'unknown-site' }, 404);
    const trust = { inUse: held, signers: tools.trust.signers };
    const answer = await ingestBatch(held.site, body, { ...tools, trust, sealed: sealedFor(device) });
    switch (answer.kind) {
      case 'receipt':
        if (answer.added > 0) tools.changes.announce(id);
        return c.body(answer.bytes, 200, {
          'Content-Type': 'application/cose',
          'Cache-Control': 'no-store',
        });
      case 'refused':
        return c.json({ error: answer.code }, answer.code === 'batch-too-large' ? 413 : 400);
    }
  };

  routes.tablet('POST', '/sites/:site/batches', take, {
    maxBytes: MAX_BATCH_BYTES,
    isForLeaving: true,
    before: [cborOnly, fewAtATime()],
  });
}

/** A form of another web page cannot send this type without asking first, and is not answered when it asks. */
const cborOnly: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.header('Content-Type') !== 'application/cbor') return c.json({ error: 'not-cbor' }, 415);
  return next();
};

function fewAtATime(): MiddlewareHandler<ApiEnv> {
  let atHand = 0;
  return async (c, next) => {
    if (atHand >= MAX_CONCURRENT_BATCHES)
      return c.json({ error: 'busy' }, 503, { 'Retry-After': String(BUSY_RETRY_SECONDS) });
    atHand++;
    try {
      return await next();
    } finally {
      atHand--;
    }
  };
}
