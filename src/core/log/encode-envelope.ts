// An envelope as bytes: CBOR [ version, site, device, epoch, seq, day, record ]. What the server counts, orders and
// tells apart stands in the envelope; what happened stands in the record.

import type { Bytes } from '../bytes/bytes.ts';
import { encodeCbor, isCborArray, isCborBytes, parseCbor } from '../bytes/cbor.ts';
import { ok, type Result, refused } from '../result.ts';
import { isId } from '../trust/ids.ts';
import { isSiteDay } from '../trust/site-day.ts';
import { type Envelope, MAX_ENVELOPE_BYTES } from './envelope.ts';
import { isDeviceId, isPositive } from './identity.ts';

const VERSION = 1;

export const ENVELOPE_REFUSALS = [
  'envelope-too-large',
  'envelope-cbor',
  'envelope-shape',
  'envelope-version',
  'envelope-identity',
  'envelope-day',
] as const;
export type EnvelopeRefusal = (typeof ENVELOPE_REFUSALS)[number];

export const encodeEnvelope = ({ site, device, epoch, seq, day, record }: Envelope): Bytes =>
  encodeCbor([VERSION, site, device, epoch, seq, day, record]);

export function parseEnvelope(bytes: Bytes): Result<Envelope, EnvelopeRefusal> {
  if (bytes.length > MAX_ENVELOPE_BYTES) return refused('envelope-too-large');
  const cbor = parseCbor(bytes, { maxDepth: 2 });
  if (!cbor.ok) return refused('envelope-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== 7) return refused('envelope-shape');
  const [version, site, device, epoch, seq, day, record] = cbor.value;
  if (version !== VERSION) return refused('envelope-version');
  if (!isId(site) || !isDeviceId(device) || !isPositive(epoch) || !isPositive(seq))
    return refused('envelope-identity');
  if (!isSiteDay(day)) return refused('envelope-day');
  if (!isCborBytes(record)) return refused('envelope-shape');
  return ok({ site, device, epoch, seq, day, record });
}
