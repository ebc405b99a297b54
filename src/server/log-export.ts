// A site's logs as a file, piece by piece: nothing of it is held longer than it takes to send it.

import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex } from '../core/bytes/hex.ts';
import type { DevicePublicKey } from '../core/identity/device-key.ts';
import {
  encodeLogFileEnd,
  encodeLogFileHead,
  encodeLogHead,
  encodeLogPart,
} from '../core/log/sealed/log-file.ts';
import type { Storage } from './storage/port.ts';

type LogStorage = Pick<Storage, 'listLogs' | 'readLog' | 'readForks' | 'readWords'>;

const LINES_AT_ONCE = 500;

export async function* exportLogs(site: string, storage: LogStorage): AsyncGenerator<Bytes, void> {
  const logs = await storage.listLogs(site);
  yield encodeLogFileHead(site);
  for (const identity of logs) {
    yield encodeLogHead(identity.device, identity.epoch);
    // First: what is receipted while this is written is then not missed among the envelopes.
    const { batchHeads, receipts, dropped } = await storage.readWords(identity);
    for (let after = 0; ; ) {
      const lines = await storage.readLog(identity, after, LINES_AT_ONCE);
      if (lines.length > 0)
        yield encodeLogPart(
          'envelopes',
          lines.map(({ envelope }) => envelope),
        );
      after = lines.at(-1)?.seq ?? after;
      if (lines.length < LINES_AT_ONCE) break;
    }
    yield encodeLogPart('forks', await storage.readForks(identity));
    yield encodeLogPart('batches', batchHeads);
    yield encodeLogPart('receipts', receipts);
    yield encodeLogPart('dropped', dropped);
  }
  yield encodeLogFileEnd(logs.length);
}

/** The keys that an auditor should have from elsewhere, as this server knows them. All in hexadecimal. */
export interface LogKeys {
  readonly site: string;
  readonly receiptKeys: readonly string[];
  readonly devices: Readonly<Record<string, readonly string[]>>;
}

export async function listLogKeys(
  site: string,
  receiptKeys: readonly Bytes[],
  storage: Pick<Storage, 'listLogs'>,
  keysOf: (site: string, device: string) => Promise<readonly DevicePublicKey[]>,
): Promise<LogKeys> {
  const devices: Record<string, readonly string[]> = {};
  for (const { device } of await storage.listLogs(site))
    devices[device] ??= (await keysOf(site, device)).map(({ bytes }) => encodeHex(bytes));
  return { site, receiptKeys: receiptKeys.map(encodeHex), devices };
}
