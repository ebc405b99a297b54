// The signed trust document as it is served, and what the server itself needs of it: its sites.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import type { Trust } from '../core/trust/trust.ts';
import { verifyTrustDocument } from '../core/trust/trust-document.ts';

export interface TrustSource {
  /** The document as tablets get it, now. */
  readText(): Promise<string>;
}

export interface TrustNow {
  readonly text: string;
  /** Quoted, as in an ETag header. */
  readonly etag: string;
  readonly trust: Trust;
}

export type TrustView = () => Promise<TrustNow>;

/** Reads the file again when it was changed: signing anew needs no restart. */
export function trustFile(path: string): TrustSource {
  let held = { mark: '', text: '' };
  return {
    async readText() {
      const { mtimeMs, size, ino } = await stat(path);
      const mark = `${mtimeMs} ${size} ${ino}`;
      if (mark !== held.mark) held = { mark, text: await readFile(path, 'utf8') };
      return held.text;
    },
  };
}

/** Verifies each document once. Throws for one that does not hold: the server must not hand out what tablets refuse. */
export function createTrustView(source: TrustSource, engine: Ed25519Engine): TrustView {
  let held: TrustNow | null = null;
  return async () => {
    const text = await source.readText();
    if (held?.text === text) return held;
    const verified = await verifyTrustDocument(text, null, engine);
    if (!verified.ok) {
      const { code, place } = verified.error;
      throw new Error(`the trust document does not hold: ${code} at ${place}`);
    }
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    held = { text, etag, trust: verified.value.trust };
    return held;
  };
}
