// Sites with day keys and tablets that seal, for tests of the sealed log. Chance comes from a seed.

import { createHash } from 'node:crypto';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import type { LogIdentity } from '../../../../../src/core/log/envelope.ts';
import type { GateRecord } from '../../../../../src/core/log/record.ts';
import {
  createSealKeyPair,
  type SealKey,
  type SealKeyPair,
} from '../../../../../src/core/log/sealed/day-keys.ts';
import { hashBeforeFirst } from '../../../../../src/core/log/sealed/envelope.ts';
import { createSealer } from '../../../../../src/core/log/sealed/sealer.ts';
import { createRandom, type Random } from '../../../../fuzz/random.ts';

export const DAY = '2026-03-02';
/** 2026-03-02, 12:40 in Berlin. */
export const MINUTE = Date.UTC(2026, 2, 2, 11, 40) / 60_000;

export const hashOf = (bytes: Bytes): Bytes => new Uint8Array(createHash('sha256').update(bytes).digest());

export const deviceOf = (number: number): string => number.toString(16).padStart(32, '0');

export const identityOf = (device = 1, site = 'lindenhof', epoch = 1): LogIdentity => ({
  site,
  device: deviceOf(device),
  epoch,
});

export const heartbeat = (minute = MINUTE): GateRecord => ({
  kind: 'heartbeat',
  minute,
  gate: 'gate-1',
  direction: 'in',
});

export const keyPairOf = (
  site = 'lindenhof',
  day = DAY,
  random = createRandom('seal key', site, day),
): Promise<SealKeyPair> => createSealKeyPair(site, day, random.bytes(32));

/** Envelopes 1 to n of one tablet, one record each, all committed, ten seconds apart. */
export async function sealRun(
  identity: LogIdentity,
  records: readonly GateRecord[],
  dayKey: SealKey,
  random: Pick<Random, 'bytes'> = createRandom('run', identity.device, identity.epoch),
): Promise<readonly Bytes[]> {
  const sealer = createSealer((length) => random.bytes(length));
  const envelopes: Bytes[] = [];
  let prev = await hashBeforeFirst(identity);
  for (const [at, record] of records.entries()) {
    const sealing = sealer.seal({ identity, seq: at + 1, dayKey, atMs: at * 10_000, prev, record });
    sealing.committed();
    envelopes.push(sealing.envelope);
    prev = hashOf(sealing.envelope);
  }
  return envelopes;
}
