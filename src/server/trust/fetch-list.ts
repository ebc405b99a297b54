// A status list from its issuer, over http or https: at most so many bytes and so much time, and no redirect, so that an
// address in issuers.json is the address that is asked, and nothing inside of the server's own network is.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { readAtMost } from '../../core/bytes/read-at-most.ts';
import { errorText } from '../../core/error-text.ts';
import { MAX_TOKEN_BYTES, STATUS_MEDIA_TYPE } from '../../core/trust/status/status-token.ts';

export type FetchedList =
  | { readonly kind: 'bytes'; readonly bytes: Bytes; readonly etag: string | null }
  | { readonly kind: 'same' }
  | { readonly kind: 'nothing'; readonly why: string };

/** `etag`: of the copy that is held. Never throws for what a network can do; `stopping` ends it at once. */
export async function fetchList(
  uri: string,
  etag: string | null,
  limitMs: number,
  stopping: AbortSignal,
): Promise<FetchedList> {
  const slow = AbortSignal.timeout(limitMs);
  const headers = { Accept: STATUS_MEDIA_TYPE, ...(etag === null ? {} : { 'If-None-Match': etag }) };
  try {
    return await ask(uri, { headers, redirect: 'manual', signal: AbortSignal.any([slow, stopping]) });
  } catch (error) {
    return nothing(slow.aborted ? `no whole answer in ${limitMs / 1000} s` : causeText(error));
  }
}

async function ask(uri: string, request: RequestInit): Promise<FetchedList> {
  const answer = await fetch(uri, request);
  if (answer.status === 200) {
    const bytes = await readAtMost(answer.body, MAX_TOKEN_BYTES);
    if (bytes === null) return nothing(`over ${MAX_TOKEN_BYTES} bytes`);
    return { kind: 'bytes', bytes, etag: answer.headers.get('ETag') };
  }
  await answer.body?.cancel();
  if (answer.status === 304) return { kind: 'same' };
  const isRedirect = answer.status >= 300 && answer.status < 400;
  return nothing(`status ${answer.status}${isRedirect ? ', and redirects are not followed' : ''}`);
}

const nothing = (why: string): FetchedList => ({ kind: 'nothing', why });

/** Node says "fetch failed" and hides why in the cause. */
const causeText = (error: unknown): string =>
  errorText(error instanceof Error && error.cause !== undefined ? error.cause : error);
