// A tablet's waiting records as a file: CBOR [ 'gatelight-records-1', [ batch bytes ... ] ], each batch as on the wire.

import type { Bytes } from '../../bytes/bytes.ts';
import { isCborArray, isCborBytes, parseCbor } from '../../bytes/cbor.ts';
import { ok, type Result, refused } from '../../result.ts';

const FORM = 'gatelight-records-1';
/** Some 200,000 records. */
export const MAX_RECORDS_FILE_BYTES = 64 * 1024 * 1024;

export type RecordsFileRefusal = 'records-file-too-large' | 'records-file-form';

export function parseRecordsFile(bytes: Bytes): Result<readonly Bytes[], RecordsFileRefusal> {
  if (bytes.length > MAX_RECORDS_FILE_BYTES) return refused('records-file-too-large');
  const cbor = parseCbor(bytes, { maxDepth: 2 });
  if (!cbor.ok || !isCborArray(cbor.value) || cbor.value.length !== 2) return refused('records-file-form');
  const [form, batches] = cbor.value;
  if (form !== FORM || !isCborArray(batches)) return refused('records-file-form');
  return batches.every((batch): batch is Bytes => isCborBytes(batch))
    ? ok(batches)
    : refused('records-file-form');
}
