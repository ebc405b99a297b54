import { describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import { signByDevice } from '../../../../../src/core/identity/device-cose.ts';
import { openDeviceVerifier } from '../../../../../src/core/identity/device-key.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../../../../../src/core/log/envelope.ts';
import { coveredSeqs, signReceipt, verifyReceipt } from '../../../../../src/core/log/receipt.ts';
import {
  parseSealedBatch,
  signBatch,
  verifyBatchHead,
  verifySealedBatch,
} from '../../../../../src/core/log/sealed/batch.ts';
import { sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import { chooseEngine } from '../../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../../src/core/signature/signer.ts';
import { testEd25519Device, testP256Device } from '../../../../support/test-device.ts';
import { hashOf, heartbeat, identityOf, keyPairOf, sealRun } from './sealed-fixtures.ts';

const engine = await chooseEngine();
const verify = openDeviceVerifier(engine);
const [tablet, other] = [await testEd25519Device(1), await testEd25519Device(2)];
const p256 = await testP256Device();
const server = await createSigner(new Uint8Array(32).fill(2));
const identity = identityOf();
const log = await sealRun(
  identity,
  Array.from({ length: MAX_BATCH_RECORDS }, () => heartbeat()),
  sealKeyOf(await keyPairOf()),
);
const batchOf = async (from: number, to: number, lastReceipt: Bytes | null = null) =>
  parsed(await signBatch(identity, from, log.slice(from - 1, to), lastReceipt, tablet));
function parsed(bytes: Bytes) {
  const result = parseSealedBatch(bytes);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const hash = new Uint8Array(32);
const AAD = utf8ToBytes('gatelight-batch-1');
const signedOver = (payload: CborValue, aad = AAD) => signByDevice(encodeCbor(payload), aad, tablet);
const HEAD: readonly CborValue[] = [identity.site, identity.device, 1, 1, 2, hash, hash];
const TWO: readonly CborValue[] = [new Uint8Array(3), new Uint8Array(0)];

describe('a batch', () => {
  it.each([
    [1, 1],
    [1, MAX_BATCH_RECORDS],
    [7, 90],
  ])('of %i to %i comes back as it went and verifies', async (from, to) => {
    const batch = await batchOf(from, to, new Uint8Array(9));
    expect(batch.envelopes).toEqual(log.slice(from - 1, to));
    expect(batch.lastReceipt).toEqual(new Uint8Array(9));
    const verified = await verifySealedBatch(batch, [tablet.publicKey], verify);
    expect(verified).toEqual({ ok: true, value: batch.head });
    expect(batch.head).toMatchObject({ ...identity, from, to, head: hashOf(log[to - 1] ?? hash) });
    expect(await verifyBatchHead(batch.signed, [tablet.publicKey], verify)).toEqual(verified);
  });

  it('of the largest size fits, with its share of the frame within 600 bytes a record', async () => {
    const bytes = await signBatch(identity, 1, log, null, tablet);
    expect(bytes.length).toBeLessThan(MAX_BATCH_BYTES);
    expect(Math.ceil(bytes.length / MAX_BATCH_RECORDS)).toBe(283);
    const alone = await signBatch(identity, 1, log.slice(0, 1), null, tablet);
    expect(alone.length).toBeLessThanOrEqual(600);
  });

  it('is never empty and never larger', async () => {
    await expect(signBatch(identity, 1, [], null, tablet)).rejects.toThrow(/0 envelopes/);
    await expect(signBatch(identity, 1, [...log, ...log.slice(0, 1)], null, tablet)).rejects.toThrow(/501/);
  });

  it('keeps an envelope that nobody can read, and vouches for it', async () => {
    const envelopes = [...log.slice(0, 2), new Uint8Array(3).fill(0xff), ...log.slice(3, 5)];
    const batch = parsed(await signBatch(identity, 1, envelopes, null, tablet));
    expect(batch.envelopes).toEqual(envelopes);
    expect((await verifySealedBatch(batch, [tablet.publicKey], verify)).ok).toBe(true);
  });

  it('is refused under another key', async () => {
    const batch = await batchOf(1, 3);
    const error = 'batch-signature';
    expect(await verifySealedBatch(batch, [other.publicKey], verify)).toEqual({ ok: false, error });
  });

  it.each<[string, (envelopes: readonly Bytes[]) => readonly Bytes[]]>([
    ['one is another', (envelopes) => envelopes.with(1, log[40] ?? hash)],
    ['two are swapped', (envelopes) => [envelopes[1] ?? hash, envelopes[0] ?? hash, ...envelopes.slice(2)]],
    ['the last is another', (envelopes) => envelopes.with(-1, log[40] ?? hash)],
    ['one is missing', (envelopes) => envelopes.slice(0, -1)],
    ['one is too many', (envelopes) => [...envelopes, log[40] ?? hash]],
    ['none is there', () => []],
  ])('is refused where %s', async (_name, change) => {
    const batch = await batchOf(1, 5);
    const changed = { ...batch, envelopes: change(batch.envelopes) };
    const error = 'batch-other-envelopes';
    expect(await verifySealedBatch(changed, [tablet.publicKey], verify)).toEqual({ ok: false, error });
  });

  it.each<[string, () => Promise<CborValue>, string]>([
    ['not three parts', async () => [await signedOver(HEAD), TWO], 'batch-shape'],
    [
      'a signature for another purpose, which only its check can tell',
      async () => [await signedOver(HEAD, utf8ToBytes('gatelight-receipt-1')), TWO, null],
      'ok',
    ],
    ['no signature', async () => [hash, TWO, null], 'batch-cose'],
    ['text for a signature', async () => ['signed', TWO, null], 'batch-cose'],
    ['six parts in its head', async () => [await signedOver(HEAD.slice(1)), TWO, null], 'batch-head-shape'],
    ['another site', async () => [await signedOver(HEAD.with(0, '../x')), TWO, null], 'batch-identity'],
    ['epoch 0', async () => [await signedOver(HEAD.with(2, 0)), TWO, null], 'batch-identity'],
    ['an end before its start', async () => [await signedOver(HEAD.with(3, 3)), TWO, null], 'batch-range'],
    ['501 numbers', async () => [await signedOver(HEAD.with(4, 501)), TWO, null], 'batch-range'],
    ['a short hash', async () => [await signedOver(HEAD.with(5, hash.slice(1))), TWO, null], 'batch-hash'],
    ['no hash of its envelopes', async () => [await signedOver(HEAD.with(6, null)), TWO, null], 'batch-hash'],
    ['an envelope too few', async () => [await signedOver(HEAD), TWO.slice(1), null], 'batch-envelopes'],
    [
      'an envelope that is no bytes',
      async () => [await signedOver(HEAD), TWO.with(0, 'x'), null],
      'batch-envelopes',
    ],
    ['a receipt that is no bytes', async () => [await signedOver(HEAD), TWO, 0], 'batch-receipt'],
    [
      'a receipt beyond all sizes',
      async () => [await signedOver(HEAD), TWO, new Uint8Array(65_537)],
      'batch-receipt',
    ],
  ])('with %s', async (_name, makeValue, code) => {
    const result = parseSealedBatch(encodeCbor(await makeValue()));
    expect(result.ok ? 'ok' : result.error).toBe(code);
  });

  it('signed for another purpose does not verify', async () => {
    const signed = await signedOver(HEAD, utf8ToBytes('gatelight-receipt-1'));
    expect(await verifyBatchHead(signed, [tablet.publicKey], verify)).toEqual({
      ok: false,
      error: 'batch-signature',
    });
  });

  it('by P-256 verifies as one by Ed25519, under whichever of its keys the tablet used', async () => {
    const batch = parsed(await signBatch(identity, 1, log.slice(0, 3), null, p256));
    const ok = { ok: true, value: batch.head };
    expect(await verifySealedBatch(batch, [p256.publicKey], verify)).toEqual(ok);
    expect(await verifySealedBatch(batch, [tablet.publicKey, p256.publicKey], verify)).toEqual(ok);
    for (const keys of [[], [tablet.publicKey, other.publicKey]])
      expect(await verifySealedBatch(batch, keys, verify)).toEqual({ ok: false, error: 'batch-signature' });
  });

  it('beyond all sizes is not read', () => {
    expect(parseSealedBatch(new Uint8Array(MAX_BATCH_BYTES + 1))).toEqual({
      ok: false,
      error: 'batch-too-large',
    });
    expect(parseSealedBatch(new Uint8Array(1).fill(0xff))).toEqual({ ok: false, error: 'batch-cbor' });
  });

  it('is the same bytes whenever it is sent again', async () => {
    const [once, again] = [
      await signBatch(identity, 1, log.slice(0, 3), null, tablet),
      await signBatch(identity, 1, log.slice(0, 3), null, tablet),
    ];
    expect(encodeHex(again)).toBe(encodeHex(once));
  });
});

it('a receipt covers sealed envelopes by their hash', async () => {
  const { head } = await batchOf(1, 3);
  const bytes = await signReceipt(
    { ...identity, upTo: 3, head: head.head, quarantined: [], serverTime: 1_772_451_600 },
    server,
  );
  const receipt = await verifyReceipt(bytes, [server.publicKey], engine);
  if (!receipt.ok) throw new Error(receipt.error);
  const records = log.slice(0, 4).map((envelope, at) => ({ seq: at + 1, hash: hashOf(envelope) }));
  expect(coveredSeqs(receipt.value, identity, records)).toEqual([1, 2, 3]);
});
