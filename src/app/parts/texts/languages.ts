// The languages that are here, and which of them a reader gets.

import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';

export type Language = 'en';

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en };
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur']);

export const textsIn = (language: Language): Catalogue => CATALOGUES[language];

/** The first language the reader asks for that is here. */
export function chooseLanguage(preferred: readonly string[]): Language {
  const known = Object.keys(CATALOGUES) as Language[];
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
