// All sites of this server. The first has its settings in a file, which an operator edits too; the others were founded
// here and lie in the database. Each counts only as servers.json allows; settings that count no longer are said, and the
// last good ones stay in use.

import { errorText } from '../../core/error-text.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { clippingText } from '../../core/trust/settings/clip-policy.ts';
import { defaultPolicy } from '../../core/trust/settings/default-policy.ts';
import { serverOf } from '../../core/trust/targets/server-of.ts';
import {
  ANY_SITE,
  type ListedServer,
  type PolicyBounds,
  type TargetDocuments,
} from '../../core/trust/targets/targets.ts';
import type { SiteStore, StoredSite } from '../storage/site-store.ts';
import type { HandedOut } from '../trust/handed-out.ts';
import { nextSettings } from '../trust/next-settings.ts';
import { type SiteTrust, strangeKeys } from '../trust/site-trust.ts';
import { createTroubleBook } from '../trust/trouble-book.ts';
import { checkBounds, type Draft, encodeDraft, parseDraft } from './edit-settings.ts';
import { type SiteInService, toService } from './site-in-service.ts';
import { refuseSite, type SiteRefusal } from './site-refusal.ts';

export interface SiteRegister {
  find(id: string): SiteInService | null;
  /** The one of the file first, then by id. */
  all(): readonly SiteInService[];
  /** The bounds of each class of which a site may be founded here. */
  classes(): readonly PolicyBounds[];
  /** By the documents of this moment. Null: there is no such site. */
  readSettings(id: string): Promise<HandedOut | null>;
  /** `content`: { site, policy } as JSON; without a policy it begins with a plain one. */
  create(content: unknown): Promise<Result<SiteInService, SiteRefusal>>;
  /** `isAsSeen`: whether the site is still as the manager saw it. `edit` gives the new content, as JSON. */
  changeSettings(
    id: string,
    edit: (held: SiteInService) => Result<unknown, SiteRefusal>,
    isAsSeen?: (held: SiteInService) => boolean,
  ): Promise<Result<SiteInService, SiteRefusal>>;
  /** Whoever founds or changes a site waits for what is done then. */
  watch(onChanged: () => Promise<void>): void;
  /** Takes up what other servers on the same database changed, and what was published. Never throws. */
  look(): Promise<void>;
}

export interface SiteRegisterParts {
  readonly trust: Pick<
    SiteTrust,
    'site' | 'inUse' | 'documents' | 'signers' | 'readSettings' | 'writeEdited'
  >;
  readonly store: SiteStore;
  readonly engine: Ed25519Engine;
  readonly nowSeconds: () => number;
  say(line: string): void;
}

const MAX_SITES = 1000;

interface HeldSite {
  readonly revision: number;
  readonly documents: TargetDocuments;
  readonly inService: SiteInService;
}

