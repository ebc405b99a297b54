// gatelight pass issue: claims from arguments, signed with an issuer's key file.

import { randomInt } from 'node:crypto';
import { errorText } from '../core/error-text.ts';
import { encodeClaims, MAX_RULE_NUMBER } from '../core/pass/claims.ts';
import { signPass } from '../core/pass/gl1.ts';
import type { Colour, PassClaims, PassId } from '../core/pass/pass.ts';
import type { Signer } from '../core/signature/signer.ts';
import { MAX_LIST } from '../server/issuer/desk-list.ts';
import { allotPlace } from '../server/issuer/issuer-desk.ts';
import { isReadableByOthers, readKeyFile } from '../server/key-file.ts';
import { durationSeconds, momentSeconds, parseOptions, wholeNumber } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';

export const ISSUE_USAGE = `gatelight pass issue --key FILE --colour green|yellow|red [options]

Signs a pass and prints its text, the content of a QR code.

  --key FILE          the issuer's key file (issuer keygen makes one; the demo's is data/keys/issuer.json)
  --colour COLOUR     green, yellow or red
  --ruleset N         number of the rule set that chose the colour (0)
  --reason N          number of the reason within that rule set (0)
  --valid TIME        how long from its start: 30m, 12h, 7d (12h)
  --not-before TIME   when it starts: 2026-11-24T08:00Z, or +6h from now (at once)
  --issued TIME       when it is issued (now); a past one is written --issued=-2d
  --desk DIR          the issuer's desk, which gives the pass its place in a status list, so that it can be taken back
                      (the demo's is data/issuer)
  --list N            the number of that list (0)
  --index N           its place, where another desk gave it one; without --desk and --index one is drawn that is in no
                      list
  --name TEXT         printed beside the code, for the guard to compare
  --birth-year YEAR   the same

Exit: 0 printed, 1 the desk has no place for it, 2 wrong arguments, a key that cannot be used, or claims that make no pass`;

const COLOURS: readonly Colour[] = ['green', 'yellow', 'red'];
const MAX_INDEX = 0xffffff;

export async function issuePass(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    key: { type: 'string' },
    colour: { type: 'string' },
    ruleset: { type: 'string', default: '0' },
    reason: { type: 'string', default: '0' },
    valid: { type: 'string', default: '12h' },
    'not-before': { type: 'string' },
    issued: { type: 'string' },
    desk: { type: 'string' },
    list: { type: 'string', default: '0' },
    index: { type: 'string' },
    name: { type: 'string' },
    'birth-year': { type: 'string' },
  });
  if (positionals.length > 0)
    throw new UsageError(`issue takes options only, not "${positionals.join(' ')}"`);
  if (values.key === undefined) throw new UsageError('issue needs --key FILE');
  const colour = COLOURS.find((known) => known === values.colour);
  if (colour === undefined) throw new UsageError('issue needs --colour green, yellow or red');

  const now = Math.floor(Date.now() / 1000);
  const issuedAt = values.issued === undefined ? now : momentSeconds('--issued', values.issued, now);
  const notBefore = values['not-before'];
  const startsAt = notBefore === undefined ? issuedAt : momentSeconds('--not-before', notBefore, now);
  const printed = {
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values['birth-year'] === undefined
      ? {}
      : { birthYear: wholeNumber('--birth-year', values['birth-year'], 9999) }),
  };
  const list = wholeNumber('--list', values.list, MAX_LIST);
  if (values.desk !== undefined && values.index !== undefined)
    throw new UsageError('give either --desk, which gives the pass its place, or --index');
  const claims: Omit<PassClaims, 'id'> = {
    issuedAt,
    expiresAt: startsAt + durationSeconds('--valid', values.valid),
    ...(notBefore === undefined ? {} : { notBefore: startsAt }),
    colour,
    ruleset: wholeNumber('--ruleset', values.ruleset, MAX_RULE_NUMBER),
    reason: wholeNumber('--reason', values.reason, MAX_RULE_NUMBER),
    ...(Object.keys(printed).length === 0 ? {} : { printed }),
  };
  const signer = await openKey(values.key, io);
  requireReadable({ ...claims, id: { list, index: 0 } });
  const index = values.index === undefined ? null : wholeNumber('--index', values.index, MAX_INDEX);
  const id = index === null ? await takePlace(values.desk ?? null, list, io) : { list, index };
  io.out(await signPass({ ...claims, id }, signer));
  return 0;
}

async function openKey(keyPath: string, io: CommandIo): Promise<Signer> {
  const signer = await readKeyFile(keyPath);
  if (!signer.ok) {
    throw new UsageError(
      signer.error === 'no-key-file'
        ? `there is no key file ${keyPath}`
        : `${keyPath} cannot be used as a key: ${signer.error}`,
    );
  }
  if (await isReadableByOthers(keyPath)) io.err(`${keyPath} can be read by others: chmod 600 ${keyPath}`);
  return signer.value;
}

/** Before a place is taken for it. */
function requireReadable(claims: PassClaims): void {
  try {
    encodeClaims(claims);
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}

async function takePlace(desk: string | null, list: number, io: CommandIo): Promise<PassId> {
  if (desk !== null) return allotPlace(desk, list);
  io.err('this pass has no place in a status list, so nobody can take it back: give it one with --desk');
  return { list, index: randomInt(MAX_INDEX + 1) };
}
