// Whoever signs a change is shown a starting point that was verified from the first root on.

import { beforeEach, describe, expect, it } from 'vitest';
import { addSignature } from '../../../../../src/core/trust/publish/add-signature.ts';
import { buildRoot } from '../../../../../src/core/trust/publish/build-metadata.ts';
import { highestVersion, versionsOf } from '../../../../../src/core/trust/publish/folder.ts';
import { readPublished } from '../../../../../src/core/trust/publish/read-published.ts';
import { parseMetadata } from '../../../../../src/core/trust/tuf/parse-metadata.ts';
import { DESK_NOW_SECONDS, type Holder, TrustDesk } from '../../../../support/trust-desk.ts';

let desk: TrustDesk;
beforeEach(async () => {
  desk = await TrustDesk.open();
  await desk.begin();
});

const refusal = async () => {
  const read = await readPublished(desk.publishedFolder, desk.keys);
  return read.ok ? 'taken' : `${read.error.file}: ${read.error.code}`;
};

function change(name: string, edit: (text: string) => string): void {
  const text = new TextDecoder().decode(desk.publishedFolder.files.get(name));
  const edited = edit(text);
  expect(edited).not.toBe(text);
  desk.publishedFolder.files.set(name, new TextEncoder().encode(edited));
}

const targetFile = () =>
  [...desk.publishedFolder.files.keys()].find((name) => name.endsWith('.issuers.json')) ?? '';

async function writeRoot(version: number, file: string, signers: readonly Holder[]): Promise<void> {
  const term = { version, expiresAt: DESK_NOW_SECONDS + 1000 };
  let bytes = await buildRoot(term, desk.keysOf(['dora', 'ben', 'carol'], ['server']));
  for (const holder of signers) {
    const root = parseMetadata(bytes, 'root');
    if (root.ok) bytes = await addSignature(root.value, desk.signers[holder]);
  }
  desk.publishedFolder.files.set(file, bytes);
}

describe('a published folder', () => {
  it('is taken as it was published, and nothing where nothing was', async () => {
    expect(await refusal()).toBe('taken');
    desk.publishedFolder.files.clear();
    expect(await readPublished(desk.publishedFolder, desk.keys)).toEqual({ ok: true, value: null });
  });

  it('is refused when a byte of a target has changed', async () => {
    change(targetFile(), (text) => text.replace('[]', '{}'));
    expect(await refusal()).toBe(`${targetFile()}: wrong-hash`);
  });

  it('is refused when what was signed has changed', async () => {
    change('1.targets.json', (text) => text.replace('"expires": "2026', '"expires": "2027'));
    expect(await refusal()).toBe('1.targets.json: too-few-signatures');
  });

  it.each(['1.snapshot.json', '1.targets.json'])('is refused without %s', async (name) => {
    desk.publishedFolder.files.delete(name);
    expect(await refusal()).toBe(`${name}: not-found`);
  });

  it('is refused with a root that the one before it did not sign', async () => {
    await writeRoot(2, '2.root.json', ['dora', 'ben']);
    expect(await refusal()).toBe('2.root.json: broken-chain');
    await writeRoot(2, '2.root.json', ['ben', 'carol']);
    expect(await refusal()).toBe('taken');
  });

  it('is refused with a root missing, or under the number of another', async () => {
    await writeRoot(3, '3.root.json', ['ben', 'carol']);
    expect(await refusal()).toBe('2.root.json: not-found');
    desk.publishedFolder.files.delete('3.root.json');
    await writeRoot(3, '2.root.json', ['ben', 'carol']);
    expect(await refusal()).toBe('2.root.json: wrong-version');
  });
});

it('finds versions by their number, not by their spelling', () => {
  const names = [
    '2.root.json',
    '10.root.json',
    '010.root.json',
    'root.json',
    '3.targets.json',
    '9.root.json.x',
  ];
  expect(versionsOf(names, 'root.json')).toEqual([10, 2]);
  expect(highestVersion([], 'root.json')).toBe(0);
});
