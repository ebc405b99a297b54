// What the service worker does when the browser wakes it: one pass of the same engine that the page runs.

import { chooseEngine } from '../core/signature/engine.ts';
import { assembleTrust } from '../core/trust/held/assemble-trust.ts';
import { type Sent, sendWaiting } from '../sync/send-waiting.ts';
import { openDatabase } from './database.ts';
import { readIdentity } from './identity/tablet-identity.ts';
import { withSyncLock } from './locks.ts';
import { createWaitingStore } from './log-store.ts';
import { tellNews } from './news.ts';
import { readReceiptUnder } from './read-receipt.ts';
import { batchesOver, openServerLine } from './server-line.ts';
import { createStorageKeeper } from './storage-keeper.ts';
import { readHeldTrust } from './trust/trust-store.ts';

/** One pass for the service worker. Anything but 'drained' should be thrown, so that the browser tries again. */
export async function sendInBackground(): Promise<Sent | 'busy'> {
  const nothing = () => {};
  const database = await openDatabase({ onBlocked: nothing, onSuperseded: nothing, onVanished: nothing });
  try {
    const engine = await chooseEngine();
    const held = await readHeldTrust(database);
    const trust = held === null ? null : assembleTrust(held, new Map());
    if (trust === null) return { kind: 'drained' };
    const line = openServerLine(await readIdentity(database), () => trust.timeKeys, engine);
    if (line === null) return { kind: 'drained' };
    const ports = {
      store: createWaitingStore(database, createStorageKeeper(nothing)),
      ...batchesOver(line),
      readReceipt: readReceiptUnder(() => trust.receiptKeys, engine),
    };
    return await withSyncLock(() =>
      sendWaiting(
        ports,
        () => tellNews('log'),
        () => false,
      ),
    );
  } finally {
    database.close();
  }
}
