// Records in clear, as tablets without an identity still write and send them.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeBatch } from '../core/log/batch.ts';
import { encodeEnvelope } from '../core/log/encode-envelope.ts';
import { encodeRecord } from '../core/log/encode-record.ts';
import type { EnvelopeWriter, WaitingLog } from './ports.ts';

/** Throws on kinds of records that the plain log has no form for. */
export const plainWriter: EnvelopeWriter = {
  async write({ identity, seq, day, record }) {
    if (record.kind !== 'scan' && record.kind !== 'decision')
      throw new Error(`the plain log has no ${record.kind}`);
    const envelope = encodeEnvelope({ ...identity, seq, day, record: encodeRecord(record) });
    return { envelope, committed() {} };
  },
};

/** Of at least one record. */
export async function makePlainBatch({ identity, records, lastReceipt }: WaitingLog): Promise<Bytes> {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a batch of no records');
  return encodeBatch({
    ...identity,
    from: first.seq,
    to: last.seq,
    head: last.hash,
    envelopes: records.map(({ envelope }) => envelope),
    lastReceipt,
  });
}
