// All sites of this server. The first has its settings in a file, which an operator edits too; the others were founded
// here and lie in the database. Each counts only as servers.json allows; settings that count no longer are said, and the
// last good ones stay in use.

import { errorText } from '../../core/error-text.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { defaultPolicy } from '../../core/trust/settings/default-policy.ts';
import { serverOf } from '../../core/trust/targets/server-of.ts';
import {
  ANY_SITE,
  type ListedServer,
  type PolicyBounds,
  type TargetDocuments,
} from '../../core/trust/targets/targets.ts';
import type { SiteStore } from '../storage/site-store.ts';
import type { HandedOut } from '../trust/handed-out.ts';
import { type SiteTrust, strangeKeys } from '../trust/site-trust.ts';
import { createTroubleBook } from '../trust/trouble-book.ts';
import { checkBounds, type Draft, encodeDraft, parseDraft } from './edit-settings.ts';
import type { SiteInService } from './site-in-service.ts';
import { refuseSite, type SiteRefusal } from './site-refusal.ts';
import { createStoredSites, type HeldSite } from './stored-sites.ts';

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

/** Knows the first site only, until it has looked. */
export function createSiteRegister(parts: SiteRegisterParts): SiteRegister {
  const { trust } = parts;
  const troubles = createTroubleBook(parts.say);
  const stored = createStoredSites({ ...parts, troubles });
  const watchers: (() => Promise<void>)[] = [];
  const inTurn = createTurns();
  const noteFault = (error: unknown): void =>
    void troubles.note('sites', `sites were not looked at: ${errorText(error)}`);
  const tellWatchers = () => Promise.all(watchers.map((tell) => tell()));
  const find = (id: string): SiteInService | null =>
    id === trust.site.id ? trust.inUse : (stored.find(id)?.inService ?? null);

  /** What an operator wrote or published a moment ago is not overwritten unseen, nor judged by what was before. */
  const lookAtEverything = async (): Promise<void> => {
    await trust.readSettings();
    await stored.lookAtAll();
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
    const written = await stored.replace(draft, held);
    if (!written.ok) return written;
    await tellWatchers();
    return written;
  };

  const change: SiteRegister['changeSettings'] = async (id, edit, isAsSeen = () => true) => {
    await lookAtEverything();
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
    const own = id === trust.site.id ? null : stored.find(id);
    return own === null ? writeFile(draft.value) : writeStored(draft.value, own);
  };

  /** Who speaks for the site that is described there, if it is this server. */
  const ownServerOf = (content: unknown): ListedServer | null => {
    const site = isRecord(content) && isRecord(content.site) ? content.site : {};
    const named = typeof site.class === 'string' ? { class: site.class } : {};
    const server = serverOf(trust.documents.servers, { id: String(site.id), ...named });
    return server !== null && strangeKeys(server, trust.signers).length === 0 ? server : null;
  };

  const found = async (content: unknown): Promise<Result<SiteInService, SiteRefusal>> => {
    await lookAtEverything();
    const { documents } = trust;
    const bounds = boundsOf(documents, ownServerOf(content)?.class);
    if (bounds === undefined)
      return refuseSite('class-not-founded', 'this server may found no such site', { place: 'site.class' });
    const parsed = parseDraft(withPolicy(content, bounds));
    if (!parsed.ok) return parsed;
    const { site } = parsed.value;
    if (find(site.id) !== null) return refuseSite('site-taken', `there is a site "${site.id}"`);
    if (stored.all().length >= MAX_SITES) return refuseSite('too-many-sites', `at most ${MAX_SITES}`);
    const draft = checkBounds(parsed.value, bounds, []);
    if (!draft.ok) return draft;
    const added = await stored.add(draft.value);
    if (added.ok) await tellWatchers();
    return added;
  };

  return {
    find,
    all: () => [trust.inUse, ...stored.all()],
    classes: () =>
      trust.documents.servers.flatMap((server) =>
        server.site === ANY_SITE && strangeKeys(server, trust.signers).length === 0
          ? [boundsOf(trust.documents, server.class)].filter((bounds) => bounds !== undefined)
          : [],
      ),
    async readSettings(id) {
      const first = await trust.readSettings();
      if (id === trust.site.id) return first;
      const held = stored.find(id);
      if (held !== null && held.documents !== trust.documents)
        await inTurn(() => stored.look(held)).catch(noteFault);
      return stored.find(id)?.inService.handedOut ?? null;
    },
    watch: (onChanged) => void watchers.push(onChanged),
    create: (content) => inTurn(() => found(content)),
    changeSettings: (...asked) => inTurn(() => change(...asked)),
    look: () => inTurn(() => stored.lookAtAll()).then(() => void troubles.note('sites', null), noteFault),
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
