// The whole server: data folder, database, storage, routes and listener, started in order and stopped in the reverse.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { openDeviceVerifier } from '../core/identity/device-key.ts';
import { type PublicOrigin, parsePublicOrigin } from '../core/identity/public-origin.ts';
import { chooseEngine } from '../core/signature/engine.ts';
import { createApp } from './app.ts';
import { createChanges } from './changes.ts';
import { takeDataFolder } from './data-folder.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from './database/embedded-postgres.ts';
import { openDayKeyBook, type SiteEnds } from './day-keys/day-key-book.ts';
import { keepDayKeys } from './day-keys/keep-day-keys.ts';
import { ensureDemoOwner } from './demo/demo-console.ts';
import { NODE_AGREEMENT } from './ingest/node-agreement.ts';
import { keepLog } from './keep-log.ts';
import { type Answering, type Listener, type ListenPlace, LOOPBACK, listen } from './listen.ts';
import { createPeople, inviteFirstOwner, type JoinLink } from './managers/people.ts';
import { sessionLimits } from './managers/sessions.ts';
import { createOperatorDoor } from './operator-door.ts';
import type { ServerLog } from './request-log.ts';
import { startRounds } from './rounds.ts';
import { securityHeaders } from './security-headers.ts';
import { keepSites } from './sites/keep-sites.ts';
import type { SiteInService } from './sites/site-in-service.ts';
import { createSiteRegister } from './sites/site-register.ts';
import type { SqlTarget } from './storage/sql.ts';
import { openStores, type Stores } from './storage/stores.ts';
import { openSiteTrust, type SiteTrust, type SiteTrustParts } from './trust/site-trust.ts';

export interface ServerOptions {
  readonly dataDir: string;
  /** 'embedded': the PostgreSQL that comes with the server, in the data folder. */
  readonly database: SqlTarget | 'embedded';
  readonly place: ListenPlace;
  /** Where browsers and tablets reach this server; null: at this machine only, as http://localhost:PORT. */
  readonly publicOrigin: PublicOrigin | null;
  /** The built pages. */
  readonly pagesFolder: string;
  readonly version: string;
  /** Asked for once the data folder is ours: what lies in it may be written then. */
  prepare(dataDir: string): Promise<ServerParts>;
  readonly log: ServerLog;
  /** Lines for the operator. */
  say(line: string): void;
  nowMs(): number;
}

export interface ServerParts {
  readonly trust: SiteTrustParts;
  /** Routes of the demo; null: this is none. */
  readonly demoRoutes: Hono | null;
  /** Whether tablets enrol by themselves, with nobody to confirm them: for trying things out. */
  readonly isEnrolmentOpen: boolean;
}

export interface RunningServer {
  readonly port: number;
  readonly origin: string;
  /** By which somebody becomes the first owner; null: there is one. */
  readonly firstOwner: JoinLink | null;
  /** Null when the server was given another. */
  readonly embedded: EmbeddedPostgres | null;
  stop(): Promise<void>;
}

