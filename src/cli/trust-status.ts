// gatelight trust status: what is published and for how long, what is staged, and whose signature is awaited.

import { checkStaged } from '../core/trust/publish/check-staged.ts';
import { heldKeysOf } from '../core/trust/publish/key-holders.ts';
import { noticeText } from '../core/trust/publish/notice.ts';
import type { Published } from '../core/trust/publish/read-published.ts';
import { summariseStaged } from '../core/trust/publish/summarise.ts';
import { terminalSafe } from '../core/trust/publish/summarise-entries.ts';
import { momentText } from './arguments.ts';
import type { CommandIo } from './command.ts';
import { printTallies } from './trust-sign.ts';
import { nowSeconds, openWorkplace, publishedDocuments, requireBegun } from './trust-workplace.ts';

/** Exit code 1 when something that is published has ended. */
export async function showStatus(dir: string, io: CommandIo): Promise<number> {
  const place = await openWorkplace(dir);
  requireBegun(place);
  const { published, staged, keys } = place;
  const now = nowSeconds();
  const hasEnded = published === null ? false : printPublished(published, now, io);
  if (published === null) io.out('nothing is published yet');
  const documents = publishedDocuments(place);
  if (documents !== null) {
    io.out(`  issuers   ${documents.issuers.map(({ id }) => id).join(', ') || 'none'}`);
    io.out(`  policies  ${documents.policies.map((bounds) => bounds.class).join(', ') || 'none'}`);
    io.out(`  servers   ${documents.servers.map(({ site }) => site).join(', ') || 'none'}`);
  }
  if (staged === null) {
    io.out('nothing is staged');
    return hasEnded ? 1 : 0;
  }
  io.out('staged');
  for (const line of summariseStaged(published, staged, now)) io.out(line);
  for (const { code, detail } of await checkStaged(published, staged, keys, now))
    io.out(`! ${code}: ${terminalSafe(detail)}`);
  await printTallies(dir, io);
  return hasEnded ? 1 : 0;
}

function printPublished({ root, set }: Published, now: number, io: CommandIo): boolean {
  const files = [root, ...(set === null ? [] : [set.targets, set.snapshot, set.timestamp])];
  io.out('published');
  for (const { role, signed } of files) {
    const { version, expiresAt } = signed;
    io.out(`  ${`${role} ${version}`.padEnd(16)} ${endText(expiresAt, now)}`);
  }
  const names = (role: 'root' | 'timestamp') =>
    heldKeysOf(root, role)
      .map(({ holder }) => holder)
      .join(', ');
  io.out(
    `  ${root.signed.rolesByName.root.threshold} of ${names('root')} sign; the timestamp ${names('timestamp')}`,
  );
  return files.some(({ signed }) => signed.expiresAt <= now);
}

function endText(expiresAt: number, now: number): string {
  if (expiresAt <= now) return `ENDED ${momentText(expiresAt)}`;
  const left = noticeText(expiresAt - now).replace(' of notice', ' left');
  return `until ${momentText(expiresAt)}, ${left}`;
}
