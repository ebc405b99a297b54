// gatelight devices enrol, confirm: the code for a tablet, and the manager's word once both show the same digits.

import { setTimeout as sleep } from 'node:timers/promises';
import type { EnrolmentState, OfferedEnrolment } from '../server/devices/enrolment-desk.ts';
import { parseOptions } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';
import { createQrCode, qrToBlocks } from './draw-qr.ts';
import { openSite, SITE_OPTIONS, SITE_USAGE, type SiteAtHand } from './site-at-hand.ts';

export const ENROL_USAGE = `gatelight devices enrol --gate ID [options]

Prints a one-time code, good for ten minutes, as a QR code for the tablet's own scanner and to be typed by hand; waits for
the tablet, and prints the six digits that it must show too.

  --gate ID        the gate at which the tablet will stand
${SITE_USAGE}
  --no-wait        do not wait for the tablet

Exit: 0 printed, 1 no server, it refused, or no tablet came, 2 wrong arguments`;

export const CONFIRM_USAGE = `gatelight devices confirm ENROLMENT DIGITS [options]

Says that the tablet shows these digits: from then on it is one of the site's. Other digits than the server's are refused;
if the tablet shows others than enrol has printed, somebody stands between: do not confirm.

${SITE_USAGE}

Exit: 0 confirmed, 1 no server, or it refused, 2 wrong arguments`;

const LOOK_MS = 1000;

export async function enrolDevice(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...SITE_OPTIONS,
    gate: { type: 'string' },
    'no-wait': { type: 'boolean', default: false },
  });
  if (positionals.length > 0)
    throw new UsageError(`enrol takes options only, not "${positionals.join(' ')}"`);
  if (values.gate === undefined) throw new UsageError('enrol needs --gate ID');
  const site = await openSite(values);
  const offered = (await site.ask('POST', 'enrolments', { json: { gate: values.gate } })) as OfferedEnrolment;
  io.out(sheetOf(offered, io.isTerminal && io.env.NO_COLOR === undefined));
  return values['no-wait'] ? 0 : awaitTablet(site, offered.id, io);
}

export async function confirmDevice(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, SITE_OPTIONS);
  const [id, digits, ...more] = positionals;
  if (id === undefined || digits === undefined || more.length > 0)
    throw new UsageError('confirm takes ENROLMENT and DIGITS');
  const site = await openSite(values);
  const path = `enrolments/${encodeURIComponent(id)}/confirm`;
  const { device } = (await site.ask('POST', path, { json: { digits } })) as { device: string };
  io.out(device);
  return 0;
}

function sheetOf({ id, invitation, typed, origin }: OfferedEnrolment, isColoured: boolean): string {
  const code = createQrCode(invitation);
  if (!code.ok) throw new Error(`the code cannot be drawn: ${code.error}`);
  return [
    qrToBlocks(code.value, { isColoured }),
    '',
    `  scan this with the tablet, or type there  ${origin}`,
    `                                            ${typed}`,
    `  enrolment                                 ${id}`,
  ].join('\n');
}

/** Until a tablet comes, the code ends, or nobody wants to wait. */
async function awaitTablet(site: SiteAtHand, id: string, io: CommandIo): Promise<number> {
  while (!io.stop.aborted) {
    const { state, digits } = (await site.ask('GET', `enrolments/${id}`)) as EnrolmentState;
    if (state === 'expired') {
      io.err('no tablet came: the code is over');
      return 1;
    }
    if (digits !== null) {
      io.out(`  the tablet shows                          ${digits}`);
      io.out(`  if it does: gatelight devices confirm ${id} ${digits}`);
      return 0;
    }
    if (state === 'confirmed') return 0;
    await sleep(LOOK_MS, undefined, { signal: io.stop }).catch(() => {});
  }
  return 1;
}
