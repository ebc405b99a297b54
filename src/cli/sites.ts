// gatelight sites: the sites of a running server, by the operator's door: which there are, founding one, its settings
// and its gates.

import { readFile } from 'node:fs/promises';
import { errorText } from '../core/error-text.ts';
import { actionOf } from './actions.ts';
import { parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { OPERATOR_USAGE, type Operator, type OperatorContent, openOperator } from './operator.ts';

const USAGE = `gatelight sites ACTION [options]

The sites of a running server on this machine. Their settings are changed within the bounds of their class alone.

  list                        every site with its class, its time zone and its gates
  classes                     of which classes a site may be founded here, each with its bounds
  add ID --name NAME --class CLASS --zone ZONE --gate NAME [--gate NAME ...] [--day-start HH:MM]
                              founds a site; gates are called gate-1, gate-2 ..., its day starts at 04:00
  settings ID                 what the site chose, as JSON
  settings ID --set FILE      puts that in its place: { "site": ..., "policy": ... }
  gates ID                    the site's gates
  gates ID --add NAME         one more
  gates ID --rename GATE=NAME another name for one
  gates ID --remove GATE      takes one away; what was logged there stays

${OPERATOR_USAGE}
  --json           what the server answered

Exit: 0 done, 1 the server refused or does not run, 2 wrong arguments`;

const OPTIONS = {
  data: { type: 'string', default: 'data' },
  json: { type: 'boolean', default: false },
  name: { type: 'string' },
  class: { type: 'string' },
  zone: { type: 'string' },
  gate: { type: 'string', multiple: true },
  'day-start': { type: 'string', default: '04:00' },
  set: { type: 'string' },
  add: { type: 'string' },
  rename: { type: 'string' },
  remove: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];
type Action = (door: Door, ids: readonly string[], values: Values) => Promise<void>;

export const sitesCommand: Command = {
  name: 'sites',
  summary: 'the sites of a running server: sites list, sites add',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, OPTIONS);
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    const [name = '', ...ids] = positionals;
    const action = actionOf(ACTIONS, name);
    try {
      const door = createDoor(await openOperator(values.data), io, values.json);
      await action(door, ids, values);
      return 0;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      io.err(`gatelight sites: ${errorText(error)}`);
      return 1;
    }
  },
};

interface ToldSite {
  readonly id: string;
  readonly name: string;
  readonly class: string;
  readonly timeZone: string;
  readonly gates: readonly { readonly id: string; readonly name: string }[];
  readonly settings: unknown;
  readonly clippings: readonly { readonly place: string; readonly asked: string; readonly used: string }[];
}

interface ToldClass {
  readonly class: string;
  readonly name: { readonly en: string };
  readonly mildest: { readonly yellow: string; readonly red: string };
  readonly maxSeenBeforeWindowSeconds: number;
  readonly maxRetentionDays: number;
}

interface Door {
  readonly isJson: boolean;
  say(line: string): void;
  /** Throws a sentence where the server refused. */
  ask(method: Parameters<Operator['ask']>[0], path: string, content?: OperatorContent): Promise<unknown>;
}

const createDoor = (operator: Operator, io: CommandIo, isJson: boolean): Door => ({
  isJson,
  say: (line) => io.out(line),
  async ask(method, path, content) {
    const { status, bytes } = await operator.ask(method, path, content);
    const json = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, string>>;
    if (status >= 200 && status < 300) return json;
    const { error = `status ${status}`, place = '', reason = '' } = json;
    throw new Error(`the server refused: ${[error, place, reason].filter(Boolean).join(': ')}`);
  },
});

const askSite = async (door: Door, ...asked: Parameters<Door['ask']>) =>
  (await door.ask(...asked)) as ToldSite;