/** Knows the first site only, until it has looked. */
export function createSiteRegister(parts: SiteRegisterParts): SiteRegister {
  const { trust, store, engine, nowSeconds } = parts;
  const troubles = createTroubleBook(parts.say);
  const heldById = new Map<string, HeldSite>();
  const watchers: (() => Promise<void>)[] = [];
  const inTurn = createTurns();
  const tellWatchers = () => Promise.all(watchers.map((tell) => tell()));
  const desk = () => ({
    servers: trust.documents.servers,
    signer: trust.signers.settings,
    engine,
    nowSeconds,
  });

  const find = (id: string): SiteInService | null =>
    id === trust.site.id ? trust.inUse : (heldById.get(id)?.inService ?? null);

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
    heldById.set(stored.id, { revision, documents, inService });
    troubles.note(`settings of ${stored.id}`, null);
    const clipped = inService.clippings.map(clippingText).join('; ');
    const beyond = `site ${stored.id}: settings beyond the bounds of class "${inService.class}": ${clipped}`;
    troubles.note(`clippings of ${stored.id}`, clipped === '' ? null : beyond);
  };

  const lookAt = async (id: string, revision: number): Promise<void> => {
    const held = heldById.get(id);
    if (held?.revision === revision && held.documents === trust.documents) return;
    const stored = await store.find(id);
    if (stored !== null) await take(stored);
  };

  const lookAtAll = async (): Promise<void> => {
    for (const { id, revision } of await store.heads()) {
      if (id !== trust.site.id) await lookAt(id, revision);
    }
  };

  const writeFile = async (draft: Draft): Promise<Result<SiteInService, SiteRefusal>> => {
    if (trust.writeEdited === null)
      return refuseSite('settings-in-file', 'only the operator writes the file of its settings');
    try {
      await trust.writeEdited(encodeDraft(draft));
    } catch (error) {
      return refuseSite(
        'settings-in-file',
        `the file of its settings cannot be written: ${errorText(error)}`,
      );
    }
    await trust.readSettings();
    await tellWatchers();
    return ok(trust.inUse);
  };

  const writeStored = async (draft: Draft, held: HeldSite): Promise<Result<SiteInService, SiteRefusal>> => {
    const { id } = draft.site;
    const edited = encodeDraft(draft);
    const next = await nextSettings(edited, held.inService.handedOut.bytes, desk());
    if (!next.ok) return refuseSite('bad-settings', next.error);
    const stored = { id, edited, signed: next.value.bytes, revision: held.revision };
    if (!(await store.replace(stored)))
      return refuseSite('changed-meanwhile', 'somebody else changed the site just now');
    await take({ ...stored, revision: held.revision + 1 });
    await tellWatchers();
    return ok(find(id) ?? held.inService);
  };

  const change: SiteRegister['changeSettings'] = async (id, edit, isAsSeen = () => true) => {
    await lookAtAll();
    const held = find(id);
    if (held === null) return refuseSite('unknown-site', `there is no site "${id}"`);
    if (!isAsSeen(held)) return refuseSite('changed-meanwhile', 'somebody else changed the site since');
    const content = edit(held);
    if (!content.ok) return content;
    const parsed = parseDraft(content.value);
    if (!parsed.ok) return parsed;
    const fault = findOtherSite(parsed.value, held);
    if (fault !== null) return fault;
    const draft = checkBounds(parsed.value, held.bounds, held.clippings);
    if (!draft.ok) return draft;
    const stored = heldById.get(id);
    return stored === undefined ? writeFile(draft.value) : writeStored(draft.value, stored);
  };

  /** Who speaks for the site that is described there, if it is this server. */
  const ownServerOf = (content: unknown): ListedServer | null => {
    const site = isRecord(content) && isRecord(content.site) ? content.site : {};
    const named = typeof site.class === 'string' ? { class: site.class } : {};
    const server = serverOf(trust.documents.servers, { id: String(site.id), ...named });
    return server !== null && strangeKeys(server, trust.signers).length === 0 ? server : null;
  };

  const found = async (content: unknown): Promise<Result<SiteInService, SiteRefusal>> => {
    await lookAtAll();
    const { documents } = trust;
    const bounds = boundsOf(documents, ownServerOf(content)?.class);
    if (bounds === undefined)
      return refuseSite('class-not-founded', 'this server may found no such site', { place: 'site.class' });
    const parsed = parseDraft(withPolicy(content, bounds));
    if (!parsed.ok) return parsed;
    const { site } = parsed.value;
    if (find(site.id) !== null) return refuseSite('site-taken', `there is a site "${site.id}"`);
    if (heldById.size >= MAX_SITES) return refuseSite('too-many-sites', `at most ${MAX_SITES}`);
    const draft = checkBounds(parsed.value, bounds, []);
    if (!draft.ok) return draft;
    const edited = encodeDraft(draft.value);
    const next = await nextSettings(edited, null, desk());
    if (!next.ok) return refuseSite('class-not-founded', next.error);
    const stored = { id: site.id, edited, signed: next.value.bytes };
    if (!(await store.add(stored))) return refuseSite('site-taken', `there is a site "${site.id}"`);
    await take({ ...stored, revision: 1 });
    await tellWatchers();
    const inService = find(site.id);
    if (inService === null) throw new Error('a site that was just founded is not in service');
    return ok(inService);
  };

  return {
    find,
    all: () => [
      trust.inUse,
      ...[...heldById]
        .filter(([id]) => id !== trust.site.id)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { inService }]) => inService),
    ],
    classes: () =>
      trust.documents.servers.flatMap((server) =>
        server.site === ANY_SITE && strangeKeys(server, trust.signers).length === 0
          ? [boundsOf(trust.documents, server.class)].filter((bounds) => bounds !== undefined)
          : [],
      ),
    async readSettings(id) {
      const first = await trust.readSettings();
      if (id === trust.site.id) return first;
      const held = heldById.get(id);
      if (held !== undefined && held.documents !== trust.documents) {
        await inTurn(() => lookAt(id, held.revision)).catch((error: unknown) =>
          troubles.note('sites', `sites were not looked at: ${errorText(error)}`),
        );
      }
      return heldById.get(id)?.inService.handedOut ?? null;
    },
    watch: (onChanged) => void watchers.push(onChanged),
    create: (content) => inTurn(() => found(content)),
    changeSettings: (...asked) => inTurn(() => change(...asked)),
    look: () =>
      inTurn(lookAtAll).then(
        () => troubles.note('sites', null),
        (error: unknown) => troubles.note('sites', `sites were not looked at: ${errorText(error)}`),
      ),
  };
}

const boundsOf = ({ policies }: TargetDocuments, name: string | undefined): PolicyBounds | undefined =>
  policies.find((bounds) => bounds.class === name);

/** Checks that a change leaves the site what it is: its class decides its bounds. */
function findOtherSite({ site }: Draft, { settings }: SiteInService) {
  if (site.id !== settings.site.id)
    return refuseSite('other-site', `its id stays "${settings.site.id}"`, { place: 'site.id' });
  if (site.class === settings.site.class) return null;
  return refuseSite('other-site', 'a site stays of its class', { place: 'site.class' });
}

const withPolicy = (content: unknown, bounds: PolicyBounds): unknown =>
  isRecord(content) && isRecord(content.site) && content.policy === undefined
    ? { ...content, policy: defaultPolicy(String(content.site.name), bounds) }
    : content;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** One after the other: between looking and writing nothing changes under one's hands. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
}
