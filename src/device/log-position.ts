// Where the log stands and under whose name it is written. The first screen needs no more of the log than this.

import type { LogIdentity } from '../core/log/envelope.ts';
import type { LogPosition } from '../sync/ports.ts';
import { committed, type Database, readFact, strictTransaction } from './database.ts';

const NO_HASH = new Uint8Array(0);

export const readPosition = async (database: Database): Promise<LogPosition | null> =>
  (await readFact(database, 'position')) ?? null;

export const countWaiting = (database: Database): Promise<number> => database.count('records');

/** Under the log's lock only. */
export async function writePosition(database: Database, identity: LogIdentity): Promise<void> {
  const transaction = strictTransaction(database, ['facts']);
  const fresh: LogPosition = { identity, head: { seq: 0, hash: NO_HASH } };
  await committed(transaction, [transaction.objectStore('facts').put(fresh, 'position')]);
}
