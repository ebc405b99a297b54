// What is known of a site's ended days beside its records.

import type { Storage } from './port.ts';
import type { Sql } from './sql.ts';

export async function dropFacts(
  tx: Sql,
  site: string,
  { duplicates, counts }: Parameters<Storage['dropFacts']>[1],
): Promise<void> {
  await tx`DELETE FROM duplicate WHERE site_id = ${site} AND day < ${duplicates}::date`;
  await tx`DELETE FROM tally WHERE site_id = ${site} AND day < ${counts}::date`;
  await tx`DELETE FROM hourly WHERE site_id = ${site} AND day < ${counts}::date`;
}
