// A sealed record under its identity, as it lies on tablet and server: CBOR
// [ v, site, device, epoch, seq, day, key, session, sealed, prev ]. Nothing in it tells what happened, and no time but
// the day. Each names the one before by its hash: the chain holds whether or not anybody can still open what is sealed.

import type { Bytes } from '../../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCbor } from '../../bytes/cbor.ts';
import { sha256 } from '../../bytes/sha256.ts';
import { BOX_KEY_BYTES, BOX_TAG_BYTES } from '../../nacl/box.ts';
import { ok, type Result, refused } from '../../result.ts';
import { isId } from '../../trust/ids.ts';
import { isSiteDay } from '../../trust/site-day.ts';
import type { LogIdentity } from '../envelope.ts';
import { isDeviceId, isPositive } from '../identity.ts';
import { RECORD_BYTES } from './encode-record.ts';

/** Envelopes of version 1 carry their record in clear. */
export const ENVELOPE_VERSION = 2;
export const KEY_NAME_BYTES = 4;
export const SEALED_BYTES = RECORD_BYTES + BOX_TAG_BYTES;
export const HASH_BYTES = 32;
/** What the longest site, epoch and seq make of it. */
export const MAX_SEALED_ENVELOPE_BYTES = 302;

export interface SealedEnvelope extends LogIdentity {
  readonly seq: number;
  /** 'YYYY-MM-DD', the site's. */
  readonly day: string;
  /** Name of the day key that it is sealed to. */
  readonly key: Bytes;
  /** Ephemeral public key of the session. */
  readonly session: Bytes;
  readonly sealed: Bytes;
  /** SHA-256 of the envelope before; of the identity for the first. */
  readonly prev: Bytes;
}

export const SEALED_ENVELOPE_REFUSALS = [
  'envelope-too-large',
  'envelope-cbor',
  'envelope-shape',
  'envelope-version',
  'envelope-site',
  'envelope-device',
  'envelope-epoch',
  'envelope-seq',
  'envelope-day',
  'envelope-key',
  'envelope-session',
  'envelope-sealed',
  'envelope-prev',
] as const;
export type SealedEnvelopeRefusal = (typeof SEALED_ENVELOPE_REFUSALS)[number];

/** Throws on an envelope that the parser would refuse: that is an accident of ours, and no server would take it. */
export function encodeSealedEnvelope(envelope: SealedEnvelope): Bytes {
  const { site, device, epoch, seq, day, key, session, sealed, prev } = envelope;
  const bytes = encodeCbor([ENVELOPE_VERSION, site, device, epoch, seq, day, key, session, sealed, prev]);
  const parsed = parseSealedEnvelope(bytes);
  if (!parsed.ok) throw new Error(`an envelope that nobody would take: ${parsed.error}`);
  return bytes;
}

export function parseSealedEnvelope(bytes: Bytes): Result<SealedEnvelope, SealedEnvelopeRefusal> {
  if (bytes.length > MAX_SEALED_ENVELOPE_BYTES) return refused('envelope-too-large');
  const cbor = parseCbor(bytes, { maxDepth: 1 });
  if (!cbor.ok) return refused('envelope-cbor');
  if (!isCborArray(cbor.value) || cbor.value.length !== 10) return refused('envelope-shape');
  const [version, site, device, epoch, seq, day, key, session, sealed, prev] = cbor.value;
  if (version !== ENVELOPE_VERSION) return refused('envelope-version');
  if (!isId(site)) return refused('envelope-site');
  if (!isDeviceId(device)) return refused('envelope-device');
  if (!isPositive(epoch)) return refused('envelope-epoch');
  if (!isPositive(seq)) return refused('envelope-seq');
  if (!isSiteDay(day)) return refused('envelope-day');
  if (!isBytesOf(key, KEY_NAME_BYTES)) return refused('envelope-key');
  if (!isBytesOf(session, BOX_KEY_BYTES)) return refused('envelope-session');
  if (!isBytesOf(sealed, SEALED_BYTES)) return refused('envelope-sealed');
  if (!isBytesOf(prev, HASH_BYTES)) return refused('envelope-prev');
  return ok({ site, device, epoch, seq, day, key, session, sealed, prev });
}

/** What the first envelope names as the one before: SHA-256 of CBOR [ site, device, epoch ], so no two logs begin alike. */
export const hashBeforeFirst = ({ site, device, epoch }: LogIdentity): Promise<Bytes> =>
  sha256(encodeCbor([site, device, epoch]));

export const isSameIdentity = (a: LogIdentity, b: LogIdentity): boolean =>
  a.site === b.site && a.device === b.device && a.epoch === b.epoch;

const isBytesOf = (value: CborValue | undefined, length: number): value is Bytes =>
  isCborBytes(value) && value.length === length;
