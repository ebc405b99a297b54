// The sites that lie in the database, as this server has taken them: each signed by the key in use, and by the documents
// of the last look. Whoever calls goes one after the other.

import { ok, type Result } from '../../core/result.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { clippingText } from '../../core/trust/settings/clip-policy.ts';
import type { TargetDocuments } from '../../core/trust/targets/targets.ts';
import type { SiteHead, SiteStore, StoredSite } from '../storage/site-store.ts';
import { nextSettings } from '../trust/next-settings.ts';
import type { SiteTrust } from '../trust/site-trust.ts';
import type { TroubleBook } from '../trust/trouble-book.ts';
import { type Draft, encodeDraft } from './edit-settings.ts';
import { type SiteInService, toService } from './site-in-service.ts';
import { refuseSite, type SiteRefusal } from './site-refusal.ts';

export interface HeldSite extends SiteHead {
  /** By which it was taken. */
  readonly documents: TargetDocuments;
  readonly inService: SiteInService;
}

export interface StoredSites {
  find(id: string): HeldSite | null;
  /** By id. */
  all(): readonly SiteInService[];
  /** Takes up what changed since. */
  look(head: SiteHead): Promise<void>;
  lookAtAll(): Promise<void>;
  /** Drafts within their bounds. */
  add(draft: Draft): Promise<Result<SiteInService, SiteRefusal>>;
  replace(draft: Draft, held: HeldSite): Promise<Result<SiteInService, SiteRefusal>>;
}

export interface StoredSitesParts {
  readonly trust: Pick<SiteTrust, 'site' | 'documents' | 'signers'>;
  readonly store: SiteStore;
  readonly engine: Ed25519Engine;
  readonly nowSeconds: () => number;
  readonly troubles: TroubleBook;
}

export function createStoredSites(parts: StoredSitesParts): StoredSites {
  const { trust, store, engine, nowSeconds, troubles } = parts;
  const heldById = new Map<string, HeldSite>();
  const desk = () => ({
    servers: trust.documents.servers,
    signer: trust.signers.settings,
    engine,
    nowSeconds,
  });

  /** Puts to use what is stored, signed anew where that is due. */
  const take = async (stored: StoredSite): Promise<void> => {
    const { documents } = trust;
    const next = await nextSettings(stored.edited, stored.signed, desk());
    const before = heldById.get(stored.id);
    if (!next.ok) {
      const then = before === undefined ? 'It is not in service.' : 'The settings before stay in use.';
      troubles.note(`settings of ${stored.id}`, `site ${stored.id}: ${next.error}. ${then}`);
      return;
    }
    // Another server was faster with its signature: what it wrote is taken at the next look.
    if (!next.value.isSame && !(await store.replace({ ...stored, signed: next.value.bytes }))) return;
    const revision = stored.revision + (next.value.isSame ? 0 : 1);
    const inService = toService(next.value, documents);
    heldById.set(stored.id, { id: stored.id, revision, documents, inService });
    troubles.note(`settings of ${stored.id}`, null);
    const clipped = inService.clippings.map(clippingText).join('; ');
    const beyond = `site ${stored.id}: settings beyond the bounds of class "${inService.class}": ${clipped}`;
    troubles.note(`clippings of ${stored.id}`, clipped === '' ? null : beyond);
  };

  const look = async ({ id, revision }: SiteHead): Promise<void> => {
    const held = heldById.get(id);
    if (held?.revision === revision && held.documents === trust.documents) return;
    const stored = await store.find(id);
    if (stored !== null) await take(stored);
  };

  const lookAtAll = async (): Promise<void> => {
    for (const head of await store.heads()) if (head.id !== trust.site.id) await look(head);
  };

  const taken = async (stored: StoredSite): Promise<Result<SiteInService, SiteRefusal>> => {
    await take(stored);
    const held = heldById.get(stored.id);
    if (held === undefined) throw new Error('a site that was just written is not in service');
    return ok(held.inService);
  };

  return {
    find: (id) => heldById.get(id) ?? null,
    all: () =>
      [...heldById.values()]
        .filter(({ id }) => id !== trust.site.id)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ inService }) => inService),
    look,
    lookAtAll,
    async add(draft) {
      const edited = encodeDraft(draft);
      const next = await nextSettings(edited, null, desk());
      if (!next.ok) return refuseSite('class-not-founded', next.error);
      const stored = { id: draft.site.id, edited, signed: next.value.bytes };
      if (await store.add(stored)) return taken({ ...stored, revision: 1 });
      return refuseSite('site-taken', `there is a site "${stored.id}"`);
    },
    async replace(draft, { revision, inService }) {
      const edited = encodeDraft(draft);
      const next = await nextSettings(edited, inService.handedOut.bytes, desk());
      if (!next.ok) return refuseSite('bad-settings', next.error);
      const stored = { id: draft.site.id, edited, signed: next.value.bytes, revision };
      if (await store.replace(stored)) return taken({ ...stored, revision: revision + 1 });
      return refuseSite('changed-meanwhile', 'somebody else changed the site just now');
    },
  };
}
