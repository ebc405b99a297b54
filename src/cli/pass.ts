// gatelight pass: issue one, show what one says, draw one as a QR code.

import { readFile, writeFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { parseOptions, wholeNumber } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { createQrCode, qrToBlocks, qrToPixels, qrToSvg } from './draw-qr.ts';
import { ISSUE_USAGE, issuePass } from './issue-pass.ts';
import { writePng } from './picture-file.ts';
import { SHOW_USAGE, showPass } from './show-pass.ts';

const DRAW_USAGE = `gatelight pass draw TEXT|FILE|- [--out FILE.png|FILE.svg|terminal] [--module PIXELS]

Draws a text as a QR code at level M, with the quiet zone it needs: as PNG, as SVG, or in this terminal (the default).

  --module PIXELS   pixels a module in a PNG, 1 to 64 (8)

Exit: 0 drawn, 2 wrong arguments, or a text that no QR code holds`;

const USAGE = `gatelight pass issue|show|draw ...

${ISSUE_USAGE}


${SHOW_USAGE}


${DRAW_USAGE}`;

export const passCommand: Command = {
  name: 'pass',
  summary: 'issue, show and draw passes: pass issue, pass show, pass draw',
  usage: USAGE,
  async run(args, io) {
    const [action, ...rest] = args;
    const isHelp = rest.includes('--help') || rest.includes('-h');
    switch (action) {
      case 'issue':
        return isHelp ? print(ISSUE_USAGE, io) : issuePass(rest, io);
      case 'show':
        return isHelp ? print(SHOW_USAGE, io) : showPass(await onlyText('show', rest), io);
      case 'draw':
        return isHelp ? print(DRAW_USAGE, io) : drawPass(rest, io);
      case '--help':
      case '-h':
        return print(USAGE, io);
      default:
        throw new UsageError(
          action === undefined ? 'say issue, show or draw' : `no "${action}" here; say issue, show or draw`,
        );
    }
  },
};

function print(usage: string, io: CommandIo): number {
  io.out(usage);
  return 0;
}

async function onlyText(action: string, args: readonly string[]): Promise<string> {
  const { positionals } = parseOptions(args, {});
  return readText(action, positionals);
}

/** The text itself, the file that holds it, or standard input for '-'. A line's end after it does not count. */
async function readText(action: string, positionals: readonly string[]): Promise<string> {
  const [source, ...more] = positionals;
  if (source === undefined || more.length > 0) {
    throw new UsageError(
      `${action} takes one text, file or -${more.length > 0 ? '; put quotes around a text with spaces' : ''}`,
    );
  }
  const text = source === '-' ? await readStream(process.stdin) : await readIfFile(source);
  return text.replace(/\r?\n$/, '');
}

async function readIfFile(source: string): Promise<string> {
  if (source.startsWith('GL1:')) return source;
  try {
    return await readFile(source, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENAMETOOLONG' || code === 'ENOTDIR') return source;
    throw new UsageError(`${source} cannot be read (${String(code)})`);
  }
}

async function drawPass(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string', default: 'terminal' },
    module: { type: 'string', default: '8' },
  });
  const { out } = values;
  const pixelsPerModule = wholeNumber('--module', values.module, 64);
  if (pixelsPerModule === 0) throw new UsageError('--module takes at least 1 pixel');
  const code = createQrCode(await readText('draw', positionals));
  if (!code.ok) {
    throw new UsageError(
      code.error === 'empty-text' ? 'there is no text to draw' : 'the text is too long for any QR code',
    );
  }
  if (out === 'terminal') {
    io.out(qrToBlocks(code.value, { isColoured: io.isTerminal && io.env.NO_COLOR === undefined }));
    return 0;
  }
  if (out.toLowerCase().endsWith('.svg')) {
    await writeFile(out, qrToSvg(code.value));
  } else if (out.toLowerCase().endsWith('.png')) {
    await writePng(qrToPixels(code.value, pixelsPerModule), out);
  } else {
    throw new UsageError(`--out takes a name that ends in .png or .svg, or the word terminal, not "${out}"`);
  }
  io.err(`${out}: version ${code.value.version}, ${code.value.size} modules`);
  return 0;
}
