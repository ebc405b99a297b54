#!/usr/bin/env node
// The entry of the Node program: finds the command, and turns what happens to it into an exit code.

import { errorText } from '../core/error-text.ts';
import { findProgramRoot } from '../server/program-root.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

const COMMANDS: readonly { readonly name: string; load(): Promise<Command> }[] = [
  { name: 'serve', load: async () => (await import('./serve.ts')).serveCommand },
  { name: 'devices', load: async () => (await import('./devices.ts')).devicesCommand },
  { name: 'issuer', load: async () => (await import('./issuer.ts')).issuerCommand },
  { name: 'pass', load: async () => (await import('./pass.ts')).passCommand },
  { name: 'audit', load: async () => (await import('./audit.ts')).auditCommand },
  { name: 'read', load: async () => (await import('./read.ts')).readCommand },
  { name: 'sites', load: async () => (await import('./sites.ts')).sitesCommand },
  { name: 'trust', load: async () => (await import('./trust.ts')).trustCommand },
  { name: 'managers', load: async () => (await import('./managers.ts')).managersCommand },
  { name: 'tuf-client', load: async () => (await import('./tuf-client.ts')).tufClientCommand },
];

const EXIT_ACCIDENT = 1;
const EXIT_USAGE = 2;
const SECOND_WISH_MS = 1_000;

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '--version' || name === 'version') {
    io.out(findProgramRoot().version);
    return 0;
  }
  if (['help', '--help', '-h'].includes(name)) return help(rest[0], io);
  const found = COMMANDS.find((command) => command.name === name);
  if (found === undefined) {
    io.err(name === '' ? await overview() : `gatelight: there is no "${name}"\n\n${await overview()}`);
    return EXIT_USAGE;
  }
  const command = await found.load();
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(
      `gatelight ${name}: ${error.message}\nusage: ${command.usage.split('\n', 1)[0]}\nmore:  gatelight help ${name}`,
    );
    return EXIT_USAGE;
  }
}

async function help(name: string | undefined, io: CommandIo): Promise<number> {
  const found = COMMANDS.find((command) => command.name === name);
  if (name !== undefined && found === undefined) {
    io.err(`gatelight: there is no "${name}"\n\n${await overview()}`);
    return EXIT_USAGE;
  }
  io.out(found === undefined ? await overview() : (await found.load()).usage);
  return 0;
}

async function overview(): Promise<string> {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return ['usage: gatelight COMMAND [options]', '', ...lines, '', 'gatelight help COMMAND tells more.'].join(
    '\n',
  );
}

function openIo(): CommandIo {
  let stop: AbortSignal | null = null;
  // A reader that went away (`| head`) is no accident.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    outBytes: (bytes) => void process.stdout.write(bytes),
    isTerminal: process.stdout.isTTY === true,
    env: process.env,
    get stop() {
      stop ??= stopOnSignals();
      return stop;
    },
  };
}

/** Only for commands that ask: the others end at the first Ctrl-C, as programs do. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  let askedAtMs = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Ctrl-C under npm arrives twice at once. Asked again later, somebody has had enough; what is on the disk stays good.
      if (stop.signal.aborted && performance.now() - askedAtMs > SECOND_WISH_MS) process.exit(EXIT_ACCIDENT);
      if (stop.signal.aborted) return;
      askedAtMs = performance.now();
      stop.abort();
    });
  }
  return stop.signal;
}

process.exitCode = await main(process.argv.slice(2), openIo()).catch((error: unknown) => {
  process.stderr.write(`gatelight: ${errorText(error)}\n`);
  if (process.env.GATELIGHT_DEBUG !== undefined) console.error(error);
  return EXIT_ACCIDENT;
});
