import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeBatch, parseBatch } from '../../../../src/core/log/batch.ts';
import { encodeEnvelope, parseEnvelope } from '../../../../src/core/log/encode-envelope.ts';
import { encodeRecord, parseRecord, RECORD_BYTES } from '../../../../src/core/log/encode-record.ts';
import { type Envelope, MAX_BATCH_RECORDS } from '../../../../src/core/log/envelope.ts';
import { coveredSeqs, signReceipt, verifyReceipt } from '../../../../src/core/log/receipt.ts';
import type { LogRecord } from '../../../../src/core/log/record.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { REASONS } from '../../../../src/core/verdict/codes.ts';

const DEVICE = '00112233445566778899aabbccddeeff';
const identity = { site: 'lindenhof', device: DEVICE, epoch: 1 };
const bytes = (length: number, fill = 1): Bytes => new Uint8Array(length).fill(fill);

const anyPlace = {
  minute: fc.nat(60_000_000),
  gate: fc.stringMatching(/^[a-z0-9-]{1,24}$/),
  direction: fc.constantFrom('in', 'out'),
} as const;
const anyRecord: fc.Arbitrary<LogRecord> = fc.oneof(
  fc.record({
    kind: fc.constant('scan' as const),
    ...anyPlace,
    verdict: fc.constantFrom('admit', 'check', 'refuse', 'unverifiable'),
    reason: fc.constantFrom(...REASONS),
    issuer: fc.option(fc.stringMatching(/^[a-z0-9-]{1,24}$/)),
    pseudonym: fc.option(fc.uint8Array({ minLength: 8, maxLength: 8 }).map((array) => new Uint8Array(array))),
    isOwnKey: fc.boolean(),
    trustAgeHours: fc.nat(10_000),
  }),
  fc.record({
    kind: fc.constant('decision' as const),
    ...anyPlace,
    decision: fc.constantFrom('let-in', 'sent-away'),
    refersTo: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  }),
);

describe('a record', () => {
  it('comes back as it went, and always has one size', () =>
    fc.assert(
      fc.property(anyRecord, (record) => {
        const encoded = encodeRecord(record);
        expect(encoded.length).toBe(RECORD_BYTES);
        expect(parseRecord(encoded)).toEqual({ ok: true, value: record });
      }),
    ));

  it.each([
    ['a byte short', bytes(RECORD_BYTES - 1), 'record-size'],
    ['something behind its end', bytes(RECORD_BYTES, 1), 'record-padding'],
    ['not CBOR', new Uint8Array(RECORD_BYTES).fill(0xff, 1, 2).fill(1, 0, 1), 'record-cbor'],
  ])('refuses %s', (_name, padded, code) => {
    expect(parseRecord(padded)).toEqual({ ok: false, error: code });
  });
});

describe('an envelope', () => {
  const envelope: Envelope = { ...identity, seq: 1, day: '2026-03-01', record: bytes(RECORD_BYTES) };

  it('comes back as it went', () => {
    expect(parseEnvelope(encodeEnvelope(envelope))).toEqual({ ok: true, value: envelope });
  });

  it.each([
    [{ day: '2026-02-30' }, 'envelope-day'],
    [{ seq: 0 }, 'envelope-identity'],
    [{ seq: 2 ** 31 }, 'envelope-identity'],
    [{ device: DEVICE.toUpperCase() }, 'envelope-identity'],
    [{ site: '../x' }, 'envelope-identity'],
    [{ record: bytes(1100) }, 'envelope-too-large'],
  ])('refuses %o', (part, code) => {
    expect(parseEnvelope(encodeEnvelope({ ...envelope, ...part }))).toEqual({ ok: false, error: code });
  });
});

describe('a batch', () => {
  const batchOf = (count: number) => ({
    ...identity,
    from: 1,
    to: count,
    head: bytes(32),
    envelopes: Array.from({ length: count }, () => bytes(200)),
    lastReceipt: null,
  });

  it('comes back as it went, up to the limit and not over it', () => {
    const full = batchOf(MAX_BATCH_RECORDS);
    expect(parseBatch(encodeBatch(full))).toEqual({ ok: true, value: full });
    const over = parseBatch(encodeBatch(batchOf(MAX_BATCH_RECORDS + 1)));
    expect(over).toEqual({ ok: false, error: 'batch-range' });
  });

  it('keeps an envelope that nobody can read', () => {
    const odd = { ...batchOf(2), envelopes: [bytes(3, 0xff), bytes(200)] };
    expect(parseBatch(encodeBatch(odd))).toEqual({ ok: true, value: odd });
  });

  it('refuses a count that is not its range', () => {
    const short = { ...batchOf(3), to: 4 };
    expect(parseBatch(encodeBatch(short))).toEqual({ ok: false, error: 'batch-envelopes' });
  });
});

describe('a receipt', () => {
  const receipt = {
    ...identity,
    upTo: 3,
    head: bytes(32, 3),
    quarantined: [{ seq: 2, hash: bytes(32, 2) }],
    serverTime: 1_772_355_600,
  };
  const own = [1, 2, 3].map((seq) => ({ seq, hash: bytes(32, seq) }));

  it('is believed under its own key only', async () => {
    const [engine, signer, other] = await Promise.all([
      chooseEngine(),
      createSigner(bytes(32, 5)),
      createSigner(bytes(32, 6)),
    ]);
    const signed = await signReceipt(receipt, signer);
    expect(await verifyReceipt(signed, [signer.publicKey], engine)).toEqual({ ok: true, value: receipt });
    const foreign = await verifyReceipt(signed, [other.publicKey], engine);
    expect(foreign).toEqual({ ok: false, error: 'receipt-signature' });
    const html = await verifyReceipt(new TextEncoder().encode('<html>'), [signer.publicKey], engine);
    expect(html).toEqual({ ok: false, error: 'receipt-cose' });
  });

  it.each([
    ['its head is ours', receipt, [1, 2, 3]],
    ['the head is another’s: only what is listed', { ...receipt, head: bytes(32, 9) }, [2]],
    ['another epoch', { ...receipt, epoch: 2 }, []],
    ['another device', { ...receipt, device: DEVICE.replace('0', '1') }, []],
    [
      'listed under another hash',
      { ...receipt, head: bytes(32, 9), quarantined: [{ seq: 2, hash: bytes(32, 8) }] },
      [],
    ],
    ['up to an earlier record', { ...receipt, upTo: 1, head: bytes(32, 1), quarantined: [] }, [1]],
  ])('covers what it may: %s', (_name, given, seqs) => {
    expect(coveredSeqs(given, identity, own)).toEqual(seqs);
  });
});
