// The server's log exported as it stands after the kills, and audited by `gatelight audit` with public keys alone.

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerHeaders, PROGRAM } from '../support/server-process.ts';

const SITE = 'lindenhof';
const SHOWN_LINES = 12;

/** What is not sound of it, in words; nothing where it is. */
export async function auditExport({
  origin,
  dataDir,
}: {
  readonly origin: string;
  readonly dataDir: string;
}): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelight-audit-'));
  try {
    const save = async (what: 'export' | 'keys') => {
      const path = `/api/sites/${SITE}/log/${what}`;
      const answer = await fetch(origin + path, { headers: await ownerHeaders(dataDir) });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
      const file = join(folder, what);
      await writeFile(file, new Uint8Array(await answer.arrayBuffer()));
      return file;
    };
    const [log, keys] = [await save('export'), await save('keys')];
    const ran = spawnSync(process.execPath, [PROGRAM, 'audit', log, '--keys', keys], { encoding: 'utf8' });
    if (ran.status === 0) return [];
    const said = `${ran.stdout}\n${ran.stderr}`.split('\n').filter((line) => /BAD|LOOK|^ |SOUND/.test(line));
    return [`gatelight audit ended with ${ran.status}`, ...said.slice(0, SHOWN_LINES)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
