// Trust as a site's server hands it out, over HTTP.

import type { TrustSource } from '../core/trust/held/ports.ts';
import { fetchFile, openHttpFetch } from './tuf-http-fetch.ts';

/** For one file: who typed the command waits for it. */
const LIMIT_MS = 15_000;

/** `address`: of the server, without /api. */
export function openServerSource(address: string): TrustSource {
  const api = `${address.replace(/\/+$/, '')}/api`;
  return {
    repository: openHttpFetch({
      metadataUrl: `${api}/trust`,
      targetsUrl: `${api}/trust`,
      limitMs: LIMIT_MS,
    }),
    fetchSettings: (maxBytes) => fetchFile(`${api}/settings`, maxBytes, LIMIT_MS),
    fetchStatusList: (issuer, list, maxBytes) =>
      fetchFile(`${api}/status/${encodeURIComponent(issuer)}/${list}`, maxBytes, LIMIT_MS),
  };
}
