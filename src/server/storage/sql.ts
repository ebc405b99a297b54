// The only door to the `postgres` driver. A session is one connection and belongs to one user at a time; when it is lost,
// the whole session is thrown away. The driver's own pool and its begin() are not used: version 3.4.9 writes the ROLLBACK
// to a socket that is gone, which throws where nobody can catch it, and may reuse a connection that never sends again
// (porsager/postgres issues 1154 and 1208).

import postgres from 'postgres';
import { StorageAway } from './port.ts';

export type Sql = postgres.Sql;

/** A private socket of our own database, or any PostgreSQL-wire engine by its address. */
export type SqlTarget =
  | { readonly socketFolder: string; readonly user: string; readonly database: string }
  | { readonly url: string };

export interface SqlSession {
  readonly sql: Sql;
  /** Whether the connection closed; a further question would silently get another one, outside of any transaction. */
  isLost(): boolean;
  close(): Promise<void>;
}

const CONNECT_SECONDS = 5;
const STATEMENT_MS = 10_000;
const CLOSE_SECONDS = 2;

/** Connects at the first question. */
export function openSession(target: SqlTarget): SqlSession {
  let isLost = false;
  const options: postgres.Options<Record<string, never>> = {
    max: 1,
    connect_timeout: CONNECT_SECONDS,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
    onclose: () => {
      isLost = true;
    },
    connection: {
      application_name: 'gatelight',
      statement_timeout: STATEMENT_MS,
      lock_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: STATEMENT_MS,
    },
  };
  const sql =
    'url' in target ? postgres(target.url, options) : postgres({ ...options, ...addressOf(target) });
  return { sql, isLost: () => isLost, close: () => sql.end({ timeout: isLost ? 0 : CLOSE_SECONDS }) };
}

const addressOf = ({ socketFolder, user, database }: Exclude<SqlTarget, { readonly url: string }>) => ({
  host: socketFolder,
  port: 5432,
  user,
  database,
});

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The database itself said no to a question, and the connection stands. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && !['FATAL', 'PANIC'].includes(error.severity);

/** Two transactions met; the same one may be tried again at once. */
export const isCollision = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/** Another program has just made the same table, type or row. */
export const isMadeByAnother = (error: unknown): boolean =>
  ['42P07', '42710', '23505'].includes(codeOf(error));

/** Turns "the database is away" into StorageAway, and leaves what is wrong as it is. */
export const asStorageError = (error: unknown): unknown =>
  isAway(error) ? new StorageAway(codeOf(error), { cause: error }) : error;

const AWAY_CODES = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOENT',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...['57P01', '57P02', '57P03', '57P05', '57014', '55P03', '25P03', '25P04', '40001', '40P01'],
]);

/** Also whole classes: 08 connection, 53 out of disk, memory or connections, 58 the system underneath. */
const isAway = (error: unknown): boolean =>
  AWAY_CODES.has(codeOf(error)) || /^(08|53|58)...$/.test(codeOf(error));
