import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import { keyNameOf, sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import {
  encodeSealedEnvelope,
  hashBeforeFirst,
  MAX_SEALED_ENVELOPE_BYTES,
  parseSealedEnvelope,
  type SealedEnvelope,
} from '../../../../../src/core/log/sealed/envelope.ts';
import { deviceOf, hashOf, heartbeat, identityOf, keyPairOf, sealRun } from './sealed-fixtures.ts';

const fill = (length: number, byte = 1): Bytes => new Uint8Array(length).fill(byte);
const LARGEST: SealedEnvelope = {
  site: 'a'.repeat(24),
  device: deviceOf(1),
  epoch: 2 ** 31 - 1,
  seq: 2 ** 31 - 1,
  day: '2026-03-02',
  key: fill(4),
  session: fill(32),
  sealed: fill(144),
  prev: fill(32),
};
const { device, epoch, seq, day, key, session, sealed, prev } = LARGEST;
const PLACES: readonly CborValue[] = [2, 'lindenhof', device, epoch, seq, day, key, session, sealed, prev];
const codeOf = (bytes: Bytes) => {
  const parsed = parseSealedEnvelope(bytes);
  return parsed.ok ? 'ok' : parsed.error;
};

describe('an envelope', () => {
  it('comes back as it went, and the largest is as large as the limit', () => {
    const bytes = encodeSealedEnvelope(LARGEST);
    expect(bytes.length).toBe(MAX_SEALED_ENVELOPE_BYTES);
    expect(parseSealedEnvelope(bytes)).toEqual({ ok: true, value: LARGEST });
  });

  it('is 278 bytes at a site of nine letters, and never more than 600', async () => {
    const envelopes = await sealRun(identityOf(), [heartbeat()], sealKeyOf(await keyPairOf()));
    const lengths = envelopes.map(({ length }) => length);
    expect(lengths).toEqual([278]);
    expect(MAX_SEALED_ENVELOPE_BYTES).toBeLessThanOrEqual(600);
  });

  it('has one length at a site, whatever happened', async () => {
    const long = {
      ...heartbeat(),
      gate: 'g'.repeat(24),
      kind: 'decision',
      decision: 'let-in',
      refersTo: 5,
    } as const;
    const envelopes = await sealRun(
      identityOf(),
      [heartbeat(), long, heartbeat(0)],
      sealKeyOf(await keyPairOf()),
    );
    expect(new Set(envelopes.map(({ length }) => length)).size).toBe(1);
  });

  it.each<[number, CborValue, string]>([
    [0, 1, 'envelope-version'],
    [0, 3, 'envelope-version'],
    [1, 'Lindenhof', 'envelope-site'],
    [1, '', 'envelope-site'],
    [2, deviceOf(1).slice(1), 'envelope-device'],
    [2, deviceOf(0xab).toUpperCase(), 'envelope-device'],
    [3, 0, 'envelope-epoch'],
    [3, 1, 'ok'],
    [3, 2 ** 31, 'envelope-epoch'],
    [4, 0, 'envelope-seq'],
    [4, 1, 'ok'],
    [4, 2 ** 31, 'envelope-seq'],
    [5, '2026-02-30', 'envelope-day'],
    [5, '2024-02-29', 'ok'],
    [5, 20_260_302, 'envelope-day'],
    [6, fill(3), 'envelope-key'],
    [6, fill(5), 'envelope-key'],
    [7, fill(31), 'envelope-session'],
    [7, fill(33), 'envelope-session'],
    [8, fill(143), 'envelope-sealed'],
    [8, fill(145), 'envelope-sealed'],
    [9, fill(31), 'envelope-prev'],
    [9, null, 'envelope-prev'],
  ])('with place %i as %o: %s', (place, value, code) => {
    expect(codeOf(encodeCbor(PLACES.with(place, value)))).toBe(code);
  });

  it.each([
    ['longer than any', fill(MAX_SEALED_ENVELOPE_BYTES + 1), 'envelope-too-large'],
    ['not CBOR', fill(20, 0xff), 'envelope-cbor'],
    ['a place short', encodeCbor(PLACES.slice(0, 9)), 'envelope-shape'],
    ['a map', encodeCbor(new Map()), 'envelope-shape'],
    ['with a byte behind it', new Uint8Array([...encodeCbor(PLACES.with(1, 'a')), 0]), 'envelope-cbor'],
  ])('%s is refused', (_name, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });

  it('is not written where nobody would take it', () => {
    expect(() => encodeSealedEnvelope({ ...LARGEST, seq: 2 ** 31 })).toThrow(/envelope-seq/);
  });
});

it('begins every log with another hash', async () => {
  const starts = await Promise.all(
    [identityOf(1), identityOf(2), identityOf(1, 'westtor'), identityOf(1, 'lindenhof', 2)].map(
      hashBeforeFirst,
    ),
  );
  expect(new Set(starts.map((start) => start.join())).size).toBe(4);
  expect(starts[0]).toEqual(hashOf(encodeCbor(['lindenhof', deviceOf(1), 1])));
});

it('names a day key by the first four bytes of its hash', async () => {
  const pair = await keyPairOf();
  expect(pair.name).toEqual(hashOf(pair.publicKey).slice(0, 4));
  expect(await keyNameOf(pair.publicKey)).toEqual(pair.name);
  expect(sealKeyOf(pair)).not.toHaveProperty('secretKey');
});
