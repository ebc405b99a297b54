// What the server can open, for tests that look at its records from outside: by a copy of its folder of day keys.

import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { GateRecord } from '../../src/core/log/record.ts';
import { parseSealedEnvelope, type SealedEnvelopeRefusal } from '../../src/core/log/sealed/envelope.ts';
import { createOpener, type OpenRefusal } from '../../src/core/log/sealed/opener.ts';
import type { Result } from '../../src/core/result.ts';
import { openDayKeyBook } from '../../src/server/day-keys/day-key-book.ts';

export type OpenRecord = (envelope: Bytes) => Result<GateRecord, SealedEnvelopeRefusal | OpenRefusal>;

/** By the keys that the server of that data folder holds now. */
export async function openDayKeysOf(dataDir: string): Promise<OpenRecord> {
  // A copy: whoever opens such a folder also clears it up, which is its server's business.
  const copy = await mkdtemp(join(tmpdir(), 'gatelight-day-keys-'));
  try {
    await cp(join(dataDir, 'keys'), copy, { recursive: true });
    const book = await openDayKeyBook(copy, (length) => new Uint8Array(randomBytes(length)));
    const opener = createOpener(book.findSealKey);
    return (bytes) => {
      const envelope = parseSealedEnvelope(bytes);
      return envelope.ok ? opener.open(envelope.value) : envelope;
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
