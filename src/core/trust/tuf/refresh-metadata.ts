// The client's workflow of The Update Framework 1.0, section 5: root, timestamp, snapshot, targets, each kept as soon as
// all its checks have passed, so that an update that is refused or killed anywhere can begin again.

import { ok, type Result } from '../../result.ts';
import type { Metadata } from './metadata.ts';
import type { TufClient } from './ports.ts';
import type { TufRefusal } from './refusal.ts';
import { type StartTime, secondsUnder } from './start-time.ts';
import { loadTrustedRoot, updateRoot } from './update-root.ts';
import { updateSnapshot } from './update-snapshot.ts';
import { updateTargets } from './update-targets.ts';
import { updateTimestamp } from './update-timestamp.ts';

export interface MetadataSet {
  readonly root: Metadata<'root'>;
  readonly timestamp: Metadata<'timestamp'>;
  readonly snapshot: Metadata<'snapshot'>;
  readonly targets: Metadata<'targets'>;
}

export async function refreshMetadata(
  client: TufClient,
  start: StartTime,
): Promise<Result<MetadataSet, TufRefusal>> {
  const pinned = await loadTrustedRoot(client);
  if (!pinned.ok) return pinned;
  const root = await updateRoot(client, pinned.value, start);
  if (!root.ok) return root;
  const startSeconds = secondsUnder(start, root.value);
  const timestamp = await updateTimestamp(client, root.value, startSeconds);
  if (!timestamp.ok) return timestamp;
  const snapshot = await updateSnapshot(client, root.value, timestamp.value, startSeconds);
  if (!snapshot.ok) return snapshot;
  const targets = await updateTargets(client, root.value, snapshot.value, startSeconds);
  if (!targets.ok) return targets;
  return ok({
    root: root.value,
    timestamp: timestamp.value,
    snapshot: snapshot.value,
    targets: targets.value,
  });
}
