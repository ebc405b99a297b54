// The only door to the `postgres` driver: a pool, and which of its errors mean "not now" rather than "wrong".

import postgres from 'postgres';
import { StorageAway } from './port.ts';

export type Sql = postgres.Sql;
export type Transaction = postgres.TransactionSql;

/** A private socket of our own database, or any PostgreSQL-wire engine by its address. */
export type SqlTarget =
  | { readonly socketFolder: string; readonly user: string; readonly database: string }
  | { readonly url: string };

const CONNECT_SECONDS = 5;
const STATEMENT_MS = 10_000;
/** A question waits no longer than this, connecting and queueing included. */
const ANSWER_MS = 15_000;

export function openSql(target: SqlTarget, maxConnections = 10): Sql {
  const options: postgres.Options<Record<string, never>> = {
    max: maxConnections,
    connect_timeout: CONNECT_SECONDS,
    backoff: (retries: number) => Math.min(1, 0.02 * 2 ** retries),
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: 'gatelight',
      statement_timeout: STATEMENT_MS,
      lock_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: STATEMENT_MS,
    },
  };
  if ('url' in target) return postgres(target.url, options);
  const { socketFolder, user, database } = target;
  return postgres({ ...options, host: socketFolder, port: 5432, user, database });
}

export const closeSql = (sql: Sql): Promise<void> => sql.end({ timeout: 5 });

/** Runs a question, turning "the database is away" into StorageAway, also when it just stays silent. */
export async function answerOf<T>(question: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StorageAway(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  try {
    return await Promise.race([question, silence]);
  } catch (error) {
    throw isAway(error) ? new StorageAway(codeOf(error), { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Two transactions met; the same one may be tried again at once. */
export const isCollision = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/** Another program has just made the same table, type or row. */
export const isMadeByAnother = (error: unknown): boolean =>
  ['42P07', '42710', '23505'].includes(codeOf(error));

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

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
