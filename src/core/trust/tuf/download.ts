// Takes a file from the repository under a limit, whatever the repository and the port below would send.

import type { Bytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import { fileNameOf, type RoleName } from './metadata.ts';
import type { RepositoryPlace, TufFetch } from './ports.ts';
import { refuse, type TufRefusal } from './refusal.ts';

/** With a version the file is asked for as '42.snapshot.json' (section 6.2, consistent snapshots). */
export function downloadMetadata(
  fetch: TufFetch,
  role: RoleName,
  version: number | null,
  maxBytes: number,
): Promise<Result<Bytes, TufRefusal>> {
  const name = fileNameOf(role);
  return download(
    fetch,
    { kind: 'metadata', path: version === null ? name : `${version}.${name}` },
    name,
    maxBytes,
  );
}

export async function download(
  { fetch }: TufFetch,
  place: RepositoryPlace,
  file: string,
  maxBytes: number,
): Promise<Result<Bytes, TufRefusal>> {
  const answer = await fetch(place, maxBytes);
  if (answer.kind === 'unreachable') return refuse('unreachable', file, answer.detail);
  if (answer.kind !== 'bytes') return refuse(answer.kind, file, place.path);
  return answer.bytes.length > maxBytes ? refuse('too-large', file, place.path) : ok(answer.bytes);
}
