// Follows a chain over numbers that are not there, where somebody's signed word says why: dropped with their day, lost by a
// server that once had them, or never come. What no word explains stays a fault.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { sha256 } from '../../bytes/sha256.ts';
import type { Head } from '../envelope.ts';
import { type ChainEvidence, type ChainFault, verifyChain } from './chain.ts';
import type { DroppedRun } from './dropped-days.ts';
import { hashBeforeFirst, isSameIdentity, parseSealedEnvelope } from './envelope.ts';

export interface Gap {
  /** Numbers, both ends included. */
  readonly from: number;
  readonly to: number;
  /** 'lost-here': the server receipted some of them. 'never-came': the tablet's signed batch begins behind them. */
  readonly reason: 'lost-here' | 'never-came';
}

export interface GapEvidence {
  readonly chain: ChainEvidence;
  /** Batches that the tablet signed, and that lie with the log. */
  readonly batches: readonly { readonly from: number; readonly to: number }[];
  readonly dropped: readonly DroppedRun[];
}

export interface FollowedChain {
  readonly fault: ChainFault | null;
  readonly gaps: readonly Gap[];
  readonly dropped: readonly { readonly day: string; readonly from: number; readonly to: number }[];
}

export async function followChain({ chain, batches, dropped }: GapEvidence): Promise<FollowedChain> {
  const gaps: Gap[] = [];
  const passed: FollowedChain['dropped'][number][] = [];
  let rest = chain;
  for (;;) {
    const verified = await verifyChain(rest);
    if (verified.ok) return { fault: null, gaps, dropped: passed };
    const found = { fault: verified.error, gaps, dropped: passed };
    const { seq: from, reason } = verified.error;
    if (reason !== 'missing' && reason !== 'cut') return found;
    const before = await headBefore(rest, from);
    const envelopes = rest.envelopes.slice(from - 1 - (rest.after?.seq ?? 0));
    const run = dropped.find((one) => one.from === from && isBehind(one, before, chain));
    if (run !== undefined) {
      passed.push({ day: run.day, from: run.from, to: run.to });
      rest = { ...chain, envelopes, after: { seq: run.to, hash: run.head } };
      continue;
    }
    const gap = reason === 'missing' ? gapBefore(envelopes[0], from, chain, batches) : null;
    if (gap === null) return found;
    gaps.push(gap.gap);
    rest = { ...chain, envelopes, after: gap.after };
  }
}

async function headBefore({ identity, envelopes, after }: ChainEvidence, seq: number): Promise<Head> {
  const bytes = envelopes[seq - 2 - (after?.seq ?? 0)];
  if (bytes !== undefined) return { seq: seq - 1, hash: await sha256(bytes) };
  return after ?? { seq: 0, hash: await hashBeforeFirst(identity) };
}

/** Behind a record that was put apart nobody knows what the next one names. */
const isBehind = (run: DroppedRun, before: Head, { quarantined }: ChainEvidence): boolean =>
  isSameBytes(run.prev, before.hash) || isAmong(quarantined, before);

function gapBefore(
  bytes: Bytes | undefined,
  from: number,
  { identity, witnesses }: ChainEvidence,
  batches: GapEvidence['batches'],
): { readonly gap: Gap; readonly after: Head } | null {
  const next = bytes === undefined ? null : parseSealedEnvelope(bytes);
  if (next === null || !next.ok || !isSameIdentity(next.value, identity)) return null;
  const { seq, prev } = next.value;
  const to = seq - 1;
  // The batch lies here, and what was in it does not: that was taken away.
  if (to < from || batches.some((batch) => batch.from <= to && batch.to >= from)) return null;
  const words = witnesses.filter((witness) => witness.seq >= from && witness.seq <= to);
  if (words.some((word) => word.seq === to && !isSameBytes(word.hash, prev))) return null;
  const after = { seq: to, hash: prev };
  if (words.length > 0) return { gap: { from, to, reason: 'lost-here' }, after };
  const isBegunHere = batches.some((batch) => batch.from === seq);
  return isBegunHere ? { gap: { from, to, reason: 'never-came' }, after } : null;
}

const isAmong = (heads: readonly Head[], { seq, hash }: Head): boolean =>
  heads.some((head) => head.seq === seq && isSameBytes(head.hash, hash));
