// Logs in memory, for whoever audits them, and their end.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import type { LogIdentity } from '../../src/core/log/envelope.ts';
import type { DroppedRun } from '../../src/core/log/sealed/dropped-days.ts';
import { parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import type { HeldRun, MemoryTables } from './memory-storage.ts';

type Logs = Pick<
  Storage,
  'listLogs' | 'readLog' | 'readForks' | 'readWords' | 'listDays' | 'dropDay' | 'dropFacts'
>;

const inOrder = (a: Bytes, b: Bytes): number => (encodeHex(a) < encodeHex(b) ? -1 : 1);

export const readMemoryLogs = (tables: MemoryTables): Logs => {
  const runs = () => [...tables.runsByName.values()];
  const runOf = ({ site, device, epoch }: LogIdentity): HeldRun | undefined =>
    tables.runsByName.get(`${site}/${device}/${epoch}`);
  return {
    listLogs: async (site) =>
      runs()
        .map(({ identity }) => identity)
        .filter((identity) => identity.site === site)
        .sort((a, b) => (a.device === b.device ? a.epoch - b.epoch : a.device < b.device ? -1 : 1)),
    readLog: async (identity, after, limit) => {
      const run = runOf(identity);
      const records = [...(run?.recordsBySeq ?? [])].map(([seq, { envelope }]) => ({ seq, envelope }));
      const apart = (run?.apart ?? []).filter(({ kind }) => kind !== 'fork');
      return [...records, ...apart.map(({ seq, envelope }) => ({ seq, envelope }))]
        .filter(({ seq }) => seq > after)
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit);
    },
    readForks: async (identity) =>
      (runOf(identity)?.apart ?? [])
        .filter(({ kind }) => kind === 'fork')
        .sort((a, b) => a.seq - b.seq || inOrder(a.hash, b.hash))
        .map(({ envelope }) => envelope),
    readWords: async (identity) => {
      const run = runOf(identity);
      const words = [...(run?.words ?? [])].sort(
        (a, b) => a.from - b.from || inOrder(a.envelopesHash, b.envelopesHash),
      );
      return {
        batchHeads: words.filter(({ from }) => from > 0).map(({ signed }) => signed),
        receipts: words.map(({ receipt }) => receipt),
        dropped: [...(run?.dropped ?? [])].sort((a, b) => a.from - b.from).map(({ statement }) => statement),
      };
    },
    listDays: async () =>
      [
        ...new Set(runs().flatMap(({ recordsBySeq }) => [...recordsBySeq.values()].map(({ day }) => day))),
      ].sort(),
    dropDay: async (day, sign) => {
      for (const run of runs()) {
        for (const part of runsOf(run, day))
          run.dropped.push({ from: part.from, statement: await sign(part) });
        for (const [seq, record] of run.recordsBySeq) if (record.day === day) run.recordsBySeq.delete(seq);
      }
    },
    dropFacts: async (site, before) => {
      const stays = tables.duplicates.filter((line) => line.site !== site || line.day >= before.duplicates);
      tables.duplicates.splice(0, tables.duplicates.length, ...stays);
      for (const lines of [tables.countsByName, tables.talliesByName])
        for (const [name, line] of lines)
          if (line.site === site && line.day < before.counts) lines.delete(name);
    },
  };
};

function runsOf({ identity, recordsBySeq }: HeldRun, day: string): readonly DroppedRun[] {
  const found: DroppedRun[] = [];
  const records = [...recordsBySeq].filter(([, record]) => record.day === day).sort(([a], [b]) => a - b);
  for (const [seq, { envelope, hash }] of records) {
    const last = found.at(-1);
    const parsed = parseSealedEnvelope(envelope);
    if (last?.to === seq - 1) found.splice(-1, 1, { ...last, to: seq, head: hash });
    else if (parsed.ok)
      found.push({ ...identity, day, from: seq, to: seq, prev: parsed.value.prev, head: hash });
  }
  return found;
}
