// What the trust command asks a person: passphrases, without showing them, and whether to go on.

import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { type CommandIo, UsageError } from './command.ts';

const LEAST_CHARACTERS = 8;
const [ENTER, LINE_FEED, INTERRUPT, END, BACKSPACE, DELETE] = [
  '\r',
  '\n',
  '\u0003',
  '\u0004',
  '\b',
  '\u007f',
];

/** `isNew`: for a key that is made now, so it is asked twice and must not be short. */
export type AskPassphrase = (holder: string, how: { readonly isNew: boolean }) => Promise<string>;

/** From the file, else from GATELIGHT_PASSPHRASE, else from the terminal, for each key. */
export function passphrasesFrom(file: string | undefined, { env }: CommandIo): AskPassphrase {
  return async (holder, { isNew }) => {
    const given = file === undefined ? env.GATELIGHT_PASSPHRASE : await readPassphraseFile(file);
    const passphrase = given ?? (await askAtTerminal(holder, isNew));
    if (passphrase === '') throw new UsageError(`the passphrase for the key of ${holder} is empty`);
    if (isNew && [...passphrase].length < LEAST_CHARACTERS)
      throw new UsageError(`a passphrase has at least ${LEAST_CHARACTERS} characters`);
    return passphrase;
  };
}

/** True for --yes. Without a terminal nobody can be asked. */
export async function confirm(question: string, isYes: boolean): Promise<boolean> {
  if (isYes) return true;
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask at: say --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close it without an answer.
  const noAnswer = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), noAnswer]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

async function readPassphraseFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    throw new UsageError(`the passphrase file ${path} cannot be read (${String(code)})`);
  }
}

async function askAtTerminal(holder: string, isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError('there is no terminal to ask at: use --passphrase-file or GATELIGHT_PASSPHRASE');
  const passphrase = await askHidden(`Passphrase for the ${isNew ? 'new ' : ''}key of ${holder}: `);
  if (isNew && passphrase !== (await askHidden('Once more: ')))
    throw new UsageError('the two passphrases differ');
  return passphrase;
}

function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (end: () => void) => {
      stdin.off('data', read).setRawMode(false).pause();
      stderr.write('\n');
      end();
    };
    const read = (chunk: string) => {
      for (const character of chunk) {
        if (character === INTERRUPT || character === END)
          return finish(() => reject(new UsageError('no passphrase was given')));
        if (character === ENTER || character === LINE_FEED) return finish(() => resolve(typed));
        typed =
          character === BACKSPACE || character === DELETE
            ? [...typed].slice(0, -1).join('')
            : typed + character;
      }
    };
    stdin.setEncoding('utf8');
    stdin.setRawMode(true).on('data', read).resume();
  });
}
