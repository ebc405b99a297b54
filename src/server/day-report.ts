// The manager's view of one site's day, put together from counts and the last envelopes. A pseudonym never leaves here.

import type { DayReport, HourCount, LatestScan } from '../core/log/day-report.ts';
import { parseEnvelope } from '../core/log/encode-envelope.ts';
import { parseRecord } from '../core/log/encode-record.ts';
import type { DecisionRecord, ScanRecord } from '../core/log/record.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import type { Site } from '../core/trust/trust.ts';
import type { DayCount, Storage, StoredEnvelope } from './storage/port.ts';

const LATEST_SCANS = 50;
/** A scan may be followed by one decision; room for a guard who says it twice. */
const LATEST_PER_TABLET = 3 * LATEST_SCANS;
const TABLET_SILENT_SECONDS = 7 * 86_400;
const WEEK_MS = 7 * 86_400_000;

export async function makeDayReport(site: Site, storage: Storage, nowMs: number): Promise<DayReport> {
  const day = siteDayAt(nowMs, site);
  const now = Math.floor(nowMs / 1000);
  const { counts, countsBefore, latest, tablets } = await storage.readDay({
    site: site.id,
    day,
    dayBefore: new Date(Date.parse(`${day}T00:00:00Z`) - WEEK_MS).toISOString().slice(0, 10),
    tabletsSince: now - TABLET_SILENT_SECONDS,
    latestPerTablet: LATEST_PER_TABLET,
  });
  const { id, name, timeZone, dayStartMinutes, gates } = site;
  return {
    site: { id, name, timeZone, dayStartMinutes },
    gates: gates.map((gate) => ({ id: gate.id, name: gate.name })),
    day,
    now,
    hours: sumBy(
      counts,
      ({ gate, direction, hour, verdict }): Line<HourCount> => ({ gate, direction, hour, verdict }),
    ),
    weekBefore: sumBy(
      countsBefore,
      ({ gate, direction, hour, verdict }): Line<HourCount> => ({ gate, direction, hour, verdict }),
    ),
    reasons: sumBy(
      counts,
      ({ reason, verdict }): Line<DayReport['reasons'][number]> => ({ reason, verdict }),
    ),
    latest: latestScans(latest),
    tablets: tablets.map(({ device, ...tablet }) => ({ shortId: device.slice(0, 4), ...tablet })),
  };
}

type Line<T> = Omit<T, 'count'>;

/** One line for each distinct key, in the order in which the keys first come. */
function sumBy<K extends object>(
  counts: readonly DayCount[],
  keyOf: (count: DayCount) => K,
): (K & { count: number })[] {
  const linesByName = new Map<string, K & { count: number }>();
  for (const count of counts) {
    const key = keyOf(count);
    const name = JSON.stringify(key);
    const line = linesByName.get(name);
    if (line === undefined) linesByName.set(name, { ...key, count: count.count });
    else line.count += count.count;
  }
  return [...linesByName.values()];
}

function latestScans(envelopes: readonly StoredEnvelope[]): LatestScan[] {
  const opened = envelopes.map(openStored);
  const decisionsByScan = new Map<string, DecisionRecord['decision']>();
  const scans: { scan: ScanRecord; run: string; seq: number }[] = [];
  // In order of seq, so that the last word of a guard who decided twice stands.
  for (const { record, run, seq } of opened.sort((a, b) => a.seq - b.seq)) {
    if (record.kind === 'decision') decisionsByScan.set(`${run} ${record.refersTo}`, record.decision);
    else scans.push({ scan: record, run, seq });
  }
  scans.sort((a, b) => b.scan.minute - a.scan.minute || b.seq - a.seq);
  return scans
    .slice(0, LATEST_SCANS)
    .map(({ scan: { minute, gate, direction, verdict, reason }, run, seq }) => {
      const decision = decisionsByScan.get(`${run} ${seq}`) ?? null;
      return { minute, gate, direction, verdict, reason, decision };
    });
}

function openStored({ device, epoch, seq, envelope }: StoredEnvelope) {
  const opened = parseEnvelope(new Uint8Array(envelope));
  const record = opened.ok ? parseRecord(opened.value.record) : opened;
  if (!record.ok) throw new Error(`a stored record cannot be read any more (${record.error})`);
  return { record: record.value, run: `${device} ${epoch}`, seq };
}
