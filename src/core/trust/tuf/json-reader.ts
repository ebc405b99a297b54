// Reads hostile JSON field by field. What has the wrong shape throws a Misshapen with its place, which parseMetadata
// turns into a refusal; it never leaves this folder.

import type { TufCode } from './refusal.ts';

export class Misshapen extends Error {
  constructor(
    readonly code: TufCode,
    readonly place: string,
  ) {
    super(place);
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function readObject(value: unknown, place: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Misshapen('malformed', place);
  return value as JsonObject;
}

export function readList(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Misshapen('malformed', place);
  return value;
}

export function readText(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new Misshapen('malformed', place);
  return value;
}

export function readWhole(value: unknown, least: number, place: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least)
    throw new Misshapen('malformed', place);
  return value;
}

/** '2027-01-31T12:00:00Z' and no other form (section 4.2.3), of a day that exists. */
export function readMoment(value: unknown, place: string): number {
  const text = readText(value, place);
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== text.replace('Z', '.000Z'))
    throw new Misshapen('malformed', place);
  return ms / 1000;
}
