// gatelight issuer revoke, suspend and reinstate: passes by their place, their text or their picture. Either all of them are
// changed or none is.

import { encodeHex } from '../core/bytes/hex.ts';
import type { PassId } from '../core/pass/pass.ts';
import type { ListedStatus } from '../core/trust/status/status-list.ts';
import { changeStatuses } from '../server/issuer/issuer-desk.ts';
import { parseOptions } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';
import { createPlaceFinder, type FoundPlace } from './find-place.ts';
import { needOption, publishTo } from './issuer-lists.ts';

export const TAKE_BACK_USAGE = `gatelight issuer revoke|suspend|reinstate --desk DIR [--out DIR] PLACE|PASS|FILE...

Takes passes back, for good or for the time being, or gives them back. It counts for tablets from the next list on that
they fetch.

  PLACE        a place in a list, LIST/INDEX: 0/70000
  PASS         the text of a pass, GL1:...
  FILE         a picture with the pass's QR code, or a file with its text
  --desk DIR   the issuer's desk (the demo's is data/issuer)
  --out DIR    publish the lists there at once, as publish-status does (the demo's is data/lists)

A pass only names a place here: its signature is not tried, so make sure that it is the issuer's own. To suspend takes a
list of 2 bits.

Exit: 0 done, 1 not done, for there is no such place, or no desk; 2 wrong arguments, or a file without a pass. All are
      done or none.`;

const DEEDS: Readonly<Record<ListedStatus, { readonly name: string; readonly done: string }>> = {
  revoked: { name: 'revoke', done: 'revoked' },
  suspended: { name: 'suspend', done: 'suspended' },
  valid: { name: 'reinstate', done: 'valid' },
};

export async function takeBack(
  status: ListedStatus,
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const { name, done } = DEEDS[status];
  const { values, positionals } = parseOptions(args, { desk: { type: 'string' }, out: { type: 'string' } });
  const desk = needOption(name, 'desk', values.desk);
  if (positionals.length === 0) throw new UsageError(`${name} needs a place, a pass or a file`);
  const found = await findAll(positionals, io);
  const outcomes = await changeStatuses(
    desk,
    found.map(({ id }) => id),
    status,
  );
  for (const [at, { id }] of found.entries())
    io.out(`${placeText(id)}: ${outcomes[at] === 'changed' ? `${done} now` : `${done} already`}`);
  if (values.out !== undefined) await publishTo(desk, values.out, io);
  else if (outcomes.includes('changed')) io.err('tablets learn of it after: gatelight issuer publish-status');
  return 0;
}

async function findAll(words: readonly string[], io: CommandIo): Promise<readonly FoundPlace[]> {
  const findPlace = createPlaceFinder();
  const found: FoundPlace[] = [];
  for (const word of words) {
    const place = await findPlace(word);
    if (!place.ok) throw new UsageError(place.error);
    found.push(place.value);
    const { id, keyHint } = place.value;
    if (keyHint !== null)
      io.err(`${placeText(id)} is of a pass by the key ${encodeHex(keyHint)}; its signature was not tried`);
  }
  return found;
}

const placeText = ({ list, index }: PassId): string => `list ${list}, place ${index}`;
