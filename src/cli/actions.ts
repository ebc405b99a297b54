// A command of several actions, each with arguments and a usage of its own: gatelight NAME ACTION ...

import { type Command, type CommandIo, UsageError } from './command.ts';

export interface Action {
  readonly usage: string;
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

export type Actions = Readonly<Record<string, Action>>;

/** Actions that share a usage show it once. */
export function createActionsCommand(name: string, summary: string, actions: Actions): Command {
  const names = Object.keys(actions);
  const usages = new Set(Object.values(actions).map(({ usage }) => usage));
  const usage = [`gatelight ${name} ${names.join('|')} ...`, [...usages].join('\n\n\n')].join('\n\n');
  return {
    name,
    summary,
    usage,
    async run([asked = '', ...rest], io) {
      if (isHelp(asked)) return print(usage, io);
      const action = actionOf(actions, asked);
      return rest.some(isHelp) ? print(action.usage, io) : action.run(rest, io);
    },
  };
}

/** Throws UsageError for a name that is none of them. */
export function actionOf<A>(actions: Readonly<Record<string, A>>, name: string): A {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined)
    throw new UsageError(`say one of ${Object.keys(actions).join(', ')}, not "${name}"`);
  return action;
}

const isHelp = (argument: string): boolean => argument === '--help' || argument === '-h';

function print(usage: string, io: CommandIo): number {
  io.out(usage);
  return 0;
}
