// How a tablet with an identity writes and sends: records sealed to the site's key of their day, batches signed by the
// tablet's own key. Page, service worker and simulator use the same; keys, clock and chance come from the caller.

import type { Bytes } from '../core/bytes/bytes.ts';
import type { DeviceSigner } from '../core/identity/device-key.ts';
import { signBatch } from '../core/log/sealed/batch.ts';
import type { SealKey } from '../core/log/sealed/day-keys.ts';
import { hashBeforeFirst } from '../core/log/sealed/envelope.ts';
import type { Sealer } from '../core/log/sealed/sealer.ts';
import type { EnvelopeWriter, WaitingLog } from './ports.ts';

/** The tablet holds no seal key for this day: nothing can be recorded, so nothing may be judged. */
export class NoDayKey extends Error {
  override readonly name = 'NoDayKey';

  constructor(readonly day: string) {
    super(`no key to seal a record of ${day} to`);
  }
}

export interface SealedWriterPorts {
  readonly sealer: Sealer;
  sealKeyOf(site: string, day: string): Promise<SealKey | null>;
  /** By a clock that does not jump. */
  monotonicMs(): number;
}

/** Throws `NoDayKey` where there is none. Ending the session, at lock and at the day's end, is the owner of the sealer's business. */
export const createSealedWriter = ({
  sealer,
  sealKeyOf,
  monotonicMs,
}: SealedWriterPorts): EnvelopeWriter => ({
  async write({ identity, seq, day, prev, record }) {
    const dayKey = await sealKeyOf(identity.site, day);
    if (dayKey === null) throw new NoDayKey(day);
    const before = seq === 1 ? await hashBeforeFirst(identity) : prev;
    return sealer.seal({ identity, seq, dayKey, atMs: monotonicMs(), prev: before, record });
  },
});

/** The signer is asked for anew each time: its key is replaced every so often. */
export const createBatchSigner =
  (signer: () => Promise<DeviceSigner>) =>
  async ({ identity, records, lastReceipt }: WaitingLog): Promise<Bytes> => {
    const [first] = records;
    if (first === undefined) throw new Error('a batch of no records');
    const envelopes = records.map(({ envelope }) => envelope);
    return signBatch(identity, first.seq, envelopes, lastReceipt, await signer());
  };
