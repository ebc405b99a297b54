// gatelight devices list, revoke, wipe, pin-reset.

import type { ListedDevice } from '../server/devices/device-desk.ts';
import { momentText, parseOptions } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';
import { openSite, SITE_OPTIONS, SITE_USAGE, type SiteAtHand } from './site-at-hand.ts';

export const LIST_USAGE = `gatelight devices list [options]

Prints the site's tablets: the first of its id, gate, state, epoch, when it was enrolled, has its key and was heard.

${SITE_USAGE}
  --json           as JSON, with the whole ids

Exit: 0 printed, 1 no server, or it refused, 2 wrong arguments`;

export const ORDER_USAGE = `gatelight devices revoke|wipe|pin-reset DEVICE [options]

revoke: refused from its next request on; the day keys that it holds are replaced. For a tablet that is lost.
wipe: at its next contact it hands over what waits, then destroys its keys and all that it keeps.
pin-reset: at its next contact it forgets its PIN.

  DEVICE           the first of its id, as many digits as are needed to tell it from others
${SITE_USAGE}

Exit: 0 done, 1 no server, or it refused, 2 wrong arguments or no such tablet`;

const SHORT_DIGITS = 8;

export async function listDevices(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...SITE_OPTIONS,
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new UsageError(`list takes no "${positionals.join(' ')}"`);
  const devices = await readDevices(await openSite(values));
  if (values.json) io.out(JSON.stringify(devices));
  else if (devices.length === 0) io.out('no tablet was enrolled at this site yet');
  else io.out(devices.map(lineOf).join('\n'));
  return 0;
}

export async function orderDevice(
  order: 'revoke' | 'wipe' | 'pin-reset',
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const { values, positionals } = parseOptions(args, SITE_OPTIONS);
  const [prefix, ...more] = positionals;
  if (prefix === undefined || more.length > 0) throw new UsageError(`${order} takes one DEVICE`);
  const site = await openSite(values);
  const { device } = findDevice(await readDevices(site), prefix);
  io.out(lineOf((await site.ask('POST', `devices/${device}/${order}`)) as ListedDevice));
  return 0;
}

const readDevices = async (site: SiteAtHand): Promise<readonly ListedDevice[]> =>
  ((await site.ask('GET', 'devices')) as { devices: readonly ListedDevice[] }).devices;

function findDevice(devices: readonly ListedDevice[], prefix: string): ListedDevice {
  const found = devices.filter(({ device }) => device.startsWith(prefix.toLowerCase()));
  const [first] = found;
  if (first !== undefined && found.length === 1 && prefix !== '') return first;
  throw new UsageError(
    found.length === 0
      ? `no tablet's id begins with "${prefix}"`
      : `more than one tablet's id begins with "${prefix}"`,
  );
}

function lineOf(listed: ListedDevice): string {
  const { device, gate, state, epoch, enrolledAt, keySince, lastSeenAt, isPinResetOrdered } = listed;
  const facts = [
    `epoch ${epoch}`,
    `enrolled ${momentText(enrolledAt)}`,
    `key since ${momentText(keySince)}`,
    lastSeenAt === null ? 'not heard yet' : `heard ${momentText(lastSeenAt)}`,
    ...(isPinResetOrdered ? ['forgets its PIN at its next contact'] : []),
  ];
  return `${device.slice(0, SHORT_DIGITS)}  ${gate.padEnd(16)}  ${state.padEnd(10)}  ${facts.join(', ')}`;
}
