// docs/log.cddl is true: what the code writes is what the document says, and what the document does not say is refused.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, parseCbor } from '../../../../../src/core/bytes/cbor.ts';
import { signReceipt, verifyReceipt } from '../../../../../src/core/log/receipt.ts';
import { parseBatchHead, parseSealedBatch, signBatch } from '../../../../../src/core/log/sealed/batch.ts';
import { signDayKeys } from '../../../../../src/core/log/sealed/day-key-message.ts';
import { sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import { signDroppedRun, verifyDroppedRun } from '../../../../../src/core/log/sealed/dropped-days.ts';
import {
  encodeRecord,
  parseRecord,
  RECORD_BYTES,
  RECORD_KINDS,
} from '../../../../../src/core/log/sealed/encode-record.ts';
import { parseSealedEnvelope } from '../../../../../src/core/log/sealed/envelope.ts';
import { agreeOnKey, boxKeyPairOf, openBox } from '../../../../../src/core/nacl/box.ts';
import { signCoseSign1 } from '../../../../../src/core/signature/cose-sign1.ts';
import { chooseEngine } from '../../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../../src/core/signature/signer.ts';
import { REASONS, VERDICT_KINDS } from '../../../../../src/core/verdict/codes.ts';
import { testEd25519Device, testP256Device } from '../../../../support/test-device.ts';
import { anyRecord } from './any-record.ts';
import { readCddl } from './cddl.ts';
import { DAY, hashOf, heartbeat, identityOf, keyPairOf, sealRun } from './sealed-fixtures.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../../../docs/log.cddl'), 'utf8');
const { matches, names } = readCddl(DOCUMENT);

const tablet = boxKeyPairOf(new Uint8Array(32).fill(5));
const signer = await createSigner(new Uint8Array(32).fill(3));
const identity = identityOf();
const log = await sealRun(identity, [heartbeat(), heartbeat(), heartbeat()], sealKeyOf(await keyPairOf()));
const head = hashOf(log[2] ?? new Uint8Array(0));
const receipt = await signReceipt(
  { ...identity, upTo: 3, head, quarantined: [{ seq: 2, hash: head }], serverTime: 1_772_451_600 },
  signer,
);
const batch = await signBatch(identity, 1, log, receipt, await testEd25519Device(3));
const batchByP256 = await signBatch(identity, 1, log, receipt, await testP256Device());

function arrayOf(bytes: Bytes): readonly CborValue[] {
  const parsed = parseCbor(bytes, { maxDepth: 4 });
  if (!parsed.ok || !isCborArray(parsed.value)) throw new Error('no array');
  return parsed.value;
}
const recordValue = (padded: Bytes) => arrayOf(padded.slice(1, 1 + (padded[0] ?? 0)));
const ODD: readonly CborValue[] = [
  null,
  true,
  -1,
  0,
  7,
  19,
  2 ** 32,
  '',
  'gate-1',
  'Gate',
  new Uint8Array(8),
  new Uint8Array(33),
  [],
  new Map(),
];

describe('what the code writes is what the document says', () => {
  it('for records of every kind', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const padded = encodeRecord(record);
        expect(matches('padded', padded)).toBe(true);
        expect(matches('record', recordValue(padded))).toBe(true);
        expect(
          matches(record.kind === 'entry-without-pass' ? 'entry' : record.kind, recordValue(padded)),
        ).toBe(true);
      }),
    );
  });

  it('for envelopes, batches and receipts', () => {
    for (const envelope of log) expect(matches('envelope', arrayOf(envelope))).toBe(true);
    for (const bytes of [batch, batchByP256]) expect(matches('batch', arrayOf(bytes))).toBe(true);
    expect(matches('signed-receipt', arrayOf(receipt))).toBe(true);
    expect(matches('before-first', [identity.site, identity.device, identity.epoch])).toBe(true);
  });

  it('for the word on what was dropped', async () => {
    const run = { ...identity, day: DAY, from: 2, to: 5, prev: head, head };
    const signed = await signDroppedRun(run, signer);
    expect(matches('signed-dropped', arrayOf(signed))).toBe(true);
    expect(await verifyDroppedRun(signed, [signer.publicKey], await chooseEngine())).toEqual({
      ok: true,
      value: run,
    });
  });

  it('for day keys on their way, and what is in their box', async () => {
    const keys = {
      sealKeys: [{ day: DAY, publicKey: tablet.publicKey }],
      pseudonymKeys: [{ day: DAY, key: new Uint8Array(32) }],
    };
    const chance = () => new Uint8Array(32).fill(6);
    const address = { ...identity, nonce: new Uint8Array(16) };
    const signed = await signDayKeys(address, keys, tablet.publicKey, chance, signer);
    expect(matches('signed-day-keys', arrayOf(signed))).toBe(true);
    const payload = arrayOf(signed)[2];
    const [sender, sealed] = arrayOf(payload as Bytes)[4] as readonly Bytes[];
    const shared = agreeOnKey(sender as Bytes, tablet.secretKey);
    const opened = openBox(sealed as Bytes, new Uint8Array(24), shared as Bytes);
    expect(matches('pseudonym-keys', arrayOf(opened as Bytes))).toBe(true);
  });
});

