// What one subcommand of `gatelight` is, and all it may touch of the process: its streams and a wish to stop.

export interface Command {
  readonly name: string;
  /** One line for the table of commands. */
  readonly summary: string;
  /** The whole text of `gatelight NAME --help`. */
  readonly usage: string;
  /** Resolves with the exit code. Throws UsageError for wrong arguments, anything else for an accident. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

export interface CommandIo {
  /** Writes one line, or lines, to standard output; the newline is added. */
  out(text: string): void;
  /** The same to standard error. */
  err(text: string): void;
  /** Writes bytes to standard output as they are. */
  outBytes(bytes: Uint8Array): void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts at the first SIGINT or SIGTERM: finish what is at hand and return. */
  readonly stop: AbortSignal;
}

/** Arguments that make no sense: the entry prints the message and the usage's first line, and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
