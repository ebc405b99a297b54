// The trust document on this tablet: pinned root, last good text, and how a newer one gets in. The port that the page
// sees is Trust itself; where it comes from can change behind this file.

import type { Result } from '../core/result.ts';
import { ok, refused } from '../core/result.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import type { Trust } from '../core/trust/trust.ts';
import { isRollback, verifyTrustDocument } from '../core/trust/trust-document.ts';
import { type Database, readFact, writeFact } from './database.ts';

export interface TrustKeeper {
  /** What this tablet holds, verified again; null before the first load. */
  load(): Promise<Trust | null>;
  /** Takes in a document that came from the network; the error says why it was refused and the held one stays. */
  take(text: string): Promise<Result<Trust, string>>;
}

export function createTrustKeeper(database: Database, engine: Ed25519Engine): TrustKeeper {
  const load = async () => {
    const held = await readFact(database, 'trust');
    if (held === undefined) return null;
    const verified = await verifyTrustDocument(held.text, held.root, engine);
    return verified.ok ? verified.value.trust : null;
  };

  return {
    load,
    async take(text) {
      const held = await readFact(database, 'trust');
      const verified = await verifyTrustDocument(text, held?.root ?? null, engine);
      if (!verified.ok) return refused(`${verified.error.code} at ${verified.error.place}`);
      const { trust, root } = verified.value;
      const before = await load();
      if (before !== null && isRollback(before, trust)) return refused('trust-rollback');
      await writeFact(database, 'trust', { text, root });
      return ok(trust);
    },
  };
}
