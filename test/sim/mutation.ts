// What a mutant may replace: each is a port or a function that production code is handed. No source is changed.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { Sealer } from '../../src/core/log/sealed/sealer.ts';
import type { KeyAgreement } from '../../src/core/nacl/box.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import type { settleBatch } from '../../src/server/storage/settle-batch.ts';
import type { EnvelopeWriter, LogDisk, LogTurns, SyncPorts } from '../../src/sync/ports.ts';
import type { RecordLog } from '../../src/sync/record-log.ts';
import type { MemoryTables } from '../support/memory-storage.ts';
import type { WriteHabits } from './model-disk.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SealerParts {
  readonly randomBytes: (length: number) => Bytes;
  readonly agreement: KeyAgreement;
}

export interface Mutation {
  readonly name: string;
  readonly habits?: WriteHabits;
  /** The tablet's disk, as one tab opened it. */
  readonly disk?: (disk: LogDisk<null>) => LogDisk<null>;
  readonly turns?: (turns: LogTurns) => LogTurns;
  readonly log?: (log: RecordLog<null>) => RecordLog<null>;
  readonly sealer?: (sealer: Sealer, parts: SealerParts) => Sealer;
  readonly writer?: (writer: EnvelopeWriter) => EnvelopeWriter;
  readonly ports?: (ports: SyncPorts) => SyncPorts;
  readonly settle?: typeof settleBatch;
  readonly storage?: (storage: Storage, tables: MemoryTables, time: VirtualTime) => Storage;
}

export const NO_MUTATION: Mutation = { name: 'production code as it is' };
