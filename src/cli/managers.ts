// gatelight managers: who may use the console of the server that runs on this machine.

import type { JoinLink } from '../server/managers/people.ts';
import { parseRoles, type Roles } from '../server/managers/roles.ts';
import type { StoredManager } from '../server/storage/manager-store.ts';
import { actionOf } from './actions.ts';
import { momentText, parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { jsonOf, OPERATOR_USAGE, type Operator, openOperator } from './operator.ts';

const USAGE = `gatelight managers list|invite|roles|remove|reset ... [--data DIR]

  list                        everybody, what they may, and how they sign in
  invite ROLES                prints a link by which somebody joins, once, within 24 hours
  roles NAME ROLES            changes what somebody may, and signs it out everywhere
  remove NAME                 takes somebody away, and signs it out everywhere
  reset NAME                  ends password, passkeys and sessions at once, and prints a link by which to choose anew

ROLES is --owner, or as often as needed --manager SITE and --viewer SITE. The last owner cannot go.

${OPERATOR_USAGE}

Exit: 0 done, 1 refused or no server runs, 2 wrong arguments`;

interface Asked {
  readonly operator: Operator;
  readonly io: CommandIo;
  /** After the action's name. */
  readonly names: readonly string[];
  readonly roles: Roles | null;
}

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
  async list({ operator, io }) {
    for (const manager of await readManagers(operator)) io.out(lineOf(manager));
  },
  async invite({ operator, io, roles }) {
    printLink((await ask(operator, 'POST', '/managers', needed(roles))) as JoinLink, io);
  },
  async roles({ operator, names, roles }) {
    const given = needed(roles);
    await ask(operator, 'PUT', `/managers/${await idOf(operator, names[0])}/roles`, given);
  },
  async remove({ operator, names }) {
    await ask(operator, 'DELETE', `/managers/${await idOf(operator, names[0])}`);
  },
  async reset({ operator, io, names }) {
    printLink(
      (await ask(operator, 'POST', `/managers/${await idOf(operator, names[0])}/reset`)) as JoinLink,
      io,
    );
  },
};

/** How many names each takes. */
const NAMES_TAKEN: Readonly<Record<string, number>> = { list: 0, invite: 0, roles: 1, remove: 1, reset: 1 };

export const managersCommand: Command = {
  name: 'managers',
  summary: 'who may use the console: list, invite, roles, remove, reset',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, {
      data: { type: 'string', default: 'data' },
      owner: { type: 'boolean', default: false },
      manager: { type: 'string', multiple: true, default: [] },
      viewer: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (values.help) {
      io.out(USAGE);
      return 0;
    }
    const [name = '', ...names] = positionals;
    const action = actionOf(ACTIONS, name);
    if (names.length !== NAMES_TAKEN[name])
      throw new UsageError(`${name} takes ${NAMES_TAKEN[name] === 0 ? 'no name' : 'one name'}`);
    const roles = rolesIn(values);
    if ((name === 'invite' || name === 'roles') !== (roles !== null))
      throw new UsageError(
        `${name} takes ${roles === null ? '--owner, --manager SITE or --viewer SITE' : 'no role'}`,
      );
    await action({ operator: await openOperator(values.data), io, names, roles });
    return 0;
  },
};

interface RoleValues {
  readonly owner: boolean;
  readonly manager: readonly string[];
  readonly viewer: readonly string[];
}

/** Null: none was said. */
function rolesIn({ owner, manager, viewer }: RoleValues): Roles | null {
  const sites = [
    ...manager.map((site) => ({ site, role: 'manager' })),
    ...viewer.map((site) => ({ site, role: 'viewer' })),
  ];
  if (!owner && sites.length === 0) return null;
  const roles = parseRoles({ isOwner: owner, sites });
  if (roles === null) throw new UsageError('say --owner alone, or one role for each site');
  return roles;
}

function needed(roles: Roles | null): Roles {
  if (roles === null) throw new Error('roles were asked for before');
  return roles;
}

const ask = async (
  operator: Operator,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  json: unknown = {},
): Promise<unknown> => jsonOf(await operator.ask(method, path, { json }));

async function readManagers(operator: Operator): Promise<readonly StoredManager[]> {
  const { managers } = jsonOf(await operator.ask('GET', '/managers')) as {
    readonly managers: readonly StoredManager[];
  };
  return managers;
}

async function idOf(operator: Operator, name = ''): Promise<string> {
  const found = (await readManagers(operator)).find((manager) => manager.name === name.toLowerCase());
  if (found === undefined) throw new Error(`nobody is called "${name}": gatelight managers list`);
  return found.manager;
}

function lineOf({ name, roles, hasPassword, passkeys, joinedAtSeconds }: StoredManager): string {
  const may = roles.isOwner ? 'owner' : roles.sites.map(({ site, role }) => `${role} of ${site}`).join(', ');
  const keys = passkeys === 0 ? [] : [passkeys === 1 ? 'a passkey' : `${passkeys} passkeys`];
  const by = [...(hasPassword ? ['a password'] : []), ...keys].join(' and ') || 'nothing yet';
  return `${name}: ${may}; signs in by ${by}; since ${momentText(joinedAtSeconds)}`;
}

const printLink = ({ link, expiresSeconds }: JoinLink, io: CommandIo): void =>
  io.out(`${link}\nworks once, until ${momentText(expiresSeconds)}`);
