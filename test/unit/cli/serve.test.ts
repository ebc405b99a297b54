// What `gatelight serve` refuses before it starts anything. A running server is tested where it is built.

import { expect, it } from 'vitest';
import { serveCommand } from '../../../src/cli/serve.ts';
import { runCommand } from './run-command.ts';

it.each([
  [[], /say --demo, or give both --trust DIR and --keys DIR/],
  [['--trust', 'trust'], /say --demo, or give both/],
  [['--keys', 'keys', '--lists', 'lists'], /say --demo, or give both/],
  [['--demo', '--trust', 'trust'], /--demo makes its own/],
  [['--demo', '--settings', 'settings.json'], /--demo makes its own/],
  [['--demo', '--passphrase-file', 'file'], /--demo makes its own/],
  [['--demo', '--port', '70000'], /--port takes a whole number/],
  [['now'], /serve takes no "now"/],
])('%j is refused', async (args, words) => {
  const ran = await runCommand(serveCommand, ...args);
  expect([ran.code, ran.out]).toEqual([2, '']);
  expect(ran.err).toMatch(words);
});

it('says how it is used', async () => {
  const { code, out } = await runCommand(serveCommand, '--help');
  expect(code).toBe(0);
  for (const option of [
    '--demo',
    '--trust DIR',
    '--keys DIR',
    '--settings FILE',
    '--lists DIR',
    '--passphrase-file',
  ])
    expect(out).toContain(option);
});
