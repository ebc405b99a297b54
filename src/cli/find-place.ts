// From what a person has in hand of a pass, its place as LIST/INDEX, its text, its picture, to its place in the lists.

import { readFile } from 'node:fs/promises';
import type { Bytes } from '../core/bytes/bytes.ts';
import { GL1_PREFIX, parsePass } from '../core/pass/gl1.ts';
import type { PassId } from '../core/pass/pass.ts';
import { ok, type Result, refused } from '../core/result.ts';
import type { Decoder } from '../decode/decoder.ts';
import { MAX_LIST } from '../server/issuer/desk-list.ts';
import { openPictureDecoder, readPicture } from './read-picture.ts';

export interface FoundPlace {
  readonly id: PassId;
  /** Whose key the pass names; null where only the place was said. */
  readonly keyHint: Bytes | null;
}

export type FindPlace = (word: string) => Promise<Result<FoundPlace, string>>;

const MAX_INDEX = 0xffffff;

/** The decoder is opened for the first picture. Errors are sentences. */
export function createPlaceFinder(): FindPlace {
  let decoder: Promise<Decoder> | null = null;
  const openDecoder = () => {
    decoder ??= openPictureDecoder();
    return decoder;
  };
  return async (word) => {
    const [, list, index] = /^(\d{1,5})\/(\d{1,8})$/.exec(word) ?? [];
    if (list !== undefined && index !== undefined) return placeOf(word, Number(list), Number(index));
    if (word.startsWith(GL1_PREFIX)) return placeOfPass('the pass', word);
    return placeInFile(word, openDecoder);
  };
}

function placeOf(word: string, list: number, index: number): Result<FoundPlace, string> {
  if (list <= MAX_LIST && index <= MAX_INDEX) return ok({ id: { list, index }, keyHint: null });
  return refused(`${word} is no place: lists go to ${MAX_LIST}, places to ${MAX_INDEX}`);
}

function placeOfPass(what: string, text: string): Result<FoundPlace, string> {
  const parsed = parsePass(text, Math.floor(Date.now() / 1000));
  if (!parsed.ok) return refused(`${what} is no pass that can be read: ${parsed.error}`);
  return ok({ id: parsed.value.claims.id, keyHint: parsed.value.keyHint });
}

async function placeInFile(
  path: string,
  openDecoder: () => Promise<Decoder>,
): Promise<Result<FoundPlace, string>> {
  const text = await readText(path);
  if (text?.startsWith(GL1_PREFIX)) return placeOfPass(path, text);
  const plane = await readPicture(path);
  if (!plane.ok) {
    const { kind, detail } = plane.error;
    return refused(`${path} is neither a place like 0/70000 nor a pass nor a picture: ${kind}: ${detail}`);
  }
  const texts = (await openDecoder()).decode(plane.value, 'file').map((read) => read.text);
  const passes = [...new Set(texts.filter((one) => one.startsWith(GL1_PREFIX)))];
  const [pass] = passes;
  if (pass === undefined) return refused(`${path} shows no pass. Take it closer, straight and in light.`);
  if (passes.length > 1) return refused(`${path} shows ${passes.length} passes: which one is meant?`);
  return placeOfPass(path, pass);
}

/** Null where there is none: the picture's reader says why. A line's end after it does not count. */
async function readText(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'latin1')).trimEnd();
  } catch {
    return null;
  }
}
