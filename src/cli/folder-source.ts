// Trust as it lies in a server's data folder: trust/published, settings.cose and lists/ISSUER/LIST.cwt. The same files as
// over HTTP, judged by the same checks.

import { open } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { errorText } from '../core/error-text.ts';
import type { TrustSource } from '../core/trust/held/ports.ts';
import type { FetchAnswer } from '../core/trust/tuf/ports.ts';
import { ifThere } from '../server/whole-file.ts';

export function openFolderSource(folder: string): TrustSource {
  const published = join(folder, 'trust/published');
  return {
    repository: { fetch: ({ path }, maxBytes) => readNamed(published, path, maxBytes) },
    fetchSettings: (maxBytes) => readNamed(folder, 'settings.cose', maxBytes),
    fetchStatusList: (issuer, list, maxBytes) =>
      readNamed(join(folder, 'lists'), `${encodeURIComponent(issuer)}/${list}.cwt`, maxBytes),
  };
}

/** `path`: each segment percent-encoded. One that leads out of the folder names nothing. */
async function readNamed(folder: string, path: string, maxBytes: number): Promise<FetchAnswer> {
  try {
    const base = resolve(folder);
    const full = resolve(base, ...path.split('/').map(decodeURIComponent));
    return full.startsWith(base + sep) ? await readAtMost(full, maxBytes) : { kind: 'not-found' };
  } catch (error) {
    return { kind: 'unreachable', detail: errorText(error) };
  }
}

async function readAtMost(path: string, maxBytes: number): Promise<FetchAnswer> {
  const file = await ifThere(open(path, 'r'));
  if (file === null) return { kind: 'not-found' };
  try {
    const facts = await file.stat();
    if (!facts.isFile()) return { kind: 'not-found' };
    if (facts.size > maxBytes) return { kind: 'too-large' };
    return { kind: 'bytes', bytes: new Uint8Array(await file.readFile()) };
  } finally {
    await file.close();
  }
}
