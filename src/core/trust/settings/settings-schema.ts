// The form of a site's settings, checked whole: { format: 1, version, issuedAt, site, policy } as JSON.

import * as v from 'valibot';
import { type Bytes, utf8ToBytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import {
  AGES_IN_ORDER,
  Count,
  Format,
  Id,
  isInOrder,
  isUnique,
  Line,
  parseTarget,
  Time,
} from '../targets/fields-schema.ts';
import { MAX_RETENTION_DAYS, type TargetRefusal } from '../targets/targets.ts';
import type { SiteSettings } from './settings.ts';

export const SETTINGS_FILE = 'settings.json';

const TimeZone = v.pipe(
  v.string(),
  v.check((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'an IANA time zone'),
);

const SiteShape = v.strictObject({
  id: Id,
  name: Line,
  class: v.exactOptional(Id),
  timeZone: TimeZone,
  dayStartMinutes: v.pipe(Count, v.maxValue(1439)),
  gates: v.pipe(
    v.array(v.strictObject({ id: Id, name: Line })),
    v.minLength(1),
    v.maxLength(500),
    v.check((gates) => isUnique(gates.map(({ id }) => id)), 'names a gate twice'),
  ),
});

const Minute = v.pipe(Count, v.maxValue(2880));
const DisplayMs = v.pipe(Count, v.minValue(700), v.maxValue(60_000));

const Ages = v.pipe(
  v.strictObject({ freshSeconds: Count, ageingSeconds: Count, staleSeconds: Count }),
  v.check(isInOrder, AGES_IN_ORDER),
);

const PolicyShape = v.strictObject({
  name: Line,
  version: Count,
  byColour: v.strictObject({
    green: v.literal('admit'),
    yellow: v.picklist(['admit', 'check', 'refuse']),
    red: v.picklist(['check', 'refuse']),
  }),
  maxPassAgeSeconds: v.nullable(Count),
  tooOld: v.picklist(['check', 'refuse']),
  hours: v.array(
    v.strictObject({ from: Minute, to: Minute, directions: v.array(v.picklist(['in', 'out'])) }),
  ),
  outsideHours: v.picklist(['check', 'refuse']),
  seenBeforeWindowSeconds: Count,
  retentionDays: v.exactOptional(v.pipe(Count, v.minValue(1), v.maxValue(MAX_RETENTION_DAYS))),
  ages: Ages,
  displayMs: v.strictObject({
    admit: DisplayMs,
    check: DisplayMs,
    refuse: DisplayMs,
    unverifiable: DisplayMs,
  }),
});

const SettingsShape = v.strictObject({
  format: Format,
  version: Count,
  issuedAt: Time,
  site: SiteShape,
  policy: PolicyShape,
});

export function parseSettings(bytes: Uint8Array): Result<SiteSettings, TargetRefusal> {
  const document = parseTarget(SETTINGS_FILE, SettingsShape, bytes);
  if (!document.ok) return document;
  const { format: _format, ...settings } = document.value;
  return ok(settings);
}

/** Throws on settings that no tablet would take. */
export function encodeSettings(settings: SiteSettings): Bytes {
  const bytes = utf8ToBytes(JSON.stringify({ format: 1, ...settings }));
  const readBack = parseSettings(bytes);
  if (readBack.ok) return bytes;
  const { place, reason } = readBack.error;
  throw new Error(`these settings cannot be used: ${place}: ${reason}`);
}
