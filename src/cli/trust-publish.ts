// gatelight trust publish and timestamp: what needs the online key.

import type { Signer } from '../core/signature/signer.ts';
import { heldKeysOf } from '../core/trust/publish/key-holders.ts';
import { type PublishRefusal, publishStaged } from '../core/trust/publish/publish-staged.ts';
import { type ReSigned, reSignTimestamp } from '../core/trust/publish/re-sign-timestamp.ts';
import { governingRoot } from '../core/trust/publish/staged.ts';
import { terminalSafe } from '../core/trust/publish/summarise-entries.ts';
import { missingCount, tallySignatures, tallyText } from '../core/trust/publish/tally-signatures.ts';
import { findHolder } from '../server/trust-key-file.ts';
import { momentText } from './arguments.ts';
import type { CommandIo } from './command.ts';
import type { AskPassphrase } from './trust-asking.ts';
import {
  nowSeconds,
  openSigner,
  openWorkplace,
  requireBegun,
  TrustRefused,
  type Workplace,
} from './trust-workplace.ts';

export async function publishTrust(dir: string, ask: AskPassphrase, io: CommandIo): Promise<number> {
  const place = await openWorkplace(dir);
  requireBegun(place);
  const { staged, published, keys, stagedFolder, publishedFolder } = place;
  if (staged === null) throw new TrustRefused('nothing is staged: there is nothing to publish');
  const tallies = await tallySignatures(published, staged, keys);
  if (tallies.some((tally) => missingCount(tally) > 0))
    throw new TrustRefused(refusalSentence({ kind: 'signatures-missing', tallies }));
  const online = await openOnlineKey(place, ask, io);
  const publication = { publishedFolder, stagedFolder, published, staged, online, keys, nowSeconds };
  const done = await publishStaged(publication);
  if (!done.ok) throw new TrustRefused(refusalSentence(done.error));
  io.out('published');
  printEnds(done.value, io);
  return 0;
}

export async function signTimestamp(dir: string, ask: AskPassphrase, io: CommandIo): Promise<number> {
  const place = await openWorkplace(dir);
  requireBegun(place);
  const signer = await openOnlineKey({ ...place, staged: null }, ask, io);
  const { publishedFolder: folder, keys } = place;
  const done = await reSignTimestamp({ folder, signer, keys, nowSeconds });
  if (!done.ok) throw new TrustRefused(`${done.error.code}: ${done.error.detail}`);
  printEnds(done.value, io);
  return 0;
}

function printEnds({ version, snapshotVersion, ends }: ReSigned, io: CommandIo): void {
  io.out(`timestamp ${version} names snapshot ${snapshotVersion}`);
  for (const [role, end] of Object.entries(ends))
    io.out(`  ${role.padEnd(9)} holds until ${momentText(end)}`);
}

/** Any key of keys/ that the root names for the timestamp. */
async function openOnlineKey(place: Workplace, ask: AskPassphrase, io: CommandIo): Promise<Signer> {
  const root = governingRoot(place.published, place.staged);
  const wanted = root === null ? [] : heldKeysOf(root, 'timestamp');
  const holder = await findHolder(place.keysDir, wanted);
  if (holder !== null) return openSigner(place.keysDir, holder, ask, io);
  const names = wanted.map(({ holder }) => holder).join(' or ');
  throw new TrustRefused(
    `the online key (${names || 'of nobody'}) is not in ${place.keysDir}: publish where it lies`,
  );
}

function refusalSentence(refusal: PublishRefusal): string {
  switch (refusal.kind) {
    case 'faults': {
      const lines = refusal.faults.map(({ code, detail }) => `  ${code}: ${terminalSafe(detail)}`);
      return `what is staged must not be published:\n${lines.join('\n')}`;
    }
    case 'signatures-missing':
      return `signatures are missing:\n${refusal.tallies.map((tally) => `  ${tallyText(tally)}`).join('\n')}`;
    case 'not-the-online-key':
      return `the timestamp is signed by ${refusal.holders.join(' or ')}`;
    case 'other-file-there':
      return `published/${refusal.name} is there already and says something else: stage the change anew`;
    case 'timestamp':
      return `everything but the timestamp was published: ${refusal.refusal.code}: ${refusal.refusal.detail}. Publish again.`;
  }
}
