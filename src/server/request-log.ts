// One JSON line for each request, about the server and never about a person: the route's pattern instead of the path, no
// address, no query, no device.

export interface RequestLine {
  readonly method: string;
  /** As in the route table: '/api/sites/:site/batches'. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** Of the answer; null for one that is streamed. */
  readonly bytes: number | null;
}

export type ServerEvent =
  | ({ readonly kind: 'request' } & RequestLine)
  | { readonly kind: 'error'; readonly route: string; readonly error: string; readonly code: string };

export type ServerLog = (event: ServerEvent) => void;

export const createServerLog =
  (writeLine: (line: string) => void, nowMs: () => number): ServerLog =>
  ({ kind, ...event }) =>
    writeLine(JSON.stringify({ time: new Date(nowMs()).toISOString(), kind, ...event }));

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A method is a word of the client's choice. */
export const knownMethod = (method: string): string => (METHODS.has(method) ? method : 'other');
