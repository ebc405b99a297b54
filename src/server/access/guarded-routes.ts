// The one way to declare a route of /api: it says who may come, asks the gatekeeper before anything else happens, and
// leaves a row in a table of all routes. A route that nobody declared does not exist.

import type { HttpBindings } from '@hono/node-server';
import { type Context, type Handler, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Bytes } from '../../core/bytes/bytes.ts';
import type { DevicePublicKey } from '../../core/identity/device-key.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type Role = 'viewer' | 'manager' | 'owner';
export type Who = 'anyone' | 'tablet' | Role;

export interface RouteRow {
  readonly method: Method;
  /** Without /api; a site's id is `:site`. */
  readonly path: string;
  readonly who: Who;
}

/** A tablet whose signed request holds, at the site that the path names. */
export interface TabletAtHand {
  readonly site: string;
  readonly device: string;
  readonly epoch: number;
  readonly key: DevicePublicKey;
  readonly keyId: string;
  readonly gate: string;
  /** Of this request. */
  readonly nonce: Bytes;
  /** It is ordered to wipe itself, and may still hand over what waits. */
  readonly isLeaving: boolean;
  /** As received, every byte of it signed for. */
  readonly body: Bytes;
}

export interface PersonAtHand {
  readonly manager: string;
  /** At the site that the path names; an owner is one at all sites. */
  readonly role: Role;
}

/** Bindings are there behind Node's server, and missing where a test asks the routes directly. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
}
export type ApiContext<Path extends string = string> = Context<ApiEnv, Path>;
type Answer = Response | Promise<Response>;

/** Each gives who it is, or the refusal to answer with. */
export interface Gatekeepers {
  /** Asked before `tablet`, and before any of the body is read: the refusal of whoever cannot be a tablet, or null. */
  knock?(c: ApiContext): Promise<Response | null>;
  tablet(c: ApiContext): Promise<Response | TabletAtHand>;
  person(c: ApiContext, least: Role): Promise<Response | PersonAtHand>;
}

export interface TabletRouteOptions {
  /** Longer bodies are refused before they are read. */
  readonly maxBytes?: number;
  /** Whether a tablet that is ordered to wipe itself may still use it. */
  readonly isForLeaving?: boolean;
  /** Before the body is read, behind the knock. */
  readonly before?: readonly MiddlewareHandler<ApiEnv>[];
}

export interface GuardedRoutes {
  readonly app: Hono<ApiEnv>;
  readonly rows: readonly RouteRow[];
  anyone<Path extends string>(method: Method, path: Path, ...handlers: Handler<ApiEnv, Path>[]): void;
  tablet<Path extends string>(
    method: Method,
    path: Path,
    handle: (c: ApiContext<Path>, tablet: TabletAtHand) => Answer,
    options?: TabletRouteOptions,
  ): void;
  person<Path extends string>(
    least: Role,
    method: Method,
    path: Path,
    handle: (c: ApiContext<Path>, person: PersonAtHand) => Answer,
  ): void;
}

const TABLET_BODY_BYTES = 4096;
/** In which a tablet's body must be here. */
export const BODY_LIMIT_MS = 10_000;

export function createGuardedRoutes(keepers: Gatekeepers): GuardedRoutes {
  const app = new Hono<ApiEnv>();
  const rows: RouteRow[] = [];
  return {
    app,
    rows,
    anyone(method, path, ...handlers) {
      rows.push({ method, path, who: 'anyone' });
      app.on(method, [path], ...handlers);
    },
    tablet(method, path, handle, options = {}) {
      const { maxBytes = TABLET_BODY_BYTES, isForLeaving = false, before = [] } = options;
      rows.push({ method, path, who: 'tablet' });
      const knock: MiddlewareHandler<ApiEnv> = async (c, next) => (await keepers.knock?.(c)) ?? next();
      app.on(method, [path], knock, ...before, readInTime(maxBytes), async (c) => {
        const tablet = await keepers.tablet(c);
        if (tablet instanceof Response) return tablet;
        if (tablet.isLeaving && !isForLeaving) return c.json({ error: 'device-leaving' }, 403);
        return handle(c, tablet);
      });
    },
    person(least, method, path, handle) {
      rows.push({ method, path, who: least });
      app.on(method, [path], async (c) => {
        const person = await keepers.person(c, least);
        return person instanceof Response ? person : handle(c, person);
      });
    },
  };
}

/** Reads the body whole, for whoever asks for it next; one that is too long, or that does not come, is given up. */
function readInTime(maxBytes: number): MiddlewareHandler<ApiEnv> {
  const limit = bodyLimit({
    maxSize: maxBytes,
    onError: (c) => c.json({ error: 'body-too-large' }, 413),
  });
  return async (c, next) => {
    let isWhole = false;
    const reading = limit(c, async () => {
      await c.req.arrayBuffer();
      isWhole = true;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Response>((resolve) => {
      const giveUp = () => resolve(c.json({ error: 'body-too-slow' }, 408, { Connection: 'close' }));
      timer = setTimeout(giveUp, BODY_LIMIT_MS);
    });
    try {
      const refusal = await Promise.race([reading, late]);
      return isWhole ? next() : refusal;
    } finally {
      clearTimeout(timer);
      // Given up, it may still break off.
      reading.catch(() => {});
    }
  };
}
