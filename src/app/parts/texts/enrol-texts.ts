// The words of a tablet's set-up, its PIN and its settings: a file of their own in each language, loaded with those screens.

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
  readonly pin: PinTexts;
  readonly settings: SettingsTexts;
}

export interface PinTexts {
  readonly current: string;
  readonly new: string;
  readonly again: string;
  readonly typed: (count: string) => string;
  readonly wrong: string;
  readonly wait: (seconds: string) => string;
  readonly tooShort: string;
  readonly differs: string;
  readonly failed: (detail: string) => string;
  readonly forgotten: string;
  readonly erase: string;
  readonly ok: string;
  readonly back: string;
}

export interface SettingsTexts {
  readonly title: string;
  readonly site: string;
  readonly unknown: string;
  readonly pin: string;
  readonly pinOn: string;
  readonly pinOff: string;
  readonly setPin: string;
  readonly changePin: string;
  readonly removePin: string;
  readonly setUpAgain: string;
  readonly back: string;
}

const TEXTS: Readonly<Record<Language, EnrolTexts>> = { en: enEnrol };

export const enrolTextsIn = (language: Language): EnrolTexts => TEXTS[language];
