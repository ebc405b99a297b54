// Room on the disk: a warning below 20 MB, a stop below 5 MB. Browsers do not say how much is free (Chromium 156 names
// 10 GB more than is used, whatever the disk), so the tablet holds a reserve of its own: four blocks of 5 MB. While all
// can be held there is room; when an append fails the reserve gives way to it.

import { committed, type Database, strictTransaction } from './database.ts';

export type StorageState = 'ok' | 'low' | 'full';

const BLOCK_BYTES = 5 * 1024 * 1024;
const BLOCKS = 4;
/** As much as crypto.getRandomValues gives at once. */
const RANDOM_BYTES = 65_536;

/** What so many held blocks mean: each stands for 5 MB that records could have instead. */
export const stateOfReserve = (blocks: number): StorageState =>
  blocks >= BLOCKS ? 'ok' : blocks > 0 ? 'low' : 'full';

export interface StorageKeeper {
  /** Tries to hold the whole reserve; says how much room that shows. */
  look(database: Database): Promise<StorageState>;
  /** Runs a write; when the disk is full the reserve gives way to it, three blocks first and then the last. */
  withRoom<T>(database: Database, write: () => Promise<T>): Promise<T>;
}

export function createStorageKeeper(onState: (state: StorageState) => void): StorageKeeper {
  const say = (blocks: number) => {
    const state = stateOfReserve(blocks);
    onState(state);
    return state;
  };

  /** False when nothing was left to give. */
  const giveWay = async (database: Database): Promise<boolean> => {
    const keys = await database.getAllKeys('reserve');
    const given = keys.length > 1 ? keys.slice(1) : keys;
    const transaction = strictTransaction(database, ['reserve']);
    const store = transaction.objectStore('reserve');
    await committed(
      transaction,
      given.map((key) => store.delete(key)),
    );
    say(keys.length - given.length);
    return given.length > 0;
  };

  return {
    async look(database) {
      const held = new Set(await database.getAllKeys('reserve'));
      for (let block = 0; block < BLOCKS; block++) {
        if (held.has(block)) continue;
        if (!(await addBlock(database, block))) break;
        held.add(block);
      }
      return say(held.size);
    },
    async withRoom(database, write) {
      for (;;) {
        try {
          return await write();
        } catch (error) {
          if (!isDiskFull(error) || !(await giveWay(database))) throw error;
        }
      }
    },
  };
}

export const isDiskFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'QuotaExceededError';

/** False when there is no room for it. */
async function addBlock(database: Database, block: number): Promise<boolean> {
  const transaction = strictTransaction(database, ['reserve']);
  try {
    await committed(transaction, [transaction.objectStore('reserve').put(randomBlock(), block)]);
    return true;
  } catch (error) {
    if (isDiskFull(error)) return false;
    throw error;
  }
}

/** Random, because what can be compressed holds no room. */
function randomBlock(): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; at < BLOCK_BYTES; at += RANDOM_BYTES) {
    crypto.getRandomValues(block.subarray(at, Math.min(at + RANDOM_BYTES, BLOCK_BYTES)));
  }
  return block;
}
