// All words of the pages, in each language.

import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';
import type { Language } from './languages.ts';

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en };

export const textsIn = (language: Language): Catalogue => CATALOGUES[language];
