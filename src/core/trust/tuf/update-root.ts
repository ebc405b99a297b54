// The root role: from the root that was pinned to the newest one, each signed by the one before it (section 5.3).

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { ok, type Result } from '../../result.ts';
import { checkFreeze } from './check-freeze.ts';
import { isSignedEnough } from './count-signatures.ts';
import { downloadMetadata } from './download.ts';
import { announceRotation, finishRotation, isRotation } from './key-rotation.ts';
import { TUF_LIMITS } from './limits.ts';
import type { Metadata } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import type { KeyEngine, TufClient } from './ports.ts';
import { refuse, type TufRefusal } from './refusal.ts';
import { type StartTime, secondsUnder } from './start-time.ts';

type RootResult = Result<Metadata<'root'>, TufRefusal>;
const FILE = 'root.json';

/** Takes the first root, which somebody vouches for. Another than the one that is held is refused. */
export async function pinRoot(
  { store, keys }: Pick<TufClient, 'store' | 'keys'>,
  bytes: Bytes,
): Promise<RootResult> {
  const root = await openRoot(bytes, keys);
  if (!root.ok) return root;
  const held = await store.read('root');
  if (held !== null && !isSameBytes(held, bytes)) return refuse('other-root', FILE);
  if (held === null) await store.write('root', bytes);
  return root;
}

/** Section 5.2: loads the trusted root, whether or not it has ended. */
export async function loadTrustedRoot({
  store,
  keys,
}: Pick<TufClient, 'store' | 'keys'>): Promise<RootResult> {
  const bytes = await store.read('root');
  if (bytes === null) return refuse('no-root', FILE);
  const root = await openRoot(bytes, keys);
  if (!root.ok) return refuse('no-root', FILE, root.error.code);
  await finishRotation(store, root.value.signed.version);
  return root;
}

/** Sections 5.3.2 to 5.3.11. Every root on the way is kept as soon as it is verified; the last must not have ended. */
export async function updateRoot(
  client: TufClient,
  trusted: Metadata<'root'>,
  start: StartTime,
): Promise<RootResult> {
  let root = trusted;
  for (let step = 0; step < TUF_LIMITS.rootSteps; step++) {
    const next = await downloadNextRoot(client, root);
    if (!next.ok && next.error.code === 'not-found') break;
    if (!next.ok) return next;
    await persistRoot(client, root, next.value);
    root = next.value;
  }
  return checkFreeze(root, secondsUnder(start, root));
}

/** Checks that a root is signed as it demands itself. */
export async function openRoot(bytes: Bytes, keys: KeyEngine): Promise<RootResult> {
  if (bytes.length > TUF_LIMITS.rootBytes) return refuse('too-large', FILE);
  const root = parseMetadata(bytes, 'root');
  if (!root.ok) return root;
  const isSigned = await isSignedEnough(root.value, root.value.signed.rolesByName.root, keys);
  return isSigned ? root : refuse('too-few-signatures', FILE);
}

async function downloadNextRoot({ fetch, keys }: TufClient, trusted: Metadata<'root'>): Promise<RootResult> {
  const version = trusted.signed.version + 1;
  const bytes = await downloadMetadata(fetch, 'root', version, TUF_LIMITS.rootBytes);
  if (!bytes.ok) return bytes;
  const next = await openRoot(bytes.value, keys);
  if (!next.ok) return next;
  if (!(await isSignedEnough(next.value, trusted.signed.rolesByName.root, keys)))
    return refuse('broken-chain', FILE, `version ${version}`);
  return checkRootVersion(next.value, version);
}

/** Checks that the root is exactly the next one (section 5.3.5). */
function checkRootVersion(root: Metadata<'root'>, expected: number): RootResult {
  const { version } = root.signed;
  if (version === expected) return ok(root);
  return refuse(version < expected ? 'rollback' : 'wrong-version', FILE, `${version} instead of ${expected}`);
}

/** A rotation counts from the step that makes it: a later root that has ended must not make us forget it. */
async function persistRoot(
  { store, keys }: TufClient,
  from: Metadata<'root'>,
  to: Metadata<'root'>,
): Promise<void> {
  const isRotating = isRotation(from, to, keys);
  if (isRotating) await announceRotation(store, to.signed.version);
  await store.write('root', to.bytes);
  if (isRotating) await finishRotation(store, to.signed.version);
}
