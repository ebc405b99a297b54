// What waits on this tablet as one file, for a tablet that will not reach its server again: CBOR [ 'gatelight-records-1',
// [ batch ... ] ], each a signed batch as it would have been sent. Still sealed; the records stay until a receipt covers them.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeCbor } from '../core/bytes/cbor.ts';
import type { DeviceSigner } from '../core/identity/device-key.ts';
import { MAX_BATCH_RECORDS } from '../core/log/envelope.ts';
import { signBatch } from '../core/log/sealed/batch.ts';
import type { Database } from './database.ts';
import { readRunAfter } from './log-store.ts';

export const RECORDS_FILE_FORM = 'gatelight-records-1';

/** Null when nothing waits. */
export async function exportWaiting(database: Database, signer: DeviceSigner): Promise<Bytes | null> {
  const batches: Bytes[] = [];
  let run = await readRunAfter(database, null, MAX_BATCH_RECORDS);
  while (run !== null) {
    const { identity, records, lastReceipt } = run;
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) break;
    const envelopes = records.map(({ envelope }) => envelope);
    batches.push(await signBatch(identity, first.seq, envelopes, lastReceipt, signer));
    run = await readRunAfter(database, { ...identity, seq: last.seq }, MAX_BATCH_RECORDS);
  }
  return batches.length === 0 ? null : encodeCbor([RECORDS_FILE_FORM, batches]);
}
