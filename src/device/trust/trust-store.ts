// What the tablet keeps of trust, in its database: the repository's files, the status lists, and what was read from
// them. Each write is one strict transaction.

import type { HeldTrust } from '../../core/trust/held/held-trust.ts';
import type { TrustStore } from '../../core/trust/held/ports.ts';
import type { TufStore } from '../../core/trust/tuf/ports.ts';
import { type ClockFloor, laterFloor } from '../../core/verdict/clock.ts';
import { committed, type Database, readFact, strictTransaction, writeFact } from '../database.ts';

export const createTrustStore = (database: Database): TrustStore => ({
  repository: repositoryIn(database),
  readTrust: () => readHeldTrust(database),
  writeTrust: (held) => writeFact(database, 'trust', held),
  async readLists() {
    const lists = await database.getAll('statusLists');
    return new Map(lists.map((list) => [list.uri, list]));
  },
  async writeList(list) {
    const transaction = strictTransaction(database, ['statusLists']);
    await committed(transaction, [transaction.objectStore('statusLists').put(list)]);
  },
  async removeList(uri) {
    const transaction = strictTransaction(database, ['statusLists']);
    await committed(transaction, [transaction.objectStore('statusLists').delete(uri)]);
  },
});

export const readHeldTrust = async (database: Database): Promise<HeldTrust | null> =>
  (await readFact(database, 'trust')) ?? null;

/** Another tab may have seen a later time under the same keys: that one stays. */
export async function writeFloor(database: Database, floor: ClockFloor): Promise<void> {
  const transaction = strictTransaction(database, ['facts']);
  const facts = transaction.objectStore('facts');
  const held = (await facts.get('clockFloor')) as ClockFloor | undefined;
  await committed(transaction, [
    facts.put(held === undefined ? floor : laterFloor(held, floor), 'clockFloor'),
  ]);
}

const repositoryIn = (database: Database): TufStore => ({
  read: async (name) => (await database.get('repository', name)) ?? null,
  async write(name, bytes) {
    const transaction = strictTransaction(database, ['repository']);
    await committed(transaction, [transaction.objectStore('repository').put(bytes, name)]);
  },
  async remove(name) {
    const transaction = strictTransaction(database, ['repository']);
    await committed(transaction, [transaction.objectStore('repository').delete(name)]);
  },
});
