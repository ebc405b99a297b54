// A tablet asks for its site's day keys, with a key of its own to seal the secret ones to.

import { randomBytes } from 'node:crypto';
import { parseDayKeysRequest, signDayKeys } from '../../core/log/sealed/day-key-message.ts';
import type { Signer } from '../../core/signature/signer.ts';
import { type DayRule, siteDayAt } from '../../core/trust/site-day.ts';
import type { GuardedRoutes } from '../access/guarded-routes.ts';
import type { DayKeyBook } from './day-key-book.ts';

export interface DayKeyRouteTools {
  readonly dayKeys: Pick<DayKeyBook, 'sealKeys' | 'pseudonymKeys'>;
  readonly trust: { readonly signers: { readonly receipt: Signer } };
  findSite(id: string): DayRule | null;
  nowMs(): number;
}

export function addDayKeyRoutes(
  routes: Pick<GuardedRoutes, 'tablet'>,
  { dayKeys, trust, findSite, nowMs }: DayKeyRouteTools,
): void {
  routes.tablet('POST', '/sites/:site/day-keys', async (c, { site, device, nonce, body }) => {
    const rule = findSite(site);
    if (rule === null) return c.json({ error: 'unknown-site' }, 404);
    const toTablet = parseDayKeysRequest(body);
    if (toTablet === null) return c.json({ error: 'bad-box-key' }, 400);
    const pseudonymKeys = dayKeys.pseudonymKeys(site);
    const keys = { sealKeys: dayKeys.sealKeys(site, siteDayAt(nowMs(), rule)), pseudonymKeys };
    const answer = await signDayKeys(
      { site, device, nonce },
      keys,
      toTablet,
      (length) => new Uint8Array(randomBytes(length)),
      trust.signers.receipt,
    );
    for (const { key } of pseudonymKeys) key.fill(0);
    return c.body(answer, 200, { 'Content-Type': 'application/cose', 'Cache-Control': 'no-store' });
  });
}
