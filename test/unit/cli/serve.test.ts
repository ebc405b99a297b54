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
  [['--demo', '--listen', '0.0.0.0'], /--demo lets everybody in/],
  [['--demo', '--public-origin', 'https://gate.example', '--behind-proxy'], /--demo lets everybody in/],
  [['--listen', '0.0.0.0'], /beyond this machine needs --tls-cert and --tls-key, or --behind-proxy/],
  [['--listen', '::', '--public-origin', 'https://gate.example'], /beyond this machine needs/],
  [['--listen', 'eth0'], /--listen takes an address/],
  [['--listen', '0.0.0.0', '--behind-proxy'], /say --public-origin/],
  [['--behind-proxy', '--public-origin', 'http://localhost:4173'], /say --public-origin https/],
  [['--public-origin', 'https://gate.example'], /an https origin needs/],
  [['--public-origin', 'http://gate.example'], /--public-origin takes an origin/],
  [['--public-origin', 'https://gate.example/console'], /--public-origin takes an origin/],
  [['--tls-cert', 'cert.pem'], /come together/],
  [['--tls-cert', 'a', '--tls-key', 'b', '--behind-proxy'], /not both/],
  [['--tls-cert', 'a', '--tls-key', 'b'], /say --public-origin/],
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
