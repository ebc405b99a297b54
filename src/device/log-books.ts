// What is open of one memory while it is written to: the log with the session that seals it, and the day. Only here do a
// day's key and a record meet.

import type { GateRecord } from '../core/log/record.ts';
import type { SealKey } from '../core/log/sealed/day-keys.ts';
import { createSealer } from '../core/log/sealed/sealer.ts';
import { MAX_SESSION_MS } from '../core/log/sealed/session-rule.ts';
import type { LogPosition } from '../sync/ports.ts';
import { createSealedWriter } from '../sync/sealed-log.ts';
import type { StoredSighting } from './database.ts';
import { type DayMemory, openDay } from './day-keys/day-memory.ts';
import { readSealKey } from './day-keys/key-store.ts';
import { createLogStore } from './log-store.ts';
import type { Memory } from './memory-holder.ts';
import type { StorageKeeper } from './storage-keeper.ts';

export interface LogBooks {
  dayOf(day: string): Promise<DayMemory>;
  /** Resolves once record and sighting are on the disk. Throws `NoDayKey` where the day has no key to seal to. */
  append(record: GateRecord, day: string, sighting: StoredSighting | null): Promise<LogPosition>;
  /** Day keys came or went: what is open of them is not what is held. */
  forgetKeys(): void;
  /** At lock and at the end of a shift: nothing in memory opens what was sealed. */
  endSession(): void;
  /** A session whose day or time is over would seal nothing more: it need not live until the next record says so. */
  endOverdue(day: string): void;
}

export function openLogBooks({ database }: Memory, storage: StorageKeeper): LogBooks {
  let day: DayMemory | null = null;
  let sealKey: SealKey | null = null;
  let session: { readonly day: string; readonly beganAtMs: number } | null = null;

  const sealer = createSealer((length) => crypto.getRandomValues(new Uint8Array(length)));
  const monotonicMs = () => performance.now();
  const writer = createSealedWriter({
    sealer,
    monotonicMs,
    async sealKeyOf(site, wanted) {
      if (sealKey?.site !== site || sealKey.day !== wanted)
        sealKey = await readSealKey(database, site, wanted);
      return sealKey;
    },
  });
  const log = createLogStore(database, storage, writer);

  const endSession = () => {
    sealer.endSession();
    session = null;
  };

  return {
    endSession,
    async dayOf(name) {
      if (day?.day !== name) day = await storage.withRoom(database, () => openDay(database, name));
      return day;
    },
    append(record, name, sighting) {
      if (session?.day !== name) session = { day: name, beganAtMs: monotonicMs() };
      return log.append(record, name, sighting);
    },
    forgetKeys() {
      day = null;
      sealKey = null;
    },
    endOverdue(name) {
      const isOver =
        session !== null && (session.day !== name || monotonicMs() - session.beganAtMs >= MAX_SESSION_MS);
      if (isOver) endSession();
    },
  };
}
