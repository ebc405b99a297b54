// What the storage knows of one site's day: counts, the last envelopes of each tablet, and how the tablets are.

import type { Bytes } from '../../core/bytes/bytes.ts';
import type {
  DayCount,
  DayQuestion,
  DayTally,
  StoredAlarm,
  StoredDay,
  StoredDuplicate,
  StoredEnvelope,
  StoredTablet,
} from './port.ts';
import type { Sql } from './sql.ts';

export async function readDay(sql: Sql, question: DayQuestion): Promise<StoredDay> {
  const [counts, latest, tablets, alarms, tallies, duplicates] = await Promise.all([
    readCounts(sql, question),
    readLatest(sql, question),
    readTablets(sql, question),
    readAlarms(sql, question),
    readTallies(sql, question),
    readDuplicates(sql, question),
  ]);
  return {
    counts: counts.filter(({ day }) => day === question.day).map(withoutDay),
    countsBefore: counts.filter(({ day }) => day === question.dayBefore).map(withoutDay),
    latest,
    tablets,
    alarms,
    tallies,
    duplicates,
  };
}

const withoutDay = ({ day: _, ...count }: DayCount & { readonly day: string }): DayCount => count;

const readCounts = (sql: Sql, { site, day, dayBefore }: DayQuestion) => sql<(DayCount & { day: string })[]>`
  SELECT day::text, gate, direction, hour, verdict, reason, count FROM hourly
  WHERE site_id = ${site} AND (day = ${day}::date OR day = ${dayBefore}::date)
  ORDER BY day, hour, gate, direction, verdict, reason`;

/** No time stands outside an envelope, so the latest of a site are among the last of each of its tablets. */
async function readLatest(sql: Sql, { site, day, latestPerTablet }: DayQuestion): Promise<StoredEnvelope[]> {
  const rows = await sql<{ device_id: string; epoch: number; seq: number; envelope: Bytes }[]>`
    SELECT r.device_id, r.epoch, r.seq, r.envelope
    FROM device_head h CROSS JOIN LATERAL (
      SELECT s.device_id, s.epoch, s.seq, s.envelope FROM scan s
      WHERE s.site_id = h.site_id AND s.day = ${day}::date AND s.device_id = h.device_id AND s.epoch = h.epoch
      ORDER BY s.seq DESC LIMIT ${latestPerTablet}
    ) r
    WHERE h.site_id = ${site}`;
  return rows.map(({ device_id: device, epoch, seq, envelope }) => ({ device, epoch, seq, envelope }));
}

async function readTablets(sql: Sql, { site, tabletsSince }: DayQuestion): Promise<StoredTablet[]> {
  type Row = Omit<StoredTablet, 'lastSeenAt'> & { seen: number };
  const rows = await sql<Row[]>`
    SELECT device_id AS device, gate, extract(epoch FROM seen_at)::double precision AS seen,
      shift_since::double precision AS "shiftSince",
      (SELECT count(*)::integer FROM alarm a WHERE a.site_id = h.site_id AND a.device_id = h.device_id AND a.kind = 'fork') AS forks,
      (SELECT count(*)::integer FROM alarm a WHERE a.site_id = h.site_id AND a.device_id = h.device_id AND a.kind IN ('gap', 'hole')) AS gaps,
      (SELECT count(*)::integer FROM quarantine q WHERE q.site_id = h.site_id AND q.device_id = h.device_id) AS quarantined
    FROM device_head h
    WHERE site_id = ${site} AND seen_at >= to_timestamp(${tabletsSince}) AND NOT EXISTS (
      SELECT 1 FROM device_head later
      WHERE later.site_id = h.site_id AND later.device_id = h.device_id AND later.epoch > h.epoch)
    ORDER BY seen_at DESC, device_id`;
  return rows.map(({ seen, ...tablet }) => ({ ...tablet, lastSeenAt: seen }));
}

const MAX_LINES = 200;

const readAlarms = (sql: Sql, { site, tabletsSince }: DayQuestion) => sql<StoredAlarm[]>`
  SELECT device_id AS device, epoch, kind, first_seq AS "from", last_seq AS "to",
    extract(epoch FROM raised_at)::double precision AS "raisedAt"
  FROM alarm WHERE site_id = ${site} AND raised_at >= to_timestamp(${tabletsSince})
  ORDER BY alarm.raised_at DESC, device_id, alarm.epoch, kind, first_seq, hash LIMIT ${MAX_LINES}`;

const readTallies = (sql: Sql, { site, day }: DayQuestion) => sql<DayTally[]>`
  SELECT kind, what, count FROM tally WHERE site_id = ${site} AND day = ${day}::date ORDER BY kind, what`;

const readDuplicates = (sql: Sql, { site, day }: DayQuestion) => sql<StoredDuplicate[]>`
  SELECT minute::double precision AS minute, gate, other_minute::double precision AS "otherMinute",
    other_gate AS "otherGate", direction
  FROM duplicate WHERE site_id = ${site} AND day = ${day}::date
  ORDER BY duplicate.minute DESC, gate, other_gate LIMIT ${MAX_LINES}`;
