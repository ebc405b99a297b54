// The sealed form, signed by its tablet: each envelope checked alone and opened in memory, for what is counted of it. What
// nobody can open is taken all the same, and counted as that.

import { createHash } from 'node:crypto';
import { type Bytes, isSameBytes } from '../../core/bytes/bytes.ts';
import type { GateRecord } from '../../core/log/record.ts';
import { isSighting } from '../../core/log/scan-of.ts';
import { type BatchHead, parseSealedBatch, verifySealedBatch } from '../../core/log/sealed/batch.ts';
import { hashBeforeFirst, isSameIdentity, parseSealedEnvelope } from '../../core/log/sealed/envelope.ts';
import { isSealKeyOver } from '../../core/log/sealed/key-ends.ts';
import { createOpener, type Opener } from '../../core/log/sealed/opener.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import { siteDayAt } from '../../core/trust/site-day.ts';
import type { Site } from '../../core/trust/trust.ts';
import type { GoodEntry, JudgedEntry } from '../storage/port.ts';
import { countKeyOf, hourOf, isAbsurdDay } from './count-key.ts';
import { isCurrent, type LogRules } from './current-days.ts';
import { type IngestRefusal, type IngestTools, type Judged, readShownReceipt } from './ingest-tools.ts';

export async function judgeSealedBatch(
  site: Site,
  body: Bytes,
  tools: IngestTools,
): Promise<Result<Judged, IngestRefusal>> {
  const { deviceKeysOf, noteSigned, verifyDevice, findSealKey, agreement, rulesOf } = tools.sealed;
  const parsed = parseSealedBatch(body);
  if (!parsed.ok) return parsed;
  const { signed, envelopes, lastReceipt } = parsed.value;
  const { device, epoch, from, to, envelopesHash } = parsed.value.head;
  if (parsed.value.head.site !== site.id) return refused('batch-site');
  const identity = { site: site.id, device, epoch };
  const keys = await deviceKeysOf(identity);
  if (keys.length === 0) return refused('batch-unknown-device');
  const verified = await verifySealedBatch({ signed, envelopes }, keys, verifyDevice);
  if (!verified.ok) return verified;
  if (noteSigned !== undefined && !(await noteSigned(identity))) return refused('batch-unknown-device');

  const rules = rulesOf(site.id);
  const opener = createOpener(findSealKey, agreement);
  const nowMs = tools.nowMs();
  const desk: Desk = {
    site,
    rules,
    nowMs,
    opener,
    isCurrent: once((day) => isCurrent(day, { site, rules, nowMs })),
    hourAt: once((minute) => hourOf(minute, site)),
  };
  const opened = envelopes.map((envelope, at) => judgeEnvelope(envelope, verified.value, from + at, desk));
  opener.forget();
  const shown = await readShownReceipt(identity, lastReceipt, tools);
  return ok({
    identity,
    from,
    to,
    entries: opened.map((entry, at) => (isAltered(entry, opened[at + 1]) ? asAltered(entry) : entry)),
    hashBeforeFirst: await hashBeforeFirst(identity),
    shown,
    seenBeforeMinutes: Math.floor(rules.seenBeforeWindowSeconds / 60),
    words: { signed, envelopesHash, shownReceipt: shown === null ? null : lastReceipt },
  });
}

interface Desk {
  readonly site: Site;
  readonly rules: LogRules;
  readonly nowMs: number;
  readonly opener: Opener;
  isCurrent(day: string): boolean;
  hourAt(minute: number): number;
}

/** Calendars are slow, and a batch has few days and few minutes. */
function once<K, T>(answer: (question: K) => T): (question: K) => T {
  const known = new Map<K, T>();
  return (question) => {
    const given = known.get(question);
    if (given !== undefined) return given;
    const found = answer(question);
    known.set(question, found);
    return found;
  };
}

function judgeEnvelope(envelope: Bytes, batch: BatchHead, seq: number, desk: Desk): JudgedEntry {
  const entry = { seq, hash: new Uint8Array(createHash('sha256').update(envelope).digest()), envelope };
  const unreadable = (why: string): JudgedEntry => ({ kind: 'unreadable', ...entry, why });

  const parsed = parseSealedEnvelope(envelope);
  if (!parsed.ok) return unreadable(parsed.error);
  const sealed = parsed.value;
  if (!isSameIdentity(sealed, batch) || sealed.seq !== seq) return unreadable('other-identity');
  if (isAbsurdDay(sealed.day, desk.nowMs)) return unreadable('absurd-day');
  const good = { kind: 'good', ...entry, day: sealed.day, sealed } as const;
  const record = desk.opener.open(sealed);
  if (record.ok) return { ...good, ...notesOf(record.value, sealed.day, desk) };
  const why = record.error === 'open-no-key' && isOver(sealed.day, desk) ? AFTER_THE_END : record.error;
  return { ...good, ...NOTHING_NOTED, tally: { kind: 'unopened', what: why } };
}

/** Its day's key was destroyed at its time: it came too late to be counted. */
const AFTER_THE_END = 'after-the-end';

const isOver = (day: string, { site, rules, nowMs }: Desk): boolean =>
  isSealKeyOver(day, siteDayAt(nowMs, site), rules.retentionDays);

type Notes = Pick<GoodEntry, 'gate' | 'count' | 'tally' | 'sighting' | 'shift'>;

const NOTHING_NOTED: Notes = { gate: null, count: null, tally: null, sighting: null, shift: null };

function notesOf(record: GateRecord, day: string, desk: Desk): Notes {
  const notes = { ...NOTHING_NOTED, gate: record.gate };
  switch (record.kind) {
    case 'scan': {
      const { pseudonym, isOwnKey, minute, direction, gate } = record;
      const isSiteWide = pseudonym !== null && !isOwnKey && isSighting(record) && desk.isCurrent(day);
      return {
        ...notes,
        count: countKeyOf(record, desk.hourAt),
        tally: isOwnKey ? { kind: 'own-key', what: gate } : null,
        sighting: isSiteWide ? { pseudonym, minute, direction } : null,
      };
    }
    case 'shift-start':
    case 'shift-end':
    case 'heartbeat':
      return { ...notes, shift: { kind: record.kind, minute: record.minute } };
    default:
      return notes;
  }
}

/** Its seal is broken though its key is here, and the next record was written behind another one. */
const isAltered = (entry: JudgedEntry, next: JudgedEntry | undefined): boolean =>
  entry.kind === 'good' &&
  entry.tally?.kind === 'unopened' &&
  (entry.tally.what === 'open-sealed' || entry.tally.what === 'open-session') &&
  next?.kind === 'good' &&
  next.sealed !== null &&
  !isSameBytes(next.sealed.prev, entry.hash);

const asAltered = ({ seq, hash, envelope }: JudgedEntry): JudgedEntry => ({
  kind: 'unreadable',
  seq,
  hash,
  envelope,
  why: 'altered',
});
