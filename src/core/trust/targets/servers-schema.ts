// servers.json: for each site its class, and the keys of its server for settings, receipts and signed time. An entry for
// any site lets its server found sites of that class.

import * as v from 'valibot';
import { ok, type Result } from '../../result.ts';
import { isId } from '../ids.ts';
import { Format, Id, isUnique, PublicKeys, parseTarget } from './fields-schema.ts';
import { ANY_SITE, type ListedServer, SERVERS_FILE, serverName, type TargetRefusal } from './targets.ts';

const SiteOrAny = v.pipe(
  v.string(),
  v.check(
    (site) => site === ANY_SITE || isId(site),
    `${ANY_SITE}, or 1 to 24 lower-case letters, digits and dashes`,
  ),
);

const ServersShape = v.strictObject({
  format: Format,
  servers: v.pipe(
    v.array(
      v.strictObject({
        site: SiteOrAny,
        class: Id,
        settingsKeys: PublicKeys,
        receiptKeys: PublicKeys,
        timeKeys: PublicKeys,
      }),
    ),
    v.check((servers) => isUnique(servers.map(serverName)), 'names a site twice'),
  ),
});

export function parseServers(bytes: Uint8Array): Result<readonly ListedServer[], TargetRefusal> {
  const document = parseTarget(SERVERS_FILE, ServersShape, bytes);
  return document.ok ? ok(document.value.servers) : document;
}
