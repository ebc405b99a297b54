// Trust as a site's server hands it out, over HTTP.

import type { TrustSource } from '../core/trust/held/ports.ts';
import { fetchFile, openHttpFetch } from './tuf-http-fetch.ts';

/** For one file: who typed the command waits for it. */
const LIMIT_MS = 15_000;

/** `address`: of the server, without /api. `site`: whose settings; null: those of its first site. */
export function openServerSource(address: string, site: string | null): TrustSource {
  const api = `${address.replace(/\/+$/, '')}/api`;
  const settings = site === null ? `${api}/settings` : `${api}/sites/${encodeURIComponent(site)}/settings`;
  return {
    repository: openHttpFetch({
      metadataUrl: `${api}/trust`,
      targetsUrl: `${api}/trust`,
      limitMs: LIMIT_MS,
    }),
    fetchSettings: (maxBytes) => fetchFile(settings, maxBytes, LIMIT_MS),
    fetchStatusList: (issuer, list, maxBytes) =>
      fetchFile(`${api}/status/${encodeURIComponent(issuer)}/${list}`, maxBytes, LIMIT_MS),
  };
}
