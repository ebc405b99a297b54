// The ordered table from an opened reading to a verdict. Pure and total: the first line that applies wins.

import { isNotAPass } from '../pass/refusal.ts';
import { assertNever } from '../result.ts';
import { minuteOfDayAt } from '../trust/site-day.ts';
import { oldestIssue, statusOf } from '../trust/status/status-of.ts';
import type { Direction, Policy, Trust } from '../trust/trust.ts';
import { DEFAULT_AGES, shorterAges, trustAgeState } from '../trust/trust-age.ts';
import { BEHIND_LIMIT_MS, type ClockDoubt, judgedAtMs, type Now } from './clock.ts';
import type { OpenedReading } from './open-reading.ts';
import type { JudgedPass, Sighting, Verdict } from './verdict.ts';

/** What this site saw of the same pass before, in the same direction; null: nothing. */
export interface History {
  readonly lastSeen: Sighting | null;
}

export interface Place {
  readonly gate: string;
  readonly direction: Direction;
}

export function decideVerdict(
  opened: OpenedReading,
  trust: Trust,
  history: History,
  given: Now,
  place: Place,
): Verdict {
  const now = { ...given, doubt: doubtOf(given) };
  if (opened.kind === 'refused') return refuseReading(opened.refusal);
  const ageSeconds = Math.floor(judgedAtMs(now) / 1000) - trust.issuedAt;
  if (ageState(trust, ageSeconds) === 'dead')
    return { kind: 'unverifiable', reason: 'trust-expired', ageSeconds };
  switch (opened.kind) {
    case 'unknown-issuer':
      return { kind: 'unverifiable', reason: 'unknown-issuer', why: opened.why, trustAgeSeconds: ageSeconds };
    case 'bad-signature':
      return { kind: 'refuse', reason: 'bad-signature', issuer: opened.issuer };
    case 'verified': {
      const seen = { pass: opened.pass, trust, history, now, place };
      return (
        judgeValidity(seen) ??
        judgeStatus(seen) ??
        judgeColour(seen) ??
        judgeLimits(seen) ??
        judgeSeenBefore(seen) ??
        judgeDoubt(seen) ?? { kind: 'admit', reason: 'ok', pass: opened.pass }
      );
    }
    default:
      return assertNever(opened);
  }
}

/** The guard is warned after two looks; that a signed time has passed which the clock has not reached needs no second one. */
const doubtOf = ({ doubt, wallMs, floorMs }: Now): ClockDoubt | null =>
  doubt ?? (wallMs < floorMs - BEHIND_LIMIT_MS ? 'behind' : null);

interface Seen {
  readonly pass: JudgedPass;
  readonly trust: Trust;
  readonly history: History;
  readonly now: Now;
  readonly place: Place;
}

const refuseReading = (refusal: Extract<OpenedReading, { kind: 'refused' }>['refusal']): Verdict =>
  isNotAPass(refusal)
    ? { kind: 'unverifiable', reason: 'not-a-pass' }
    : { kind: 'unverifiable', reason: 'malformed', refusal };

/** Checks that the pass is in its time. While the clock is in doubt the guard decides, not the clock. */
function judgeValidity({ pass, trust: { policy }, now }: Seen): Verdict | null {
  const { issuedAt, notBefore, expiresAt } = pass.claims;
  const at = Math.floor(judgedAtMs(now) / 1000);
  const kind = now.doubt === null ? 'refuse' : 'check';
  const startsAt = Math.max(issuedAt - ISSUE_SKEW_SECONDS, notBefore ?? 0);
  if (at < startsAt)
    return { kind, reason: 'not-yet-valid', startsAt: Math.max(issuedAt, notBefore ?? 0), pass, policy };
  if (at >= expiresAt) return { kind, reason: 'expired', endedAt: expiresAt, pass, policy };
  return null;
}

/** A pass made a moment ago by a clock a little ahead of ours is not from the future. */
const ISSUE_SKEW_SECONDS = 60;

