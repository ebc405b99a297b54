// A few sessions shared by all who ask, each lent to one at a time; and transactions that never outlive their connection.

import { StorageAway } from './port.ts';
import { asStorageError, isAnswer, openSession, type Sql, type SqlSession, type SqlTarget } from './sql.ts';

export interface SqlPool {
  /** Lends a session for as long as `work` takes. Throws StorageAway when the database does not answer. */
  use<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Commits what `work` did when it resolves, and undoes it when it throws. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const MAX_SESSIONS = 10;
/** Nobody waits longer than this, in line or for an answer. */
const ANSWER_MS = 15_000;
const LOST = 'the connection was lost within a transaction';

export function openSqlPool(target: SqlTarget): SqlPool {
  const idle: SqlSession[] = [];
  const waiting: (() => void)[] = [];
  let lent = 0;
  let isClosed = false;

  async function borrow(): Promise<SqlSession> {
    if (lent >= MAX_SESSIONS) await new Promise<void>((resolve) => waiting.push(resolve));
    else lent++;
    if (isClosed) {
      passOn();
      throw new StorageAway('the storage is closed');
    }
    for (let session = idle.pop(); session !== undefined; session = idle.pop()) {
      if (!session.isLost()) return session;
      void session.close();
    }
    return openSession(target);
  }

  function giveBack(session: SqlSession, isSound: boolean): void {
    if (isSound && !session.isLost() && !isClosed) idle.push(session);
    else void session.close();
    passOn();
  }

  /** The place of who is done goes to who has waited longest. */
  function passOn(): void {
    const next = waiting.shift();
    if (next === undefined) lent--;
    else next();
  }

  async function lend<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await borrow();
    let isSound = false;
    try {
      const result = await work(session);
      isSound = true;
      return result;
    } catch (error) {
      isSound = isAnswer(error) || !isDriverError(error);
      throw asStorageError(error);
    } finally {
      giveBack(session, isSound);
    }
  }

  return {
    use: (work) => withinTime(lend(({ sql }) => work(sql))),
    transaction: (work) => withinTime(lend((session) => runTransaction(session, work))),
    async close() {
      isClosed = true;
      await Promise.all(idle.splice(0).map((session) => session.close()));
    },
  };
}

async function runTransaction<T>(session: SqlSession, work: (sql: Sql) => Promise<T>): Promise<T> {
  const { sql } = session;
  const guarded = new Proxy(sql, {
    apply(ask, self, args) {
      if (session.isLost()) throw new StorageAway(LOST);
      return Reflect.apply(ask, self, args);
    },
  });
  await sql.unsafe('BEGIN');
  let result: T;
  try {
    result = await work(guarded);
    if (session.isLost()) throw new StorageAway(LOST);
  } catch (error) {
    // Never a word to a connection that may be gone: closing it undoes as well.
    if (!session.isLost() && !isDriverError(error)) await sql.unsafe('ROLLBACK');
    throw error;
  }
  await sql.unsafe('COMMIT');
  return result;
}

/** Neither the database's own word nor a refusal of ours: something between us and it. */
const isDriverError = (error: unknown): boolean =>
  !isAnswer(error) && (error instanceof StorageAway || asStorageError(error) instanceof StorageAway);

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StorageAway(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  answer.catch(() => {});
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}
