// The days of a site whose pseudonyms anybody may keep.

import { dayAfter, isPseudonymKeyOver, PSEUDONYM_KEY_DAYS_AHEAD } from '../../core/log/sealed/key-ends.ts';
import { type DayRule, siteDayAt } from '../../core/trust/site-day.ts';

/** What a site's policy says of its log. */
export interface LogRules {
  readonly seenBeforeWindowSeconds: number;
  readonly retentionDays: number;
}

/** A day whose pseudonym key lives here or on a tablet: no other day's pseudonyms are kept by anybody. */
export const isCurrent = (
  day: string,
  { site, rules, nowMs }: { readonly site: DayRule; readonly rules: LogRules; readonly nowMs: number },
): boolean =>
  day <= dayAfter(siteDayAt(nowMs, site), PSEUDONYM_KEY_DAYS_AHEAD) &&
  !isPseudonymKeyOver(day, nowMs, site, rules.seenBeforeWindowSeconds);