/** Checks that the issuer has not taken the pass back, as far as we know. */
function judgeStatus({ pass, trust, now }: Seen): Verdict | null {
  const { policy } = trust;
  const ageSeconds =
    Math.floor(judgedAtMs(now) / 1000) - oldestIssue(trust.issuedAt, pass.claims.id, pass.issuer);
  if (ageState(trust, ageSeconds) === 'dead')
    return { kind: 'unverifiable', reason: 'trust-expired', ageSeconds };
  const status = statusOf(pass.claims.id, pass.issuer);
  switch (status) {
    case 'unknown':
      return { kind: 'check', reason: 'status-unknown', pass, policy };
    case 'revoked':
      return { kind: 'refuse', reason: 'revoked', pass, policy };
    case 'suspended':
      return { kind: 'check', reason: 'suspended', pass, policy };
    case 'valid':
      return null;
    default:
      return assertNever(status);
  }
}

/** Checks the colour by the site's policy. */
function judgeColour({ pass, trust: { policy } }: Seen): Verdict | null {
  const { colour } = pass.claims;
  if (colour === 'green') return null;
  const kind = policy.byColour[colour];
  return kind === 'admit' ? null : { kind, reason: colour, pass, policy };
}

/** Checks the pass's age and the gate's hours. */
function judgeLimits({ pass, trust: { policy, site }, now, place }: Seen): Verdict | null {
  const { issuedAt } = pass.claims;
  const age = Math.floor(judgedAtMs(now) / 1000) - issuedAt;
  if (policy.maxPassAgeSeconds !== null && age > policy.maxPassAgeSeconds) {
    return { kind: policy.tooOld, reason: 'too-old', issuedAt, pass, policy };
  }
  const minute = minuteOfDayAt(now.wallMs, site.timeZone);
  if (isOpen(policy, minute, place.direction)) return null;
  return {
    kind: policy.outsideHours,
    reason: 'outside-hours',
    opensAtMinute: nextOpening(policy, minute, place),
    pass,
    policy,
  };
}

/** Checks that the same pass did not go the same way a moment ago. */
function judgeSeenBefore({
  pass,
  trust: { policy },
  history: { lastSeen },
  now,
  place,
}: Seen): Verdict | null {
  if (lastSeen === null || lastSeen.direction !== place.direction) return null;
  const agoSeconds = Math.abs(Math.floor(now.wallMs / 60_000) - lastSeen.minute) * 60;
  if (agoSeconds >= policy.seenBeforeWindowSeconds) return null;
  return { kind: 'check', reason: 'seen-before', sighting: lastSeen, pass, policy };
}

/** Checks that we know enough to admit. */
function judgeDoubt({ pass, trust, now }: Seen): Verdict | null {
  const { policy } = trust;
  const ageSeconds =
    Math.floor(judgedAtMs(now) / 1000) - oldestIssue(trust.issuedAt, pass.claims.id, pass.issuer);
  if (ageState(trust, ageSeconds) === 'stale')
    return { kind: 'check', reason: 'trust-stale', ageSeconds, pass, policy };
  if (now.doubt === null) return null;
  return { kind: 'check', reason: now.doubt === 'behind' ? 'clock-behind' : 'clock-ahead', pass, policy };
}

const ageState = ({ policy }: Trust, ageSeconds: number) =>
  trustAgeState(ageSeconds, shorterAges(policy.ages, DEFAULT_AGES));

type Hours = Policy['hours'][number];

const covers = ({ from, to }: Hours, minute: number): boolean =>
  (from <= minute && minute < to) || (from <= minute + 1440 && minute + 1440 < to);

const isOpen = ({ hours }: Policy, minute: number, direction: Direction): boolean =>
  hours.length === 0 || hours.some((span) => span.directions.includes(direction) && covers(span, minute));

/** Minute of the day at which the gate next opens in that direction; null: never. */
function nextOpening({ hours }: Policy, minute: number, { direction }: Place): number | null {
  const waits = hours
    .filter(({ directions }) => directions.includes(direction))
    .map(({ from }) => (from - minute + 1440) % 1440);
  return waits.length === 0 ? null : (minute + Math.min(...waits)) % 1440;
}
