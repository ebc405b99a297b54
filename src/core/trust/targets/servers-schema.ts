// servers.json: for each site its class, and the keys of its server for settings, receipts and signed time.

import * as v from 'valibot';
import { ok, type Result } from '../../result.ts';
import { Format, Id, isUnique, PublicKeys, parseTarget } from './fields-schema.ts';
import { type ListedServer, SERVERS_FILE, type TargetRefusal } from './targets.ts';

const ServersShape = v.strictObject({
  format: Format,
  servers: v.pipe(
    v.array(
      v.strictObject({
        site: Id,
        class: Id,
        settingsKeys: PublicKeys,
        receiptKeys: PublicKeys,
        timeKeys: PublicKeys,
      }),
    ),
    v.check((servers) => isUnique(servers.map(({ site }) => site)), 'names a site twice'),
  ),
});

export function parseServers(bytes: Uint8Array): Result<readonly ListedServer[], TargetRefusal> {
  const document = parseTarget(SERVERS_FILE, ServersShape, bytes);
  return document.ok ? ok(document.value.servers) : document;
}
