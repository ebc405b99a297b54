// The questions that a storage in memory answers.

import type {
  DayQuestion,
  SightingPlace,
  SightingsQuestion,
  StoredDay,
  StoredSighting,
} from '../../src/server/storage/port.ts';
import type { HeldRun, MemoryTables } from './memory-storage.ts';

export function readMemoryDay(tables: MemoryTables, question: DayQuestion): StoredDay {
  const { runsByName, countsByName, talliesByName, duplicates } = tables;
  const { site, latestPerTablet } = question;
  const countsOn = (day: string) =>
    [...countsByName.values()]
      .filter((line) => line.site === site && line.day === day)
      .map(({ key, count }) => ({ ...key, count }));
  const runs = [...runsByName.values()].filter(({ identity }) => identity.site === site);
  const ofDevice = (device: string) => runs.filter(({ identity }) => identity.device === device);
  const alarmsOf = (device: string, kinds: readonly string[]) =>
    sum(ofDevice(device), ({ alarms }) => alarms.filter(({ kind }) => kinds.includes(kind)).length);
  return {
    counts: countsOn(question.day),
    countsBefore: countsOn(question.dayBefore),
    latest: runs.flatMap(({ identity: { device, epoch }, recordsBySeq }) =>
      [...recordsBySeq]
        .filter(([, { day }]) => day === question.day)
        .sort(([a], [b]) => b - a)
        .slice(0, latestPerTablet)
        .map(([seq, { envelope }]) => ({ device, epoch, seq, envelope })),
    ),
    tablets: runs
      .filter(({ identity: { device, epoch }, seenAt }) => {
        const isLast = ofDevice(device).every(({ identity }) => identity.epoch <= epoch);
        return isLast && seenAt >= question.tabletsSince;
      })
      .sort((a, b) => b.seenAt - a.seenAt || (a.identity.device < b.identity.device ? -1 : 1))
      .map(({ identity: { device }, gate, seenAt, shiftSince }) => ({
        device,
        gate,
        lastSeenAt: seenAt,
        shiftSince,
        forks: alarmsOf(device, ['fork']),
        gaps: alarmsOf(device, ['gap', 'hole']),
        quarantined: sum(ofDevice(device), ({ apart }) => apart.length),
      })),
    alarms: runs
      .flatMap(({ identity: { device, epoch }, alarms }) =>
        alarms
          .filter(({ raisedAt }) => raisedAt >= question.tabletsSince)
          .map(({ kind, from, to, raisedAt }) => ({ device, epoch, kind, from, to, raisedAt })),
      )
      .sort((a, b) => b.raisedAt - a.raisedAt),
    tallies: [...talliesByName.values()]
      .filter((line) => line.site === site && line.day === question.day)
      .map(({ tally, count }) => ({ ...tally, count }))
      .sort((a, b) => (`${a.kind} ${a.what}` < `${b.kind} ${b.what}` ? -1 : 1)),
    duplicates: duplicates
      .filter((line) => line.site === site && line.day === question.day)
      .map(({ site: _, day: __, ...pair }) => pair)
      .sort((a, b) => b.minute - a.minute),
  };
}

export const readMemorySightings = (
  { sightings }: MemoryTables,
  { site, days, after, limit }: SightingsQuestion,
): readonly StoredSighting[] =>
  sightings
    .filter((line) => line.site === site && days.includes(line.day) && inOrder(after, line.place) < 0)
    .sort((a, b) => inOrder(a.place, b.place))
    .slice(0, limit)
    .map(({ site: _, ...seen }) => seen);

const inOrder = (a: SightingPlace, b: SightingPlace): number =>
  a.receivedAt - b.receivedAt ||
  (a.device === b.device ? a.epoch - b.epoch || a.seq - b.seq : a.device < b.device ? -1 : 1);

const sum = (runs: readonly HeldRun[], of: (run: HeldRun) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);
