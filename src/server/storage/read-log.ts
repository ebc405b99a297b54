// A site's logs as they lie here, for whoever audits them.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type { LogIdentity } from '../../core/log/envelope.ts';
import type { StoredLine, StoredWords } from './port.ts';
import type { Sql } from './sql.ts';

export const listLogs = (sql: Sql, site: string): Promise<readonly LogIdentity[]> => sql<LogIdentity[]>`
  SELECT site_id AS site, device_id AS device, epoch FROM device_head
  WHERE site_id = ${site} ORDER BY device_id, epoch`;

export async function readLog(
  sql: Sql,
  { site, device, epoch }: LogIdentity,
  after: number,
  limit: number,
): Promise<readonly StoredLine[]> {
  const rows = await sql<StoredLine[]>`
    (SELECT seq, envelope FROM scan
     WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND seq > ${after}
     ORDER BY seq LIMIT ${limit})
    UNION ALL
    (SELECT seq, envelope FROM quarantine
     WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND seq > ${after} AND kind <> 'fork'
     ORDER BY seq LIMIT ${limit})
    ORDER BY seq LIMIT ${limit}`;
  return rows.map(({ seq, envelope }) => ({ seq, envelope: new Uint8Array(envelope) }));
}

export async function readForks(sql: Sql, { site, device, epoch }: LogIdentity): Promise<readonly Bytes[]> {
  const rows = await sql<{ envelope: Bytes }[]>`
    SELECT envelope FROM quarantine
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} AND kind = 'fork' ORDER BY seq, hash`;
  return rows.map(({ envelope }) => new Uint8Array(envelope));
}

export async function readWords(sql: Sql, { site, device, epoch }: LogIdentity): Promise<StoredWords> {
  const words = await sql<{ from: number; signed: Bytes; receipt: Bytes }[]>`
    SELECT from_seq AS "from", signed, receipt FROM batch
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} ORDER BY from_seq, envelopes_hash`;
  const dropped = await sql<{ statement: Bytes }[]>`
    SELECT statement FROM dropped
    WHERE site_id = ${site} AND device_id = ${device} AND epoch = ${epoch} ORDER BY first_seq`;
  return {
    batchHeads: words.flatMap(({ from, signed }) => (from === 0 ? [] : [new Uint8Array(signed)])),
    receipts: words.map(({ receipt }) => new Uint8Array(receipt)),
    dropped: dropped.map(({ statement }) => new Uint8Array(statement)),
  };
}
