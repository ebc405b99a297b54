// What every language must say of times and ways, with or without a verdict. Apart from the texts of verdicts, because a
// tablet's first screen needs these and not those.

export interface TimeTexts {
  readonly language: string;
  readonly directions: { readonly in: string; readonly out: string };
  readonly todayAt: (time: string) => string;
  readonly tomorrowAt: (time: string) => string;
  readonly yesterdayAt: (time: string) => string;
  readonly dateAt: (date: string, time: string) => string;
  readonly minutes: (count: number) => string;
  readonly hours: (count: number) => string;
  readonly days: (count: number) => string;
}
