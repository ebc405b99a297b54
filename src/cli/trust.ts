// gatelight trust: who may issue passes, by whose signatures. A working folder DIR with keys/, staged/ and published/.

import { actionOf } from './actions.ts';
import { parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { passphrasesFrom } from './trust-asking.ts';
import { discard, putEntries, putRulesets, removeEntry, renew } from './trust-change.ts';
import { initTrust, makeKey } from './trust-init.ts';
import { publishTrust, signTimestamp } from './trust-publish.ts';
import { rotateRoot } from './trust-rotate.ts';
import { signTrust } from './trust-sign.ts';
import { showStatus } from './trust-status.ts';
import { TrustRefused } from './trust-workplace.ts';

const USAGE = `gatelight trust ACTION DIR [options]

Makes the list of whose passes count, in the form of The Update Framework (Ed25519, consistent snapshots). DIR holds
keys/ (private keys under a passphrase), staged/ (what waits for signatures) and published/ (what a server hands out).
Root (1 year), targets (30 days) and snapshot (7 days) need 2 of 3 offline keys, the timestamp (24 h) the online key.
Every change is staged, signed by two people one after another, each with their own copy of DIR if they like, and
published where the online key lies.

  init DIR                    the first root, with standard bounds and no issuer
    --holders A,B,C             whose keys sign (key-1,key-2,key-3); missing keys are made, NAME.pub in keys/ is taken
    --online NAME               whose key signs the timestamp (server)
    --site-keys FILE            entries for servers.json: site, class, settingsKeys, receiptKeys, timeKeys
  keygen DIR NAME             a key of one's own; hand keys/NAME.pub to whoever calls init or rotate-root
  add-issuer DIR FILE         an issuer's entry for issuers.json, new or in the place of the one with its id
    --emergency                 its key begins in less than 7 days: offline tablets will not know it
  remove-issuer DIR ID        none of its passes counts any more
  set-policy DIR FILE         bounds for a class of site; --remove CLASS drops one
  set-server DIR FILE         a site's server; --remove SITE drops one. The site "*" lets it found sites of that class,
                              and is dropped by --remove any/CLASS
  set-ruleset DIR FILE        a rule set with its reasons
  renew DIR                   the same for another 30 days, its snapshot for 7
  rotate-root DIR             the next root, for another year
    --replace OLD=NEW           NEW signs in OLD's place; may be said several times
    --online NAME               another key for the timestamp
  sign DIR --as NAME          shows what changes, asks, signs; --yes does not ask
  publish DIR                 puts what is staged into published/; refuses below the threshold
  timestamp DIR               says for another 24 hours what is newest, as the server does hourly
  status DIR                  what is published, until when, what is staged, and who is awaited
  discard DIR                 drops what is staged

  --passphrase-file FILE      the passphrase; otherwise GATELIGHT_PASSPHRASE, otherwise you are asked

Exit: 0 done, 1 refused with the reason, or status: something published has ended, 2 wrong arguments`;

export const trustCommand: Command = {
  name: 'trust',
  summary: 'say whose passes count, with signatures: trust init',
  usage: USAGE,
  async run(args, io) {
    try {
      return await act(args, io);
    } catch (error) {
      if (!(error instanceof TrustRefused)) throw error;
      io.err(`gatelight trust: ${error.message}`);
      return 1;
    }
  },
};

async function act(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    holders: { type: 'string' },
    online: { type: 'string' },
    'site-keys': { type: 'string' },
    emergency: { type: 'boolean' },
    remove: { type: 'string' },
    replace: { type: 'string', multiple: true },
    as: { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
    'passphrase-file': { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.out(USAGE);
    return 0;
  }
  const [name = '', dir, ...rest] = positionals;
  const action = actionOf(ACTIONS, name);
  if (dir === undefined) throw new UsageError(`${name} needs the folder in which trust is made`);
  const options = { ...values, 'passphrase-file': undefined, help: undefined };
  const foreign = Object.entries(options).find(
    ([option, value]) => value !== undefined && !action.options.includes(option),
  );
  if (foreign !== undefined) throw new UsageError(`${name} takes no --${foreign[0]}`);
  const wanted = values.remove === undefined ? action.arguments : [];
  if (rest.length !== wanted.length)
    throw new UsageError(
      `${name} takes ${['DIR', ...wanted].join(' ')}, not "${positionals.slice(1).join(' ')}"`,
    );
  return action.run(dir, rest[0] ?? '', values, io);
}

interface Values {
  readonly holders?: string | undefined;
  readonly online?: string | undefined;
  readonly 'site-keys'?: string | undefined;
  readonly emergency?: boolean | undefined;
  readonly remove?: string | undefined;
  readonly replace?: readonly string[] | undefined;
  readonly as?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly 'passphrase-file'?: string | undefined;
}

interface Action {
  /** What comes after DIR. */
  readonly arguments: readonly string[];
  readonly options: readonly string[];
  run(dir: string, argument: string, values: Values, io: CommandIo): Promise<number>;
}

const passphrases = (values: Values, io: CommandIo) => passphrasesFrom(values['passphrase-file'], io);

const changeOf = (name: 'policy' | 'server'): Action => ({
  arguments: ['FILE'],
  options: ['remove'],
  run: (dir, file, { remove }, io) =>
    remove === undefined
      ? putEntries(dir, name, file, { isEmergency: false }, io)
      : removeEntry(dir, name, remove, io),
});

const ACTIONS: Readonly<Record<string, Action>> = {
  init: {
    arguments: [],
    options: ['holders', 'online', 'site-keys'],
    run: (dir, _, values, io) => {
      const { holders = 'key-1,key-2,key-3', online = 'server', 'site-keys': siteKeys } = values;
      return initTrust(dir, { holders, online, siteKeys }, passphrases(values, io), io);
    },
  },
  keygen: {
    arguments: ['NAME'],
    options: [],
    run: (dir, name, values, io) => makeKey(dir, name, passphrases(values, io), io),
  },
  'add-issuer': {
    arguments: ['FILE'],
    options: ['emergency'],
    run: (dir, file, { emergency = false }, io) =>
      putEntries(dir, 'issuer', file, { isEmergency: emergency }, io),
  },
  'remove-issuer': {
    arguments: ['ID'],
    options: [],
    run: (dir, id, _, io) => removeEntry(dir, 'issuer', id, io),
  },
  'set-policy': changeOf('policy'),
  'set-server': changeOf('server'),
  'set-ruleset': { arguments: ['FILE'], options: [], run: (dir, file, _, io) => putRulesets(dir, file, io) },
  renew: { arguments: [], options: [], run: (dir, _, __, io) => renew(dir, io) },
  'rotate-root': {
    arguments: [],
    options: ['replace', 'online'],
    run: (dir, _, values, io) => {
      const { replace: replacements = [], online } = values;
      return rotateRoot(dir, { replacements, online }, passphrases(values, io), io);
    },
  },
  sign: {
    arguments: [],
    options: ['as', 'yes'],
    run: (dir, _, values, io) =>
      signTrust(dir, { as: values.as, isYes: values.yes ?? false }, passphrases(values, io), io),
  },
  publish: {
    arguments: [],
    options: [],
    run: (dir, _, values, io) => publishTrust(dir, passphrases(values, io), io),
  },
  timestamp: {
    arguments: [],
    options: [],
    run: (dir, _, values, io) => signTimestamp(dir, passphrases(values, io), io),
  },
  status: { arguments: [], options: [], run: (dir, _, __, io) => showStatus(dir, io) },
  discard: { arguments: [], options: [], run: (dir, _, __, io) => discard(dir, io) },
};
