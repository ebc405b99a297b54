// What every language must say about verdicts. A language is one file of this type; a missing text does not compile.

import type { Reason, UnknownIssuer, VerdictKind } from '../verdict.ts';
import type { TimeTexts } from './time-texts.ts';

export interface ReasonText {
  /** Says what is: the pass is the subject, never the person. */
  readonly reason: string;
  /** One more line, or nothing. */
  readonly detail: string;
  /** A verb: what the guard does next. */
  readonly next: string;
}

/** The facts a text may name, already in words of the reader's language and time zone. */
export interface TextFacts {
  /** A moment: '08:40', 'today at 08:40' or '21 November at 08:40'. */
  readonly when: string;
  /** A length of time: '5 h', '4 days'; empty for less than a minute. */
  readonly age: string;
  readonly gate: string;
  readonly direction: string;
  /** The pass's own reason by its issuer's rules, and what these say to do; empty where unknown. */
  readonly ruleText: string;
  readonly ruleNext: string;
  readonly unknownIssuer: UnknownIssuer;
}

export interface VerdictTexts extends TimeTexts {
  readonly words: Readonly<Record<VerdictKind, string>>;
  readonly reasons: Readonly<Record<Reason, (facts: TextFacts) => ReasonText>>;
}
