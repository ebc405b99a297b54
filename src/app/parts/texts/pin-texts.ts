// The words of the PIN and the tablet's own settings: a file of their own in each language, loaded with those screens.

import { enPin, enSettings } from './en-pin.ts';
import type { Language } from './languages.ts';

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
  readonly saveFile: string;
  readonly setUpAgain: string;
  readonly back: string;
}

const PIN: Readonly<Record<Language, PinTexts>> = { en: enPin };
const SETTINGS: Readonly<Record<Language, SettingsTexts>> = { en: enSettings };

export const pinTextsIn = (language: Language): PinTexts => PIN[language];
export const settingsTextsIn = (language: Language): SettingsTexts => SETTINGS[language];
