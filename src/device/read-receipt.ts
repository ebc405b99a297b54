// The server's receipts as sync wants them: believed under one of the keys that trust names now, or nothing.

import type { Bytes } from '../core/bytes/bytes.ts';
import { verifyReceipt } from '../core/log/receipt.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import type { ReadReceipt } from '../sync/ports.ts';

export const readReceiptUnder =
  (receiptKeys: () => readonly Bytes[], engine: Ed25519Engine): ReadReceipt =>
  async (bytes) => {
    const receipt = await verifyReceipt(bytes, receiptKeys(), engine);
    return receipt.ok ? receipt.value : null;
  };
