// A refresh of the repository whose files are put to use only where they can be read and agree with each other.

import { ok, type Result } from '../../result.ts';
import { parseDocuments } from '../targets/parse-documents.ts';
import type { TargetDocuments } from '../targets/targets.ts';
import type { HeldSet } from '../tuf/held-set.ts';
import type { TufClient } from '../tuf/ports.ts';
import { refreshHeld } from '../tuf/refresh-held.ts';
import type { TufRefusal } from '../tuf/refusal.ts';
import type { StartTime } from '../tuf/start-time.ts';

export interface RefreshedDocuments {
  readonly set: HeldSet;
  readonly documents: TargetDocuments;
}

export async function refreshDocuments(
  client: TufClient,
  start: StartTime,
): Promise<Result<RefreshedDocuments, TufRefusal>> {
  let documents: TargetDocuments | null = null;
  const set = await refreshHeld(client, start, (filesByName) => {
    const parsed = parseDocuments(filesByName);
    if (!parsed.ok)
      return { file: parsed.error.file, detail: `${parsed.error.place}: ${parsed.error.reason}` };
    documents = parsed.value;
    return null;
  });
  if (!set.ok) return set;
  if (documents === null) throw new Error('a set was taken that nobody looked at');
  return ok({ set: set.value, documents });
}
