// A verdict in words: what the screen, the command line and the print say of it.

import { siteDayAt } from '../trust/site-day.ts';
import type { Issuer, Policy, Site, Texts, Trust } from '../trust/trust.ts';
import { codeOfReason } from './codes.ts';
import { clockTime, describeAge, localeOf, textsIn, zoneOf } from './moments.ts';
import { en } from './texts/en.ts';
import type { TextFacts, VerdictTexts } from './texts/verdict-texts.ts';
import type { Verdict } from './verdict.ts';

export { clockTime, describeAge } from './moments.ts';

export interface DescribeContext {
  /** A BCP 47 tag; English where we have no texts in it. */
  readonly language: string;
  readonly trust: Trust | null;
  readonly nowMs: number;
}

export interface DescribedVerdict {
  readonly word: string;
  readonly reason: string;
  readonly detail: string;
  readonly next: string;
  /** Two ASCII digits in every language. */
  readonly code: string;
  /** Where to turn who thinks this is wrong; empty where no issuer is known or nothing was refused. */
  readonly appeal: string;
  /** The rules that decided, with their version; empty where none did. */
  readonly rule: string;
  /** Printed on the pass, for the guard to compare; empty where it names nobody. */
  readonly printed: string;
}

const LANGUAGES: readonly VerdictTexts[] = [en];

export const textsFor = (language: string): VerdictTexts => textsIn(LANGUAGES, language) ?? en;

export function describeVerdict(verdict: Verdict, context: DescribeContext): DescribedVerdict {
  const texts = textsFor(context.language);
  const { reason, detail, next } = texts.reasons[verdict.reason](factsOf(verdict, texts, context));
  return {
    word: texts.words[verdict.kind],
    reason,
    detail,
    next,
    code: codeOfReason(verdict.reason),
    appeal: appealOf(verdict, texts),
    rule: ruleOf(verdict),
    printed: printedOf(verdict),
  };
}

const DAY_MS = 86_400_000;

/** 'today at 08:40', 'tomorrow at 05:30' or '21 November at 08:40', by the site's clock. */
export function describeMoment(ms: number, nowMs: number, site: Site | null, texts: VerdictTexts): string {
  const time = clockTime(ms, site, texts);
  const dateOf = (at: number) => siteDayAt(at, { timeZone: zoneOf(site), dayStartMinutes: 0 });
  const date = dateOf(ms);
  if (date === dateOf(nowMs)) return texts.todayAt(time);
  if (date === dateOf(nowMs + DAY_MS)) return texts.tomorrowAt(time);
  if (date === dateOf(nowMs - DAY_MS)) return texts.yesterdayAt(time);
  const isThisYear = date.slice(0, 4) === dateOf(nowMs).slice(0, 4);
  const format = new Intl.DateTimeFormat(localeOf(texts), {
    timeZone: zoneOf(site),
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return texts.dateAt(format.format(ms), time);
}

/** '21:40' today, with its date otherwise. */
function shortMoment(ms: number, nowMs: number, site: Site | null, texts: VerdictTexts): string {
  const midnights = { timeZone: zoneOf(site), dayStartMinutes: 0 };
  const isToday = siteDayAt(ms, midnights) === siteDayAt(nowMs, midnights);
  return isToday ? clockTime(ms, site, texts) : describeMoment(ms, nowMs, site, texts);
}

const minuteOfDayText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const NO_FACTS: TextFacts = {
  when: '',
  age: '',
  gate: '',
  direction: '',
  ruleText: '',
  ruleNext: '',
  unknownIssuer: 'no-key',
};

function factsOf(verdict: Verdict, texts: VerdictTexts, { trust, nowMs }: DescribeContext): TextFacts {
  const site = trust?.site ?? null;
  const moment = (seconds: number) => describeMoment(seconds * 1000, nowMs, site, texts);
  const age = (seconds: number) => describeAge(seconds, texts);
  switch (verdict.reason) {
    case 'ok':
      return {
        ...NO_FACTS,
        when: shortMoment(verdict.pass.claims.expiresAt * 1000, nowMs, site, texts),
      };
    case 'not-yet-valid':
      return { ...NO_FACTS, when: moment(verdict.startsAt) };
    case 'expired':
      return { ...NO_FACTS, when: moment(verdict.endedAt) };
    case 'too-old':
      return { ...NO_FACTS, when: moment(verdict.issuedAt) };
    case 'outside-hours':
      return {
        ...NO_FACTS,
        when: verdict.opensAtMinute === null ? '' : minuteOfDayText(verdict.opensAtMinute),
      };
    case 'unknown-issuer':
      return { ...NO_FACTS, age: age(verdict.trustAgeSeconds), unknownIssuer: verdict.why };
    case 'trust-stale':
    case 'trust-expired':
      return { ...NO_FACTS, age: age(verdict.ageSeconds) };
    case 'seen-before': {
      const { minute, gate, direction } = verdict.sighting;
      const when = clockTime(minute * 60_000, site, texts);
      const agoSeconds = nowMs / 1000 - minute * 60;
      const ago = agoSeconds < 60 ? '' : age(agoSeconds);
      return {
        ...NO_FACTS,
        age: ago,
        gate: gateName(gate, site),
        direction: texts.directions[direction],
        when,
      };
    }
    case 'yellow':
    case 'red': {
      const { claims, issuer } = verdict.pass;
      const rule = issuer.rulesetsByNumber.get(claims.ruleset)?.reasonsByNumber.get(claims.reason);
      return {
        ...NO_FACTS,
        ruleText: inLanguage(rule?.text, texts),
        ruleNext: inLanguage(rule?.next, texts),
      };
    }
    default:
      return NO_FACTS;
  }
}

const gateName = (id: string, site: Site | null): string =>
  site?.gates.find((gate) => gate.id === id)?.name ?? id;

const inLanguage = (all: Texts | undefined, { language }: VerdictTexts): string =>
  all?.[language] ?? all?.en ?? '';

const issuerOf = (verdict: Verdict): Issuer | null => {
  if ('pass' in verdict) return verdict.pass.issuer;
  return 'issuer' in verdict ? verdict.issuer : null;
};

const appealOf = (verdict: Verdict, texts: VerdictTexts): string =>
  verdict.kind === 'check' || verdict.kind === 'refuse' ? inLanguage(issuerOf(verdict)?.appeal, texts) : '';

function ruleOf(verdict: Verdict): string {
  if (verdict.kind !== 'check' && verdict.kind !== 'refuse') return '';
  if (verdict.reason === 'yellow' || verdict.reason === 'red') {
    const ruleset = verdict.pass.issuer.rulesetsByNumber.get(verdict.pass.claims.ruleset);
    return ruleset === undefined ? '' : versioned(ruleset);
  }
  return 'policy' in verdict ? versioned(verdict.policy) : '';
}

const versioned = ({ name, version }: Pick<Policy, 'name' | 'version'>): string => `${name} v${version}`;

function printedOf(verdict: Verdict): string {
  if (!('pass' in verdict)) return '';
  const { name, birthYear } = verdict.pass.claims.printed ?? {};
  return [name, birthYear].filter((fact) => fact !== undefined).join(', ');
}