const ACTIONS: Readonly<Record<string, Action>> = {
  async list(door, ids) {
    if (ids.length > 0) throw new UsageError(`list takes no "${ids.join(' ')}"`);
    const { sites } = (await door.ask('GET', '/sites')) as { readonly sites: readonly ToldSite[] };
    const told = await Promise.all(sites.map(({ id }) => askSite(door, 'GET', pathOf(id))));
    if (door.isJson) door.say(JSON.stringify(told));
    else for (const site of told) sayLines(door, site);
  },

  async classes(door) {
    const { classes } = (await door.ask('GET', '/site-classes')) as {
      readonly classes: readonly ToldClass[];
    };
    if (door.isJson) door.say(JSON.stringify(classes));
    else for (const bounds of classes) door.say(classLine(bounds));
  },

  async add(door, ids, values) {
    const { name, class: siteClass, zone, gate = [] } = values;
    if (name === undefined || siteClass === undefined || zone === undefined || gate.length === 0)
      throw new UsageError('add takes ID, --name, --class, --zone and at least one --gate');
    const site = {
      id: onlyId(ids),
      name,
      class: siteClass,
      timeZone: zone,
      dayStartMinutes: minutesOf(values['day-start']),
      gates: gate.map((one, at) => ({ id: `gate-${at + 1}`, name: one })),
    };
    saySite(door, await askSite(door, 'POST', '/sites', { json: { site } }));
  },

  async settings(door, ids, { set }) {
    const path = pathOf(onlyId(ids));
    if (set === undefined) {
      const { settings } = await askSite(door, 'GET', path);
      door.say(JSON.stringify(settings, null, 2));
      return;
    }
    const json = await readJsonFile(set);
    saySite(door, await askSite(door, 'PUT', `${path}/settings`, { json }));
  },

  async gates(door, ids, { add, rename, remove }) {
    const path = pathOf(onlyId(ids));
    if ([add, rename, remove].filter((one) => one !== undefined).length > 1)
      throw new UsageError('one of --add, --rename and --remove at a time');
    if (add !== undefined)
      return sayGates(door, await askSite(door, 'POST', `${path}/gates`, { json: { name: add } }));
    if (rename !== undefined) {
      const [, gate = '', name = ''] = /^([^=]+)=(.+)$/s.exec(rename) ?? [];
      if (name === '') throw new UsageError('--rename takes GATE=NAME');
      return sayGates(door, await askSite(door, 'PUT', gatePath(path, gate), { json: { name } }));
    }
    if (remove !== undefined) return sayGates(door, await askSite(door, 'DELETE', gatePath(path, remove)));
    return sayGates(door, await askSite(door, 'GET', path));
  },
};

const pathOf = (id: string): string => `/sites/${encodeURIComponent(id)}`;
const gatePath = (path: string, gate: string): string => `${path}/gates/${encodeURIComponent(gate)}`;

function onlyId([id, ...others]: readonly string[]): string {
  if (id === undefined || others.length > 0) throw new UsageError('say which site, one at a time');
  return id;
}

function minutesOf(time: string): number {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours === '') throw new UsageError(`--day-start takes a time like 04:00, not "${time}"`);
  return Number(hours) * 60 + Number(minutes);
}

async function readJsonFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`${path} is no JSON`);
  }
}

function saySite(door: Door, site: ToldSite): void {
  if (door.isJson) door.say(JSON.stringify(site));
  else sayLines(door, site);
}

function sayLines(door: Door, { id, name, class: siteClass, timeZone, gates, clippings }: ToldSite): void {
  door.say(`${id}  ${name}  class ${siteClass}  ${timeZone}  ${gates.map((gate) => gate.id).join(' ')}`);
  for (const { place, asked, used } of clippings) door.say(`  ${place}: ${used} instead of ${asked}`);
}

function sayGates(door: Door, { gates }: ToldSite): void {
  if (door.isJson) door.say(JSON.stringify(gates));
  else for (const { id, name } of gates) door.say(`${id}  ${name}`);
}

const classLine = (bounds: ToldClass): string =>
  `${bounds.class}  ${bounds.name.en}  yellow ${bounds.mildest.yellow} or stricter, red ${bounds.mildest.red} or stricter, ` +
  `seen before up to ${bounds.maxSeenBeforeWindowSeconds} s, log up to ${bounds.maxRetentionDays} days`;
