// All that this server hands out for others to believe, and keeps fresh: the repository, the site's settings, the status
// lists. A wrong document stops the start; one that goes wrong later is said, and the last good one stays in use.

import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import { errorText } from '../../core/error-text.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { Signer } from '../../core/signature/signer.ts';
import { issuersAt } from '../../core/trust/held/assemble-trust.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import { type ListedServer, SERVERS_FILE, type TargetDocuments } from '../../core/trust/targets/targets.ts';
import type { Site } from '../../core/trust/trust.ts';
import { ed25519Keys } from '../../core/trust/tuf/ed25519-keys.ts';
import type { SiteInService } from '../sites/site-in-service.ts';
import type { HandedOut } from './handed-out.ts';
import { createListSource } from './list-source.ts';
import { openPublishedSource } from './published-source.ts';
import { endSentences } from './role-ends.ts';
import { openSettingsSource, type SettingsSourceOptions } from './settings-source.ts';
import { keepTimestamp } from './timestamp-keeper.ts';
import { createTroubleBook } from './trouble-book.ts';

export interface SiteSigners {
  readonly receipt: Signer;
  readonly settings: Signer;
  readonly time: Signer;
}

export interface SiteTrustParts {
  readonly repository: {
    readonly folder: RepositoryFolder;
    /** As an operator knows it. */
    readonly name: string;
    /** The online key, where it lies here. */
    readonly online: Signer | null;
  };
  readonly settings: Pick<SettingsSourceOptions, 'readEdited' | 'writeEdited' | 'editedName' | 'folder'>;
  readonly lists: {
    /** Where issuers publish on this machine: ISSUER/LIST.cwt. */
    readonly published: RepositoryFolder | null;
    /** What was handed out last. */
    readonly kept: RepositoryFolder;
    readonly fetchLimitMs?: number;
  };
  readonly signers: SiteSigners;
  /** Before each look: whatever a station does by itself, such as renewing what would end. */
  renew?(): Promise<void>;
}

export interface SiteTrustWorld {
  readonly engine: Ed25519Engine;
  readonly nowSeconds: () => number;
  /** A line for the operator. */
  say(line: string): void;
}

export interface SiteTrust {
  /** The site whose settings lie in a file. */
  readonly site: Site;
  readonly inUse: SiteInService;
  /** What is published, as of the last look. */
  readonly documents: TargetDocuments;
  readonly signers: SiteSigners;
  /** 'timestamp.json', 'rulesets/HASH.city-7.json'; null: not published. */
  readPublished(path: string): Promise<HandedOut | null>;
  readSettings(): Promise<HandedOut>;
  /** Puts another content in the place of the settings' file; null where managers may not. */
  readonly writeEdited: ((bytes: Bytes) => Promise<void>) | null;
  readList(issuer: string, list: number): Promise<HandedOut | null>;
  /** What is to be done every minute. Never throws. */
  look(): Promise<void>;
  /** Ends what is at hand: when it resolves nothing is written any more. */
  close(): Promise<void>;
}

/** Throws a sentence for what cannot be handed out. */
export async function openSiteTrust(parts: SiteTrustParts, world: SiteTrustWorld): Promise<SiteTrust> {
  const { repository, signers } = parts;
  const { engine, nowSeconds, say } = world;
  const troubles = createTroubleBook(say);
  const keys = ed25519Keys(engine);
  const stamps = { folder: repository.folder, online: repository.online, keys, troubles, nowSeconds };

  const attempt = (what: string, work: Promise<unknown> | undefined): Promise<void> =>
    Promise.resolve(work).then(
      () => troubles.note(what, null),
      (error: unknown) => troubles.note(what, `${what}: ${errorText(error)}`),
    );

  await attempt('trust was not renewed', parts.renew?.());
  await keepTimestamp(stamps);
  const published = await openPublishedSource({
    folder: repository.folder,
    folderName: repository.name,
    keys,
    troubles,
  });
  const settings = await openSettingsSource(
    { ...parts.settings, signer: signers.settings, engine, troubles, nowSeconds },
    published.inUse.documents,
  );
  const foreign = foreignKeys(settings.inUse.server, signers);
  if (foreign !== null) throw new Error(foreign);
  const stopping = new AbortController();
  const lists = createListSource({
    ...parts.lists,
    engine,
    troubles,
    nowSeconds,
    stopping: stopping.signal,
  });
  /** Of every class of which this server runs or may found a site. */
  const issuers = () => {
    const { documents } = published.inUse;
    const own = documents.servers.filter((server) => strangeKeys(server, signers).length === 0);
    const classes = [settings.inUse.class, ...own.map((server) => server.class)];
    return [...new Set(classes.flatMap((name) => issuersAt(documents, name)))];
  };

  const lookAtDocuments = oneAtATime(async () => {
    await published.look();
    await settings.look(published.inUse.documents);
    troubles.note('keys', foreignKeys(settings.inUse.server, signers));
  });
  const refreshLists = oneAtATime(() => lists.refresh(issuers()));
  let listsAtHand: Promise<void> = Promise.resolve();
  let lookAtHand: Promise<void> = Promise.resolve();
  const lookAtAll = oneAtATime(async () => {
    await attempt('trust was not renewed', parts.renew?.());
    await attempt('the timestamp was not looked at', keepTimestamp(stamps));
    await attempt('trust was not looked at', lookAtDocuments());
    for (const [role, sentence] of endSentences(published.inUse.set, nowSeconds()))
      troubles.note(`end of ${role}`, sentence);
    // An issuer that answers slowly holds up nothing else.
    if (!stopping.signal.aborted) listsAtHand = attempt('status lists were not looked at', refreshLists());
  });

  return {
    get site() {
      return settings.inUse.settings.site;
    },
    get inUse() {
      return settings.inUse;
    },
    get documents() {
      return published.inUse.documents;
    },
    signers,
    async readPublished(path) {
      await attempt('trust was not looked at', lookAtDocuments());
      return published.find(path);
    },
    async readSettings() {
      await attempt('trust was not looked at', lookAtDocuments());
      return settings.inUse.handedOut;
    },
    writeEdited: parts.settings.writeEdited?.bind(parts.settings) ?? null,
    readList: (issuer, list) => lists.read(issuers(), issuer, list),
    look() {
      if (!stopping.signal.aborted) lookAtHand = lookAtAll();
      return lookAtHand;
    },
    async close() {
      stopping.abort();
      await lookAtHand;
      await listsAtHand;
    },
  };
}

/** What no tablet would believe: keys here that servers.json does not name for the site. */
function foreignKeys(server: ListedServer, signers: SiteSigners): string | null {
  const strange = strangeKeys(server, signers);
  if (strange.length === 0) return null;
  return `${SERVERS_FILE} names other keys for ${server.site} than those here (${strange.join(', ')}): no tablet would believe this server`;
}

/** Which of the keys here that entry does not name: 'receipt', 'time', 'settings'. */
export function strangeKeys(server: ListedServer, signers: SiteSigners): readonly string[] {
  const wanted = [
    ['receipt', server.receiptKeys, signers.receipt],
    ['time', server.timeKeys, signers.time],
    ['settings', server.settingsKeys, signers.settings],
  ] as const;
  return wanted.flatMap(([name, keys, { publicKey }]) =>
    keys.some((key) => isSameBytes(key, publicKey)) ? [] : [name],
  );
}

/** Who asks while it runs gets the answer of that run. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}
