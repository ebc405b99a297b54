// gatelight issuer begin-list, publish-status and status: an issuer's status lists, from their beginning to what is handed
// out. Counts are all that is ever shown of a list: no command says whose pass is where.

import { MAX_INDICES } from '../core/trust/status/status-list.ts';
import { MAX_LIST } from '../server/issuer/desk-list.ts';
import { beginList, countLists, type ListCounts, publishLists } from '../server/issuer/issuer-desk.ts';
import { LIST_LIFE_SECONDS, type PublishedList } from '../server/issuer/publish-lists.ts';
import { momentText, parseOptions, wholeNumber } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';

export const BEGIN_LIST_USAGE = `gatelight issuer begin-list --desk DIR --issuer ID --uri URL --key FILE [options]

Begins a status list. Its number and address, and the public key that signs it, belong in issuers.json (trust add-issuer).

  --desk DIR     the issuer's desk: a private folder, one for each issuer; made if it is not there
  --issuer ID    the issuer's id in issuers.json
  --uri URL      the list's address and name: where servers of sites fetch it
  --key FILE     the key file that signs it (issuer keygen makes one)
  --list N       its number, which stands in each pass (0)
  --bits 1|2     1: passes are valid or revoked; 2: they can be suspended too (2)
  --places N     how many passes have a place in it, at most ${MAX_INDICES} (${MAX_INDICES})

Exit: 0 begun, or there already just so; 1 it cannot be begun, 2 wrong arguments`;

export const PUBLISH_STATUS_USAGE = `gatelight issuer publish-status --desk DIR --out DIR

Signs each list of the desk anew, good for 7 days, and writes it to OUT/ISSUER/LIST.cwt, from where a server hands it out.
Do so whenever a pass was taken back, and at least daily: lists that are over 72 hours old make tablets doubt.

Exit: 0 published, 1 it could not be, 2 wrong arguments`;

export const STATUS_USAGE = `gatelight issuer status --desk DIR

Says of each list of the desk how many places it has, how many of them are taken, revoked and suspended, and until when
the last published one holds. Decoys, places revoked that no pass has, count with the others.

Exit: 0 shown, 1 there is no such desk, 2 wrong arguments`;

export async function beginStatusList(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    desk: { type: 'string' },
    issuer: { type: 'string' },
    uri: { type: 'string' },
    key: { type: 'string' },
    list: { type: 'string', default: '0' },
    bits: { type: 'string', default: '2' },
    places: { type: 'string', default: String(MAX_INDICES) },
  });
  refuseMore('begin-list', positionals);
  const desk = needOption('begin-list', 'desk', values.desk);
  const { bits } = values;
  if (bits !== '1' && bits !== '2') throw new UsageError(`--bits is 1 or 2, not "${bits}"`);
  const list = wholeNumber('--list', values.list, MAX_LIST);
  const begun = await beginList(desk, {
    issuer: needOption('begin-list', 'issuer', values.issuer),
    list,
    uri: needOption('begin-list', 'uri', values.uri),
    bits: bits === '1' ? 1 : 2,
    indices: wholeNumber('--places', values.places, MAX_INDICES),
    keyPath: needOption('begin-list', 'key', values.key),
  });
  io.out(begun === 'begun' ? `list ${list} begun in ${desk}` : `list ${list} is there already, and just so`);
  return 0;
}

export async function publishStatus(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, { desk: { type: 'string' }, out: { type: 'string' } });
  refuseMore('publish-status', positionals);
  await publishTo(
    needOption('publish-status', 'desk', values.desk),
    needOption('publish-status', 'out', values.out),
    io,
  );
  return 0;
}

export async function publishTo(desk: string, out: string, io: CommandIo): Promise<void> {
  for (const published of await publishLists(desk, out, Math.floor(Date.now() / 1000)))
    io.out(publishedLine(published));
}

export async function showListStatus(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, { desk: { type: 'string' } });
  refuseMore('status', positionals);
  const counts = await countLists(needOption('status', 'desk', values.desk));
  io.out(counts.map(countLines).join('\n\n'));
  return 0;
}

export function needOption(action: string, name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`${action} needs --${name}`);
  return value;
}

function refuseMore(action: string, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`${action} takes no "${positionals.join(' ')}"`);
}

const publishedLine = ({ issuer, list, issuedAt, bytes }: PublishedList): string =>
  `list ${list} of ${issuer}: published, ${bytes} bytes, issued ${momentText(issuedAt)}, good until ${momentText(issuedAt + LIST_LIFE_SECONDS)}`;

function countLines({
  issuer,
  list,
  uri,
  bits,
  places,
  taken,
  revoked,
  suspended,
  issuedAt,
}: ListCounts): string {
  return [
    `list ${list} of ${issuer}`,
    `  address    ${uri}`,
    `  places     ${places}, ${bits} bit${bits === 1 ? '' : 's'} each`,
    `  taken      ${taken}, decoys among them`,
    `  revoked    ${revoked}, decoys among them`,
    `  suspended  ${bits === 1 ? 'not with 1 bit' : suspended}`,
    `  published  ${issuedAt === null ? 'never' : momentText(issuedAt)}`,
    `  good until ${issuedAt === null ? '-' : momentText(issuedAt + LIST_LIFE_SECONDS)}`,
  ].join('\n');
}
