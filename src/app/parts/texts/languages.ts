// The languages that are here, which of them a reader gets, and the words of the first screen.

import type { StartTexts } from './catalogue.ts';
import { enStart } from './en-start.ts';

export type Language = 'en';

const START_TEXTS: Readonly<Record<Language, StartTexts>> = { en: enStart };
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur']);

export const startTextsIn = (language: Language): StartTexts => START_TEXTS[language];

/** The first language the reader asks for that is here. */
export function chooseLanguage(preferred: readonly string[]): Language {
  const known = Object.keys(START_TEXTS) as Language[];
  for (const tag of preferred) {
    const found = known.find((language) => language === tag.toLowerCase().split('-')[0]);
    if (found !== undefined) return found;
  }
  return 'en';
}

export function applyLanguage(root: HTMLElement, language: Language): void {
  root.lang = language;
  root.dir = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}
