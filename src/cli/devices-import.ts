// gatelight devices import: what a tablet saved that will not reach its server again.

import { readFile } from 'node:fs/promises';
import { parseOptions } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';
import { openSite, SITE_OPTIONS, SITE_USAGE } from './site-at-hand.ts';

export const IMPORT_USAGE = `gatelight devices import FILE [options]

Takes in a file of sealed records that a tablet saved. Each batch in it is signed by the tablet and taken as if it had been
sent: the same file again changes nothing. Prints how many records were new.

${SITE_USAGE}

Exit: 0 taken, 1 no server, it refused, or a batch was not taken, 2 wrong arguments`;

export async function importRecords(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, SITE_OPTIONS);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('import takes one FILE');
  const bytes = new Uint8Array(await readFile(file));
  const site = await openSite(values);
  const { batches } = (await site.ask('POST', 'import', { bytes, type: 'application/cbor' })) as Imported;
  const added = batches.reduce((sum, batch) => sum + batch.added, 0);
  const refused = batches.flatMap(({ error }, at) => (error === null ? [] : [{ error, number: at + 1 }]));
  for (const { error, number } of refused) io.err(`batch ${number} was not taken: ${error}`);
  io.out(`${batches.length - refused.length} of ${batches.length} batches taken, ${added} records new`);
  return refused.length === 0 ? 0 : 1;
}

interface Imported {
  /** One for each batch of the file, in order. */
  readonly batches: readonly { readonly added: number; readonly error: string | null }[];
}
