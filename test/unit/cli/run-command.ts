// Runs a command as the entry does, and keeps what it printed.

import { type Command, UsageError } from '../../../src/cli/command.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runCommand(command: Command, ...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    outBytes: (bytes: Uint8Array) => void out.push(Buffer.from(bytes).toString('latin1')),
    isTerminal: false,
    env: {},
    stop: new AbortController().signal,
  };
  const print = () => ({ out: out.join('\n'), err: err.join('\n') });
  try {
    return { code: await command.run(args, io), ...print() };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    err.push(error.message);
    return { code: 2, ...print() };
  }
}
