// The manager's view of one site's day, put together from counts and the last envelopes. A pseudonym never leaves here.

import type { DayReport, HourCount, LatestScan } from '../core/log/day-report.ts';
import type { DecisionRecord, GateRecord, ScanRecord } from '../core/log/record.ts';
import { parseSealedEnvelope } from '../core/log/sealed/envelope.ts';
import { createOpener, type FindSealKey, type Opener } from '../core/log/sealed/opener.ts';
import { siteDayAt } from '../core/trust/site-day.ts';
import type { Site } from '../core/trust/trust.ts';
import type { DayCount, Storage, StoredEnvelope } from './storage/port.ts';

export interface DayReportTools {
  readonly storage: Pick<Storage, 'readDay'>;
  readonly sealed: { readonly findSealKey: FindSealKey };
}

const LATEST_SCANS = 50;
/** A scan may be followed by one decision; room for a guard who says it twice. */
const LATEST_PER_TABLET = 3 * LATEST_SCANS;
const TABLET_FORGOTTEN_SECONDS = 7 * 86_400;
/** Two heartbeats: a tablet on shift speaks every 15 minutes. */
const SHIFT_SILENT_SECONDS = 30 * 60;
const WEEK_MS = 7 * 86_400_000;

/** Records are opened for this answer alone, and forgotten with it. */
export async function makeDayReport(
  site: Site,
  { storage, sealed }: DayReportTools,
  nowMs: number,
): Promise<DayReport> {
  const day = siteDayAt(nowMs, site);
  const now = Math.floor(nowMs / 1000);
  const { counts, countsBefore, latest, tablets, alarms, tallies, duplicates } = await storage.readDay({
    site: site.id,
    day,
    dayBefore: new Date(Date.parse(`${day}T00:00:00Z`) - WEEK_MS).toISOString().slice(0, 10),
    tabletsSince: now - TABLET_FORGOTTEN_SECONDS,
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
    latest: latestScans(latest, sealed.findSealKey),
    tablets: tablets.map(({ device, ...tablet }) => ({
      shortId: shortIdOf(device),
      ...tablet,
      isSilent: tablet.shiftSince !== null && now - tablet.lastSeenAt > SHIFT_SILENT_SECONDS,
    })),
    alarms: alarms.map(({ device, ...alarm }) => ({ shortId: shortIdOf(device), ...alarm })),
    duplicates,
    unopened: tallies.flatMap(({ kind, what: why, count }) => (kind === 'unopened' ? [{ why, count }] : [])),
    ownKey: tallies.flatMap(({ kind, what: gate, count }) => (kind === 'own-key' ? [{ gate, count }] : [])),
  };
}

const shortIdOf = (device: string): string => device.slice(0, 4);

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

function latestScans(envelopes: readonly StoredEnvelope[], findSealKey: FindSealKey): LatestScan[] {
  const opener = createOpener(findSealKey);
  const opened = envelopes.flatMap((stored) => openStored(stored, opener) ?? []);
  opener.forget();
  const decisionsByScan = new Map<string, DecisionRecord['decision']>();
  const scans: { scan: ScanRecord; run: string; seq: number }[] = [];
  // In order of seq, so that the last word of a guard who decided twice stands.
  for (const { record, run, seq } of opened.sort((a, b) => a.seq - b.seq)) {
    if (record.kind === 'decision') decisionsByScan.set(`${run} ${record.refersTo}`, record.decision);
    else if (record.kind === 'scan') scans.push({ scan: record, run, seq });
  }
  scans.sort((a, b) => b.scan.minute - a.scan.minute || b.seq - a.seq);
  return scans
    .slice(0, LATEST_SCANS)
    .map(({ scan: { minute, gate, direction, verdict, reason }, run, seq }) => {
      const decision = decisionsByScan.get(`${run} ${seq}`) ?? null;
      return { minute, gate, direction, verdict, reason, decision };
    });
}

interface Opened {
  readonly record: GateRecord;
  readonly run: string;
  readonly seq: number;
}

/** Null for what nobody can open any more, or never could. */
function openStored({ device, epoch, seq, envelope }: StoredEnvelope, opener: Opener): Opened | null {
  const sealed = parseSealedEnvelope(new Uint8Array(envelope));
  const record = sealed.ok ? opener.open(sealed.value) : sealed;
  return record.ok ? { record: record.value, run: `${device} ${epoch}`, seq } : null;
}