describe('what the document does not say, the code does not take', () => {
  const isTakenEnvelope = (value: CborValue) => parseSealedEnvelope(encodeCbor(value)).ok;
  const isTakenRecord = (value: CborValue) => {
    const [cbor, padded] = [encodeCbor(value), new Uint8Array(RECORD_BYTES)];
    padded[0] = cbor.length;
    padded.set(cbor, 1);
    return parseRecord(padded).ok;
  };

  it('in any place of a record: both say the same of each value', () => {
    for (const record of fc.sample(anyRecord, { numRuns: 60, seed: 1 })) {
      const places = recordValue(encodeRecord(record));
      for (const place of places.keys())
        for (const odd of ODD) {
          const value = places.with(place, odd);
          // One rule that CDDL has no words for: a key of one's own belongs to a pseudonym.
          if (value[8] === true && value[7] === null) continue;
          expect([value, isTakenRecord(value)]).toEqual([value, matches('record', value)]);
        }
      expect([isTakenRecord(places.slice(1)), matches('record', places.slice(1))]).toEqual([false, false]);
    }
  });

  it('in any place of an envelope', () => {
    const places = arrayOf(log[1] ?? new Uint8Array(0));
    for (const place of places.keys())
      for (const odd of [...ODD, ...places]) {
        const value = places.with(place, odd);
        expect([value, isTakenEnvelope(value)]).toEqual([value, matches('envelope', value)]);
      }
    expect(isTakenEnvelope([...places, null])).toBe(false);
  });

  it('in any place of a word on what was dropped', async () => {
    const run = { ...identity, day: DAY, from: 2, to: 5, prev: head, head };
    const places = arrayOf(arrayOf(await signDroppedRun(run, signer))[2] as Bytes);
    const [engine, aad] = [await chooseEngine(), utf8ToBytes('gatelight-dropped-1')];
    for (const place of places.keys())
      for (const odd of [...ODD, ...places]) {
        const value = places.with(place, odd);
        // One rule that CDDL has no words for: the last number is not before the first.
        if ((value[5] as number) < (value[4] as number)) continue;
        const signed = await signCoseSign1(encodeCbor(value), aad, signer);
        const { ok: isTaken } = await verifyDroppedRun(signed, [signer.publicKey], engine);
        expect([value, isTaken]).toEqual([value, matches('dropped', value)]);
      }
  });

  it('in any place of a receipt', async () => {
    const places = arrayOf(arrayOf(receipt)[2] as Bytes);
    const [engine, aad] = [await chooseEngine(), utf8ToBytes('gatelight-receipt-1')];
    const hashes = [new Uint8Array(31), new Uint8Array(33), 253_402_300_800, [[1, new Uint8Array(31)]]];
    for (const place of places.keys())
      for (const odd of [...ODD, ...places, ...hashes]) {
        const value = places.with(place, odd);
        const signed = await signCoseSign1(encodeCbor(value), aad, signer);
        const { ok: isTaken } = await verifyReceipt(signed, [signer.publicKey], engine);
        expect([value, isTaken]).toEqual([value, matches('receipt', value)]);
      }
  });

  it('in any place of a batch and its signed head', () => {
    const places = arrayOf(batch);
    for (const place of places.keys())
      for (const odd of [...ODD, places[0] ?? null]) {
        const value = places.with(place, odd);
        const isTaken = parseSealedBatch(encodeCbor(value)).ok;
        // A last receipt is taken as it is and judged by its signature; an empty batch has no number.
        if (place === 2) expect(isTaken || !matches('batch', value)).toBe(true);
        else expect([value, isTaken]).toEqual([value, matches('batch', value)]);
      }
    const signed = places[0];
    if (!(signed instanceof Uint8Array)) throw new Error('not signed');
    expect(parseBatchHead(signed).ok).toBe(true);
  });
});

it('counts what the code counts', () => {
  const widest = (rule: string) => [...Array(64).keys()].filter((number) => matches(rule, number)).length;
  expect(widest('verdict')).toBe(VERDICT_KINDS.length);
  expect(widest('reason')).toBe(REASONS.length);
  expect(names.filter((name) => [...RECORD_KINDS, 'entry'].some((kind) => kind === name)).length).toBe(
    RECORD_KINDS.length,
  );
});
