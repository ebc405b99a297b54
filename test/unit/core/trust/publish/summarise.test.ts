// What people read before they sign. Every change shows, and what is out of the ordinary stands out.

import { beforeEach, expect, it } from 'vitest';
import { putEntry } from '../../../../../src/core/trust/publish/edit-document.ts';
import { summariseStaged } from '../../../../../src/core/trust/publish/summarise.ts';
import { lengthText, terminalSafe } from '../../../../../src/core/trust/publish/summarise-entries.ts';
import { ISSUERS_FILE, POLICIES_FILE } from '../../../../../src/core/trust/targets/targets.ts';
import {
  DAY_SECONDS,
  DESK_NOW_SECONDS,
  issuerEntry,
  issuerKey,
  standardPolicy,
  TrustDesk,
} from '../../../../support/trust-desk.ts';

let desk: TrustDesk;
beforeEach(async () => {
  desk = await TrustDesk.open();
  await desk.begin();
});

const summary = async () => summariseStaged(await desk.published(), await desk.staged(), desk.nowSeconds);
const hex = (number: number) => number.toString(16).padStart(2, '0').repeat(32);

async function publishIssuer(): Promise<void> {
  await desk.stageIssuer(issuerEntry('harbour'));
  await desk.sign('anna', 'ben');
  expect((await desk.publish()).ok).toBe(true);
}

it('says who comes, with every fact', async () => {
  await desk.stageIssuer(
    issuerEntry('harbour', {
      name: { en: 'Harbour desk', es: 'Oficina del puerto' },
      scope: ['standard'],
      isTest: true,
      statusLists: [{ list: 3, uri: 'https://harbour.example/lists/3', keys: [hex(9)] }],
    }),
  );
  expect(await summary()).toEqual([
    'targets 2, hold until 2026-03-31T09:00:00Z',
    'snapshot 2, holds until 2026-03-08T09:00:00Z',
    '  + issuer harbour comes',
    '      name (en): "Harbour desk"',
    '      name (es): "Oficina del puerto"',
    '      appeal (en): "Health desk, ground floor"',
    '      counts at: sites of class standard',
    '      for: TESTS only: tablets in service take none of its passes',
    '      size: over 1,000 passes',
    `      key ${hex(1)}: Ed25519, for passes issued 2026-03-09T09:00:00Z to 2027-04-05T09:00:00Z`,
    `      status list 3: https://harbour.example/lists/3, signed by ${hex(9)}`,
  ]);
});

it('says what changes of one that stays, and nothing else', async () => {
  await publishIssuer();
  await desk.stageIssuer(
    issuerEntry('harbour', { keys: [issuerKey(2)], appeal: { en: 'Health desk, first floor' } }),
  );
  const dates = 'Ed25519, for passes issued 2026-03-09T09:00:00Z to 2027-04-05T09:00:00Z';
  expect((await summary()).slice(2)).toEqual([
    '  ~ issuer harbour changes',
    `    - key ${hex(1)}: ${dates}`,
    '    ~ appeal (en): "Health desk, ground floor", becomes "Health desk, first floor"',
    `    + key ${hex(2)}: ${dates}`,
  ]);
});

it('says who goes', async () => {
  await publishIssuer();
  await desk.stageFiles((files) =>
    files.set(ISSUERS_FILE, new TextEncoder().encode('{"format":1,"issuers":[]}')),
  );
  expect((await summary()).slice(2)).toEqual(['  - issuer harbour goes']);
});

it('says an emergency before everything else that changes', async () => {
  const key = issuerKey(1, { validFrom: DESK_NOW_SECONDS + 2 * DAY_SECONDS, isEmergency: true });
  await desk.stageIssuer(issuerEntry('harbour', { keys: [key] }));
  const [, , first, ...rest] = await summary();
  expect(first).toBe(
    `  ! EMERGENCY: harbour gets a key with 2 days of notice instead of 7 days. Tablets that are offline will not know its passes. (${hex(1)})`,
  );
  expect(rest.find((line) => line.includes('key '))).toMatch(/, EMERGENCY$/);
});

it('says how bounds change', async () => {
  await desk.stageFiles((files) => {
    const policies = files.get(POLICIES_FILE) ?? new Uint8Array();
    const milder = standardPolicy({
      mildest: { yellow: 'admit', red: 'refuse' },
      maxPassAgeSeconds: 36 * 3600,
    });
    files.set(POLICIES_FILE, putEntry(policies, 'policies', milder));
  });
  expect((await summary()).slice(2)).toEqual([
    '  ~ policy of class standard changes',
    '    ~ yellow, at its mildest: check, becomes admit',
    '    ~ oldest pass: any that is valid, becomes 36 h',
  ]);
});

it('says who signs from now on and who no longer does', async () => {
  await desk.stageRoot(desk.keysOf(['dora', 'ben', 'carol'], ['server-2']));
  const key = (holder: 'anna' | 'ben' | 'carol' | 'dora' | 'server' | 'server-2') =>
    Buffer.from(desk.signers[holder].publicKey).toString('hex');
  expect(await summary()).toEqual([
    'root 2, holds until 2027-03-01T09:00:00Z',
    '  2 of 3 sign root, targets and snapshot',
    `  - anna  ${key('anna')}  signs no more`,
    `  + dora  ${key('dora')}`,
    `    ben  ${key('ben')}`,
    `    carol  ${key('carol')}`,
    '  1 of 1 signs the timestamp',
    `  - server  ${key('server')}  signs no more`,
    `  + server-2  ${key('server-2')}`,
  ]);
});

it('says that nothing changes', async () => {
  await desk.stageFiles();
  expect((await summary()).slice(2)).toEqual(['  nothing changes but how long it holds']);
});

it('says what cannot be read instead of hiding it', async () => {
  await desk.stageFiles((files) => files.set('issuers.json', new TextEncoder().encode('{}')));
  expect((await summary()).at(-1)).toMatch(/^! issuers\.json: /);
});

it('lets no text move the cursor or turn the direction of reading', async () => {
  await desk.stageIssuer(issuerEntry('harbour', { name: { en: 'A\u001b[2J\u009b1A\u202e\nB' } }));
  const line = (await summary()).find((text) => text.includes('name (en)'));
  expect(line).toBe('      name (en): "A\\u001b[2J\\u009b1A\\u202e\\nB"');
  expect(terminalSafe('نص')).toBe('نص');
});

it.each([
  [0, '0 s'],
  [90, '90 s'],
  [900, '15 min'],
  [86_400, '24 h'],
  [172_800, '2 days'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(lengthText(seconds)).toBe(text);
});
