// A batch from a tablet: opened envelope by envelope, given to the storage whole, answered by a signed receipt. What
// cannot be read is put apart and receipted: nothing is lost, and nothing holds up what stands behind it.

import type { Bytes } from '../core/bytes/bytes.ts';
import { signReceipt } from '../core/log/receipt.ts';
import type { Site } from '../core/trust/trust.ts';
import type { IngestRefusal, IngestTools } from './ingest/ingest-tools.ts';
import { judgeSealedBatch } from './ingest/sealed-batch.ts';

export type IngestAnswer =
  | { readonly kind: 'receipt'; readonly bytes: Bytes; readonly added: number }
  /** Not a batch for this site as it stands: another answer will come for another body only. */
  | { readonly kind: 'refused'; readonly code: IngestRefusal };

export async function ingestBatch(site: Site, body: Bytes, tools: IngestTools): Promise<IngestAnswer> {
  const judged = await judgeSealedBatch(site, body, tools);
  if (!judged.ok) return { kind: 'refused', code: judged.error };
  const { identity, to } = judged.value;
  const nowSeconds = () => Math.floor(tools.nowMs() / 1000);
  const outcome = await tools.storage.takeBatch({
    ...judged.value,
    receivedAt: nowSeconds(),
    writeReceipt: ({ head, quarantined }) =>
      signReceipt(
        { ...identity, upTo: to, head, quarantined, serverTime: nowSeconds() },
        tools.trust.signers.receipt,
      ),
  });
  return { kind: 'receipt', bytes: outcome.receipt, added: outcome.added };
}
