// Arguments in words: options by node's own parser, durations like 12h, moments with their zone. Whatever makes no sense
// is a UsageError that says what would.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorText } from '../core/error-text.ts';
import { UsageError } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

export function parseOptions<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** '90s', '30m', '12h', '7d' in seconds. */
export function durationSeconds(option: string, text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = SECONDS_BY_UNIT[unit ?? ''];
  if (amount === undefined || factor === undefined || Number(amount) === 0) {
    throw new UsageError(`${option} takes a length of time like 30m, 12h or 7d, not "${text}"`);
  }
  return Number(amount) * factor;
}

/** A moment in whole seconds since 1970: '2026-11-24T08:00Z', '2026-11-24T08:00+01:00', or '+6h' and '-6h' from now. */
export function momentSeconds(option: string, text: string, nowSeconds: number): number {
  const [, sign, length] = /^([+-])(\d+[smhd])$/.exec(text) ?? [];
  if (length !== undefined) {
    const seconds = durationSeconds(option, length);
    return nowSeconds + (sign === '-' ? -seconds : seconds);
  }
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = isMoment ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `${option} takes a moment like 2026-11-24T08:00Z (with its zone) or +6h, not "${text}"`,
    );
  }
  return Math.floor(ms / 1000);
}

export function wholeNumber(option: string, text: string, most: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > most) {
    throw new UsageError(`${option} takes a whole number from 0 to ${most}, not "${text}"`);
  }
  return Number(text);
}

/** 2026-11-24T08:00:00Z */
export const momentText = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
