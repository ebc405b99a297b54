// The audit at the end of a run, by production code and public keys alone: a log to which nothing was done is sound, and no
// fork is missed in the others.

import { createHash } from 'node:crypto';
import { type Bytes, isSameBytes } from '../../src/core/bytes/bytes.ts';
import type { LogIdentity } from '../../src/core/log/envelope.ts';
import { type AuditKeys, auditLog, type ExportedLog } from '../../src/core/log/sealed/audit-log.ts';
import { isSameIdentity, parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type { HeldRun, MemoryTables } from '../support/memory-storage.ts';
import type { SimKeys } from './sim-keys.ts';
import type { SimRegister } from './sim-register.ts';

/** What is wrong with the audit; null: nothing. `tainted`: 'device/epoch' of the runs to which something was done. */
export async function auditEnd(
  { runsByName }: MemoryTables,
  register: SimRegister,
  { receipt, engine }: SimKeys,
  tainted: ReadonlySet<string>,
): Promise<string | null> {
  const keys: AuditKeys = {
    receiptKeys: [receipt.publicKey],
    deviceKeysOf: ({ device }) => register.keysOf(device),
    receiptsElsewhere: [],
  };
  for (const [name, run] of runsByName) {
    const isTainted = tainted.has(`${run.identity.device}/${run.identity.epoch}`);
    const forks = run.apart.filter(({ kind }) => kind === 'fork');
    if (isTainted && forks.length === 0) continue;
    const audit = await auditLog(exportOf(run), keys, engine);
    if (!isTainted && !audit.isSound) return `${name} is not sound: ${JSON.stringify(audit.fault ?? audit)}`;
    // What does not itself claim that number is no fork to whoever has only the export: it is put apart, and listed as that.
    const missed = forks.find(
      ({ seq, hash, envelope }) =>
        run.recordsBySeq.has(seq) &&
        isClaimOn(run.identity, seq, envelope) &&
        !audit.forks.some((found) => isSameBytes(found.hash, hash)),
    );
    if (missed !== undefined) return `${name}: the fork at ${missed.seq} is not found`;
  }
  return null;
}

const exportOf = ({ identity, recordsBySeq, apart, words }: HeldRun): ExportedLog => ({
  ...identity,
  envelopes: [...recordsBySeq].sort(([a], [b]) => a - b).map(([, { envelope }]) => envelope),
  quarantined: apart.map(({ envelope }) => envelope),
  batchHeads: words.filter(({ from }) => from > 0).map(({ signed }) => signed),
  receipts: words.map(({ receipt }) => receipt),
});

/** Everything that server holds in the end, as one hash: two runs that agree in it agree in every byte. */
export function fingerprint({ runsByName, countsByName, talliesByName }: MemoryTables): string {
  const hash = createHash('sha256');
  for (const [name, run] of [...runsByName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(name);
    for (const [seq, { envelope }] of [...run.recordsBySeq].sort(([a], [b]) => a - b))
      hash.update(`${seq}`).update(envelope);
    for (const { envelope, why } of run.apart) hash.update(why).update(envelope);
    for (const { signed, receipt } of run.words) hash.update(signed).update(receipt);
  }
  for (const [name, { count }] of [...countsByName, ...talliesByName].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name} ${count}`);
  return hash.digest('hex');
}

/** A disk may damage a record so that it can still be read, and is then another tablet's, or has another number. */
function isClaimOn(identity: LogIdentity, seq: number, envelope: Bytes): boolean {
  const claim = parseSealedEnvelope(envelope);
  return claim.ok && claim.value.seq === seq && isSameIdentity(claim.value, identity);
}
