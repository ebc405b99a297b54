import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { coveredSeqs, signReceipt, verifyReceipt } from '../../../../src/core/log/receipt.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';

const DEVICE = '00112233445566778899aabbccddeeff';
const identity = { site: 'lindenhof', device: DEVICE, epoch: 1 };
const bytes = (length: number, fill = 1): Bytes => new Uint8Array(length).fill(fill);

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
