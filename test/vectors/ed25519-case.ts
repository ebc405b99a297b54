// One published Ed25519 case, and how an engine does on many of them. Runs in Node and in a page alike.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { parseHex } from '../../src/core/bytes/hex.ts';
import type { Ed25519Engine } from '../../src/core/signature/engine.ts';

/** Hexadecimal; `strict` is the verdict that every engine has to give. */
export interface Ed25519Case {
  readonly pub: string;
  readonly msg: string;
  readonly sig: string;
  readonly strict: boolean;
}

export interface Score {
  readonly engine: string;
  readonly cases: number;
  /** Places in the list where the engine says otherwise. */
  readonly wrong: readonly number[];
}

export async function scoreEngine(engine: Ed25519Engine, cases: readonly Ed25519Case[]): Promise<Score> {
  const wrong: number[] = [];
  for (const [at, { pub, msg, sig, strict }] of cases.entries()) {
    const verdict = await engine.verify(toBytes(pub), toBytes(sig), toBytes(msg));
    if (verdict !== strict) wrong.push(at);
  }
  return { engine: engine.name, cases: cases.length, wrong };
}

/** Throws an Error that says what is wrong with the file's text. */
export function parseCases(json: string): readonly Ed25519Case[] {
  const cases: unknown = JSON.parse(json);
  if (!Array.isArray(cases) || cases.length === 0) throw new Error('it holds no JSON array of cases');
  return cases.map((item: unknown, at) => {
    if (!isCase(item))
      throw new Error(`case ${at} has no { pub, msg, sig } in hexadecimal and strict true or false`);
    return item;
  });
}

function isCase(item: unknown): item is Ed25519Case {
  if (typeof item !== 'object' || item === null) return false;
  const { pub, msg, sig, strict } = item as Record<string, unknown>;
  return [pub, msg, sig].every(isHex) && typeof strict === 'boolean';
}

const isHex = (value: unknown): boolean => typeof value === 'string' && parseHex(value).ok;

function toBytes(hex: string): Bytes {
  const parsed = parseHex(hex);
  if (!parsed.ok) throw new Error(`not hexadecimal: ${hex}`);
  return parsed.value;
}
