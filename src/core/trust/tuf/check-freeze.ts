// Against indefinite freeze: whatever is to be used now must not have ended when the update began.

import { ok, type Result } from '../../result.ts';
import { fileNameOf, type Metadata, type RoleName } from './metadata.ts';
import { refuse, type TufRefusal } from './refusal.ts';

/** Checks that the metadata ends after `startSeconds`: ending at that very second is too early. */
export function checkFreeze<R extends RoleName>(
  metadata: Metadata<R>,
  startSeconds: number,
): Result<Metadata<R>, TufRefusal> {
  const { role, signed } = metadata;
  if (signed.expiresAt > startSeconds) return ok(metadata);
  return refuse('expired', fileNameOf(role), new Date(signed.expiresAt * 1000).toISOString());
}
