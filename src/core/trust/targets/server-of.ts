// Which entry of servers.json speaks for a site, and with it whose keys count there and which bounds hold.

import type { Site } from '../trust.ts';
import { ANY_SITE, type ListedServer } from './targets.ts';

/**
 * The entry that names the site, whatever class the site says; else the one by which a server founds sites of the class
 * that the site says. Null: nobody speaks for it.
 */
export function serverOf(
  servers: readonly ListedServer[],
  { id, class: named }: Pick<Site, 'id' | 'class'>,
): ListedServer | null {
  const own = servers.find(({ site }) => site === id);
  if (own !== undefined) return own;
  return servers.find((server) => server.site === ANY_SITE && server.class === named) ?? null;
}
