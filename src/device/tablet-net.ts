// The tablet's way to its server. Whatever answers is handed on as bytes: only a signature makes it an answer.

import type { Bytes } from '../core/bytes/bytes.ts';
import type { Net, NetAnswer } from '../sync/ports.ts';

const BATCH_TIMEOUT_MS = 30_000;
/** A receipt that lists 500 quarantined records has about 22 kB; a login page may have megabytes. */
const MAX_ANSWER_BYTES = 128 * 1024;

export const tabletNet: Net = {
  async sendBatch(site, batch) {
    try {
      const answer = await fetch(`/api/sites/${encodeURIComponent(site)}/batches`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/cbor' },
        body: batch,
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(BATCH_TIMEOUT_MS),
      });
      return await readAnswer(answer);
    } catch {
      return { kind: 'unreachable' };
    }
  },
};

async function readAnswer(answer: Response): Promise<NetAnswer> {
  const isTooLong = Number(answer.headers.get('Content-Length') ?? 0) > MAX_ANSWER_BYTES;
  if (isTooLong) await answer.body?.cancel();
  const body: Bytes = isTooLong ? new Uint8Array(0) : new Uint8Array(await answer.arrayBuffer());
  return { kind: 'answer', status: answer.status, retryAfterMs: retryAfterMs(answer.headers), body };
}

/** Retry-After in seconds or as a date (RFC 9110, section 10.2.3). */
function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('Retry-After');
  if (value === null) return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
