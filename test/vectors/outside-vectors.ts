// Where cases lie that somebody else made. They are no part of the project: a test that finds none skips and says so.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER =
  process.env.GATELIGHT_VECTORS ?? fileURLToPath(new URL('../../../shared/data/vectors', import.meta.url));

export const hasOutsideVectors = existsSync(FOLDER);
/** For the title of a test: says why it is skipped. */
export const outsideTitle = (title: string): string =>
  hasOutsideVectors ? title : `${title} (skipped: no vectors at GATELIGHT_VECTORS)`;

/** The caller states the shape: these files are data of a test, not hostile input. */
export const readOutsideVectors = <T>(path: string): T =>
  JSON.parse(readFileSync(join(FOLDER, path), 'utf8')) as T;

export const listOutsideVectors = (folder: string): readonly string[] =>
  hasOutsideVectors ? readdirSync(join(FOLDER, folder)).map((name) => `${folder}/${name}`) : [];
