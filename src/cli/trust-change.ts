// gatelight trust add-issuer, set-policy and their like: stage new targets. Nothing counts until it is signed and published.

import { join } from 'node:path';
import type { Bytes } from '../core/bytes/bytes.ts';
import { isId } from '../core/trust/ids.ts';
import { announceIssuers } from '../core/trust/publish/announce-issuers.ts';
import { dropEntry, encodeDocument, putEntry } from '../core/trust/publish/edit-document.ts';
import { noticeText } from '../core/trust/publish/notice.ts';
import { stageFiles } from '../core/trust/publish/stage-change.ts';
import { clearStaged, filesToEdit } from '../core/trust/publish/staged.ts';
import { summariseStaged } from '../core/trust/publish/summarise.ts';
import { terminalSafe } from '../core/trust/publish/summarise-entries.ts';
import { parseRuleset } from '../core/trust/targets/ruleset-schema.ts';
import {
  ISSUERS_FILE,
  POLICIES_FILE,
  rulesetFile,
  SERVERS_FILE,
  targetRefusalText,
} from '../core/trust/targets/targets.ts';
import { momentText } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';
import {
  documentsOf,
  fileOf,
  nowSeconds,
  openFolders,
  openWorkplace,
  publishedDocuments,
  readEntryFile,
  requireBegun,
  stageOf,
  TrustRefused,
  type Workplace,
} from './trust-workplace.ts';

export const LISTS = {
  issuer: { file: ISSUERS_FILE, list: 'issuers' },
  policy: { file: POLICIES_FILE, list: 'policies' },
  server: { file: SERVERS_FILE, list: 'servers' },
} as const;
export type ListName = keyof typeof LISTS;

interface ChangeOptions {
  readonly isEmergency: boolean;
}

export async function putEntries(
  dir: string,
  name: ListName,
  source: string,
  options: ChangeOptions,
  io: CommandIo,
): Promise<number> {
  const entries = await readEntryFile(source);
  return change(dir, options, io, (files) => {
    const { file, list } = LISTS[name];
    const document = fileOf(files, file);
    files.set(
      file,
      entries.reduce<Bytes>((bytes, entry) => putEntry(bytes, list, entry), document),
    );
  });
}

export const removeEntry = (dir: string, name: ListName, id: string, io: CommandIo): Promise<number> =>
  change(dir, { isEmergency: false }, io, (files) => {
    const { file, list } = LISTS[name];
    const document = dropEntry(fileOf(files, file), list, id);
    if (document === null) throw new TrustRefused(`${file} knows no ${name} "${terminalSafe(id)}"`);
    files.set(file, document);
  });

/** A rule set is a file of its own. */
export async function putRulesets(dir: string, source: string, io: CommandIo): Promise<number> {
  const entries = await readEntryFile(source);
  return change(dir, { isEmergency: false }, io, (files) => {
    for (const entry of entries) {
      const { id } = entry;
      if (!isId(id)) throw new UsageError(`${source}: a rule set has an id`);
      const bytes = encodeDocument({ format: 1, ...entry });
      const ruleset = parseRuleset(id, bytes);
      if (!ruleset.ok) throw new TrustRefused(terminalSafe(targetRefusalText(ruleset.error)));
      files.set(rulesetFile(id), bytes);
    }
  });
}

/** The same content for another 30 days, its snapshot for 7. */
export const renew = (dir: string, io: CommandIo): Promise<number> =>
  change(dir, { isEmergency: false }, io, () => {});

export async function discard(dir: string, io: CommandIo): Promise<number> {
  const { stagedFolder } = await openFolders(dir);
  const names = await stagedFolder.list();
  await clearStaged(stagedFolder);
  io.out(names.length === 0 ? 'nothing was staged' : 'dropped   all that was staged, with its signatures');
  return 0;
}

async function change(
  dir: string,
  options: ChangeOptions,
  io: CommandIo,
  edit: (files: Map<string, Bytes>) => void,
): Promise<number> {
  const place = await openWorkplace(dir);
  requireBegun(place);
  const files = new Map(filesToEdit(place.published, place.staged));
  edit(files);
  announce(place, files, options);
  documentsOf(files);
  const signatures = place.staged?.content?.targets.signatures.size ?? 0;
  await stageFiles(stageOf(place), files);
  const { published, staged } = await openWorkplace(dir);
  if (staged === null) throw new Error('what was staged is not there');
  io.out(`staged    in ${join(place.dir, 'staged')}, to be signed:`);
  for (const line of summariseStaged(published, staged, nowSeconds())) io.out(line);
  if (signatures > 0) io.err(`${signatures} earlier signatures on what was staged are void: sign again`);
  return 0;
}

function announce(place: Workplace, files: Map<string, Bytes>, { isEmergency }: ChangeOptions): void {
  const known = publishedDocuments(place)?.issuers ?? [];
  const content = place.staged?.content ?? null;
  const announced = announceIssuers(fileOf(files, ISSUERS_FILE), {
    known,
    staged: content === null ? [] : documentsOf(content.filesByName).issuers,
    isEmergency,
    nowSeconds: nowSeconds(),
  });
  if (announced.ok) {
    files.set(ISSUERS_FILE, announced.value);
    return;
  }
  const { error } = announced;
  if (error.kind === 'target') throw new TrustRefused(terminalSafe(targetRefusalText(error.refusal)));
  const keys = error.notices.map(
    ({ issuer, key, noticeSeconds }) =>
      `the key of ${issuer.id} that begins ${momentText(key.validFrom)} has ${noticeText(noticeSeconds)}`,
  );
  throw new TrustRefused(
    `${keys.join('; ')}. Tablets may be offline for 7 days: let it begin later, or say --emergency.`,
  );
}
