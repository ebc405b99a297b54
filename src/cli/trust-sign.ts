// gatelight trust sign: shows what is about to be signed, asks, and adds one person's signature. Needs files only.

import { checkStaged } from '../core/trust/publish/check-staged.ts';
import { signStaged } from '../core/trust/publish/sign-staged.ts';
import { summariseStaged } from '../core/trust/publish/summarise.ts';
import { terminalSafe } from '../core/trust/publish/summarise-entries.ts';
import { tallySignatures, tallyText } from '../core/trust/publish/tally-signatures.ts';
import { privateHolders } from '../server/trust-key-file.ts';
import { type CommandIo, UsageError } from './command.ts';
import { type AskPassphrase, confirm } from './trust-asking.ts';
import {
  nowSeconds,
  openSigner,
  openWorkplace,
  parseHolder,
  requireBegun,
  TrustRefused,
  type Workplace,
} from './trust-workplace.ts';

interface SignOptions {
  readonly as: string | undefined;
  readonly isYes: boolean;
}

export async function signTrust(
  dir: string,
  { as, isYes }: SignOptions,
  ask: AskPassphrase,
  io: CommandIo,
): Promise<number> {
  const place = await openWorkplace(dir);
  requireBegun(place);
  const { staged, published, keys, stagedFolder } = place;
  if (staged === null) throw new TrustRefused('nothing is staged: there is nothing to sign');
  const holder = as === undefined ? await onlyHolder(place) : parseHolder(as);
  const faults = await checkStaged(published, staged, keys, nowSeconds());
  if (faults.length > 0) {
    const lines = faults.map(({ code, detail }) => `  ${code}: ${terminalSafe(detail)}`);
    throw new TrustRefused(`what is staged must not be signed:\n${lines.join('\n')}`);
  }
  for (const line of summariseStaged(published, staged, nowSeconds())) io.out(line);
  if (!(await confirm(`Sign this as ${holder}?`, isYes))) {
    io.err('not signed');
    return 1;
  }
  const signer = await openSigner(place.keysDir, holder, ask, io);
  const roles = await signStaged(stagedFolder, published, staged, signer);
  if (roles.length === 0)
    throw new TrustRefused(
      `the key of ${holder} signs nothing of what is staged; the server's signs at publish`,
    );
  io.out(`\nsigned as ${holder}: ${roles.join(', ')}`);
  await printTallies(dir, io);
  return 0;
}

export async function printTallies(dir: string, io: CommandIo): Promise<void> {
  const { published, staged, keys } = await openWorkplace(dir);
  if (staged === null) return;
  for (const tally of await tallySignatures(published, staged, keys)) io.out(`  ${tallyText(tally)}`);
}

async function onlyHolder({ keysDir }: Workplace): Promise<string> {
  const holders = await privateHolders(keysDir);
  const [only, ...more] = holders;
  if (only !== undefined && more.length === 0) return only;
  throw new UsageError(
    only === undefined ? `there is no key in ${keysDir}` : `say --as with one of ${holders.join(', ')}`,
  );
}
