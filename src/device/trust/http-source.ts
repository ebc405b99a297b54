// Where trust comes from: this tablet's own server, over HTTP. Whatever answers is handed on as bytes, up to a limit:
// only signatures make it trust.

import { readAtMost } from '../../core/bytes/read-at-most.ts';
import type { TrustSource } from '../../core/trust/held/ports.ts';
import type { FetchAnswer } from '../../core/trust/tuf/ports.ts';

/** For a whole file: what trickles longer is given up. */
const FILE_TIMEOUT_MS = 15_000;

/** `site`: whose settings are asked for; null: those of the server's first site. */
export const createHttpSource = (site: string | null): TrustSource => ({
  repository: { fetch: ({ path }, maxBytes) => fetchFile(`/api/trust/${path}`, maxBytes) },
  fetchSettings: (maxBytes) =>
    fetchFile(site === null ? '/api/settings' : `/api/sites/${site}/settings`, maxBytes),
  fetchStatusList: (issuer, list, maxBytes) =>
    fetchFile(`/api/status/${encodeURIComponent(issuer)}/${list}`, maxBytes),
});

/** Never throws for what a network can do. */
export async function fetchFile(address: string, maxBytes: number): Promise<FetchAnswer> {
  try {
    const answer = await fetch(address, {
      credentials: 'omit',
      cache: 'no-cache',
      signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      return answer.status === 404
        ? { kind: 'not-found' }
        : { kind: 'unreachable', detail: `status ${answer.status}` };
    }
    const bytes = await readAtMost(answer.body, maxBytes);
    return bytes === null ? { kind: 'too-large' } : { kind: 'bytes', bytes };
  } catch (error) {
    const isTooSlow = error instanceof DOMException && error.name === 'TimeoutError';
    return isTooSlow ? { kind: 'too-slow' } : { kind: 'unreachable', detail: String(error) };
  }
}
