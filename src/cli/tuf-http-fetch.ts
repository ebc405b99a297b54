// Files over HTTP, a repository's and others. Reads no byte more than it may (endless data), and waits neither for a
// silent answer nor for one that trickles (slow retrieval).

import { readAtMost } from '../core/bytes/read-at-most.ts';
import { errorText } from '../core/error-text.ts';
import type { FetchAnswer, TufFetch } from '../core/trust/tuf/ports.ts';

export interface HttpRepository {
  readonly metadataUrl: string;
  /** Null where no files are to be fetched. */
  readonly targetsUrl: string | null;
  /** For one file, from the request to its last byte. */
  readonly limitMs?: number;
}

const LIMIT_MS = 60_000;

export const openHttpFetch = ({ metadataUrl, targetsUrl, limitMs = LIMIT_MS }: HttpRepository): TufFetch => ({
  async fetch({ kind, path }, maxBytes) {
    const base = kind === 'metadata' ? metadataUrl : targetsUrl;
    if (base === null) return { kind: 'unreachable', detail: 'no address for files was given' };
    return fetchFile(`${base.replace(/\/$/, '')}/${path}`, maxBytes, limitMs);
  },
});

/** Never throws for what a network can do. */
export async function fetchFile(url: string, maxBytes: number, limitMs: number): Promise<FetchAnswer> {
  const slow = AbortSignal.timeout(limitMs);
  try {
    return await get(url, maxBytes, slow);
  } catch (error) {
    return slow.aborted ? { kind: 'too-slow' } : { kind: 'unreachable', detail: causeText(error) };
  }
}

async function get(url: string, maxBytes: number, signal: AbortSignal): Promise<FetchAnswer> {
  const response = await fetch(url, { signal });
  if (response.status === 404 || response.status === 403) return drop(response, { kind: 'not-found' });
  if (!response.ok) return drop(response, { kind: 'unreachable', detail: `HTTP status ${response.status}` });
  const bytes = await readAtMost(response.body, maxBytes);
  return bytes === null ? { kind: 'too-large' } : { kind: 'bytes', bytes };
}

async function drop(response: Response, answer: FetchAnswer): Promise<FetchAnswer> {
  await response.body?.cancel();
  return answer;
}

/** Node says "fetch failed" and hides why in the cause. */
const causeText = (error: unknown): string =>
  errorText(error instanceof Error && error.cause !== undefined ? error.cause : error);