/** In the data folder, with a folder for each site; in no backup. */
const KEYS_FOLDER = 'keys';
/** Looked at more often than anything is renewed, because a timer stands still while the machine sleeps. */
const LOOK_MS = 60_000;
/** Who looked at what is kept for 90 days. */
const ACCESS_KEPT_MINUTES = 90 * 24 * 60;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const undo: (() => Promise<void> | void)[] = [];
  const stopAll = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await startParts(options, undo, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function startParts(
  options: ServerOptions,
  undo: (() => Promise<void> | void)[],
  stopAll: () => Promise<void>,
): Promise<RunningServer> {
  const { dataDir, place, prepare, log, say, nowMs } = options;
  const startedAtMs = performance.now();
  const folder = takeDataFolder(dataDir);
  undo.push(folder.release);

  const parts = await prepare(folder.path);
  const engine = await chooseEngine();
  const nowSeconds = () => Math.floor(nowMs() / 1000);
  const trust = await openSiteTrust(parts.trust, { engine, nowSeconds, say });
  undo.push(startLooking(trust));

  const { target, embedded } = await openDatabase(options.database, folder.path, say);
  if (embedded !== null) undo.push(embedded.close);
  const stores = openStores(target);
  const storage = stores.log;
  undo.push(stores.close);
  await stores.migrate();
  const sites = createSiteRegister({ trust, store: stores.sites, engine, nowSeconds, say });
  undo.push(await keepSites({ sites, storage, nowMs, say }));
  undo.push(startSweeping(stores, nowSeconds, say));

  const dayKeys = await openDayKeyBook(
    join(folder.path, KEYS_FOLDER),
    (length) => new Uint8Array(randomBytes(length)),
    { monotonicMs: () => performance.now(), say },
  );
  const siteEnds = () => sites.all().map(endsOf);
  undo.push(await keepDayKeys({ book: dayKeys, sites: siteEnds, nowMs, say }));
  undo.push(
    await keepLog({
      storage,
      dayKeys,
      signer: trust.signers.receipt,
      sites: () => sites.all(),
      nowMs,
      say,
    }),
  );
  // A site that was just founded has keys at once. What fails is said at the next look.
  sites.watch(() => dayKeys.look(siteEnds(), nowMs()).catch(() => {}));

  const stopping = new AbortController();
  const door = createOperatorDoor(folder.path);
  undo.push(door.close);
  const originAt = (openPort: number) => options.publicOrigin ?? localOrigin(openPort);
  const makeApp = (openPort: number) =>
    createApp({
      stores,
      storage,
      trust,
      sites,
      engine,
      dayKeys,
      verifyDevice: openDeviceVerifier(engine),
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
      isEnrolmentOpen: parts.isEnrolmentOpen,
      sealed: {
        deviceKeysOf: ({ site, device }) => stores.devices.keysOf(site, device),
        verifyDevice: openDeviceVerifier(engine),
        findSealKey: dayKeys.findSealKey,
        agreement: NODE_AGREEMENT,
        rulesOf: (site) => sites.find(site)?.policy ?? trust.inUse.policy,
      },
      nowMs,
      publicOrigin: originAt(openPort),
      operator: door,
      people: createPeople({ stores, publicOrigin: originAt(openPort), nowMs }),
      changes: createChanges(),
      version: options.version,
      uptime: () => Math.floor((performance.now() - startedAtMs) / 1000),
      stopping: stopping.signal,
      pagesFolder: options.pagesFolder,
      demoRoutes: parts.demoRoutes,
      log,
    });
  const appAt = (openPort: number): Answering => ({
    fetch: makeApp(openPort).fetch,
    headers: securityHeaders(originAt(openPort)),
  });
  if (parts.demoRoutes !== null) await ensureDemoOwner(stores.managers, nowSeconds());
  const listener = await openListener(appAt, place);
  undo.push(async () => {
    stopping.abort();
    await listener.close();
  });
  await door.open(listener.operatorPort);
  for (const busy of listener.busyPorts) say(`port ${busy} is busy, trying the next`);
  const publicOrigin = originAt(listener.port);
  const firstOwner = await inviteFirstOwner({ stores, publicOrigin, nowMs });
  return { port: listener.port, origin: publicOrigin.text, firstOwner, embedded, stop: stopAll };
}

const endsOf = ({ site, policy, retentionDays }: SiteInService): SiteEnds => ({
  site,
  seenBeforeWindowSeconds: policy.seenBeforeWindowSeconds,
  retentionDays,
});

/** Beside one by TLS or for others a plain one for the operator's commands, who know neither names nor certificates. */
async function openListener(
  appAt: (port: number) => Answering,
  place: ListenPlace,
): Promise<Listener & { readonly operatorPort: number }> {
  let app: Answering | null = null;
  const once = (port: number): Answering => {
    app ??= appAt(port);
    return app;
  };
  const listener = await listen(once, place);
  if (place.host === LOOPBACK && place.tls === null) return { ...listener, operatorPort: listener.port };
  try {
    const operators = await listen(once, { host: LOOPBACK, port: 0, mayMove: false, tls: null });
    const close = async () => void (await Promise.all([listener.close(), operators.close()]));
    return { ...listener, operatorPort: operators.port, close };
  } catch (error) {
    await listener.close();
    throw error;
  }
}

function localOrigin(port: number): PublicOrigin {
  const origin = parsePublicOrigin(port === 80 ? 'http://localhost' : `http://localhost:${port}`);
  if (!origin.ok) throw new Error('localhost is an origin');
  return origin.value;
}

async function openDatabase(
  database: ServerOptions['database'],
  dataDir: string,
  say: (line: string) => void,
) {
  if (database !== 'embedded') return { target: database, embedded: null };
  const embedded = await openEmbeddedPostgres(dataDir, say);
  return { target: embedded.target, embedded };
}

/** The stop waits for a look at hand: nothing is written to a folder that is no longer ours. */
function startLooking(trust: SiteTrust): () => Promise<void> {
  void trust.look();
  const timer = setInterval(() => void trust.look(), LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await trust.close();
  };
}

/** What has ended is forgotten. Nothing is taken that should be refused when this fails. */
function startSweeping(
  { nonces, enrolments, managers, sessions, accessLog }: Stores,
  nowSeconds: () => number,
  say: (line: string) => void,
): () => Promise<void> {
  return startRounds(LOOK_MS, async () => {
    const now = nowSeconds();
    await Promise.all([
      nonces.sweep(now),
      enrolments.sweep(now),
      managers.sweep(now),
      sessions.sweep(sessionLimits(now), now),
      accessLog.sweep(Math.floor(now / 60) - ACCESS_KEPT_MINUTES),
    ]).catch((error: unknown) => say(`what has ended was not swept: ${String(error)}`));
  });
}
