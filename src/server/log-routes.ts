// The log for those who audit it, and records that come in a file instead of over the air.

import { stream } from 'hono/streaming';
import { readAtMost } from '../core/bytes/read-at-most.ts';
import { MAX_RECORDS_FILE_BYTES, parseRecordsFile } from '../core/log/sealed/records-file.ts';
import type { GuardedRoutes } from './access/guarded-routes.ts';
import type { Changes } from './changes.ts';
import type { IngestTools } from './ingest/ingest-tools.ts';
import { ingestBatch } from './ingest.ts';
import { exportLogs, listLogKeys } from './log-export.ts';
import type { SiteRegister } from './sites/site-register.ts';
import type { Storage } from './storage/port.ts';
import type { Stores } from './storage/stores.ts';
import type { SiteTrust } from './trust/site-trust.ts';

export interface LogRouteTools extends Omit<IngestTools, 'trust' | 'storage'> {
  readonly storage: Storage;
  readonly trust: Pick<SiteTrust, 'signers'>;
  readonly sites: Pick<SiteRegister, 'find'>;
  readonly stores: Pick<Stores, 'devices'>;
  readonly changes: Changes;
}

export function addLogRoutes(routes: Pick<GuardedRoutes, 'person'>, tools: LogRouteTools): void {
  const { storage, sites, stores, changes } = tools;

  routes.person('manager', 'GET', '/sites/:site/log/export', async (c) => {
    const held = sites.find(c.req.param('site'));
    if (held === null) return c.json({ error: 'unknown-site' }, 404);
    c.header('Content-Type', 'application/cbor-seq');
    c.header('Cache-Control', 'no-store');
    c.header('Content-Disposition', `attachment; filename="${held.site.id}.gatelight-log"`);
    return stream(c, async (out) => {
      // An export that breaks off has no end, and is refused by whoever reads it.
      for await (const part of exportLogs(held.site.id, storage)) await out.write(part);
    });
  });

  routes.person('manager', 'GET', '/sites/:site/log/keys', async (c) => {
    const held = sites.find(c.req.param('site'));
    if (held === null) return c.json({ error: 'unknown-site' }, 404);
    const keys = await listLogKeys(held.site.id, held.server.receiptKeys, storage, (site, device) =>
      stores.devices.keysOf(site, device),
    );
    return c.json(keys, 200, { 'Cache-Control': 'no-store' });
  });

  routes.person('manager', 'POST', '/sites/:site/import', async (c) => {
    const held = sites.find(c.req.param('site'));
    if (held === null) return c.json({ error: 'unknown-site' }, 404);
    if (c.req.header('Content-Type') !== 'application/cbor') return c.json({ error: 'not-cbor' }, 415);
    const body = await readAtMost(c.req.raw.body, MAX_RECORDS_FILE_BYTES);
    if (body === null) return c.json({ error: 'records-file-too-large' }, 413);
    const batches = parseRecordsFile(body);
    if (!batches.ok) return c.json({ error: batches.error }, 400);
    const trust = { inUse: held, signers: tools.trust.signers };
    const answers: { readonly added: number; readonly error: string | null }[] = [];
    for (const batch of batches.value) {
      const answer = await ingestBatch(held.site, batch, { ...tools, trust });
      if (answer.kind === 'receipt') answers.push({ added: answer.added, error: null });
      else answers.push({ added: 0, error: answer.code });
    }
    if (answers.some(({ added }) => added > 0)) changes.announce(held.site.id);
    return c.json({ batches: answers }, 200, { 'Cache-Control': 'no-store' });
  });
}
