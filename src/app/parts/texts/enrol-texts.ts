// The words of a tablet's set-up: a file of their own in each language, loaded with its screens.

import type { Notice } from './catalogue.ts';
import { enEnrol } from './en-enrol.ts';
import type { Language } from './languages.ts';

export interface EnrolTexts {
  readonly title: string;
  readonly how: string;
  readonly again: string;
  readonly waiting: (count: string) => string;
  readonly scan: string;
  readonly type: string;
  readonly back: string;
  readonly cancel: string;
  readonly tryAgain: string;
  readonly showCode: string;
  readonly isPass: string;
  readonly notACode: string;
  readonly isDamaged: string;
  readonly address: string;
  readonly addressWrong: string;
  readonly code: string;
  readonly codeHint: string;
  readonly codeWrong: {
    readonly length: (count: string) => string;
    readonly character: (group: string) => string;
    readonly mistyped: (group: string) => string;
    readonly mistypedSomewhere: string;
  };
  readonly enrol: string;
  readonly asking: Notice;
  readonly unreachable: string;
  readonly compare: Notice;
  readonly endsAt: (time: string) => string;
  readonly ended: {
    readonly refused: Notice;
    readonly refusedBound: (site: string) => Notice;
    readonly expired: Notice;
    readonly wrongServer: (code: string) => Notice;
    readonly otherOrigin: (origin: string) => Notice;
  };
  readonly done: string;
  readonly wiped: Notice;
  readonly setUp: string;
  readonly fault: (detail: string) => Notice;
}

const TEXTS: Readonly<Record<Language, EnrolTexts>> = { en: enEnrol };

export const enrolTextsIn = (language: Language): EnrolTexts => TEXTS[language];
