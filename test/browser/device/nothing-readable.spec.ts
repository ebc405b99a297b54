// What a thief of a locked tablet finds after 1,000 scans: everything that the browser keeps and a snapshot of the page's heap
// are searched for the names and the ids of the passes, and for anything that opens a record.

import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type Page, test } from '@playwright/test';
import { parseSealedEnvelope, type SealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import { nonceOf } from '../../../src/core/log/sealed/sealer.ts';
import { BOX_KEY_BYTES, openBox } from '../../../src/core/nacl/box.ts';
import { type Canary, findCanaries } from '../../support/canaries.ts';
import { findChromium } from '../../support/find-chromium.mjs';
import { takeHeap } from '../../support/heap.ts';
import { openLogPage } from './open-page.ts';
import { SealedServer } from './sealed-server.ts';

const SCANS = 1000;
/** Issued under a list of its own, so that an id is not mostly zeros. */
const LIST = 0xa5c3;

interface Marked {
  readonly text: string;
  readonly index: number;
  readonly canaries: readonly Canary[];
}

/** Numbers that look random and are the same each time. */
const numberOf = (words: string): number => createHash('sha256').update(words).digest().readUInt32LE(0);

async function markedPass(server: SealedServer, at: number): Promise<Marked> {
  const index = numberOf(`index ${at}`) & 0xffffff;
  const name = `Zyx${numberOf(`name ${at}`).toString(36)} Qvw${numberOf(`family ${at}`).toString(36)}`;
  const printed = { name, birthYear: 1950 + (at % 50) };
  const text = await server.issuer.issue({ id: { list: LIST, index }, printed });
  const id = new Uint8Array([LIST >> 8, LIST & 0xff, index >> 16, (index >> 8) & 0xff, index & 0xff]);
  const canaries = [
    { name: `name ${at}`, bytes: Buffer.from(name) },
    { name: `id ${at}`, bytes: id },
    // As it stands in a pass: key 7, five bytes.
    { name: `id in a claim ${at}`, bytes: new Uint8Array([0x07, 0x45, ...id]) },
    { name: `end of the pass ${at}`, bytes: Buffer.from(text.slice(-40)) },
  ];
  return { text, index, canaries };
}

test('1,000 scans leave no name and no id behind, and nothing that opens a record', async ({ baseURL }) => {
  test.setTimeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'gatelight-thief-'));
  const found = findChromium();
  if (found === null) throw new Error('no Chromium was found');
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: found.path,
    args: found.args,
    ...(baseURL !== undefined && { baseURL }),
  });
  try {
    const server = await SealedServer.open(context);
    server.house.issuersById.set('city', server.house.entryOf(server.issuer, { statusLists: 'none' }));
    await server.house.publish();
    const page = await context.newPage();
    await openLogPage(page);
    await server.enrol(page);
    await page.evaluate(async () => {
      window.sealedTablet = await window.log.openTablet();
      await window.sealedTablet.prepare();
      await window.sealedTablet.refresh();
    });
    server.isDown = true;
    const passes: Marked[] = [];
    for (let at = 0; at < SCANS; at++) passes.push(await markedPass(server, at));
    const canaries = passes.flatMap((pass) => pass.canaries);
    const verdicts = new Map<string, number>();
    for (const { text } of passes) {
      const verdict = await page.evaluate(async (pass) => {
        const outcome = await window.sealedTablet.scan(pass, { gate: 'gate-1', direction: 'in' });
        return outcome.kind === 'recorded' ? outcome.verdict.kind : outcome.why;
      }, text);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    expect([...verdicts]).toEqual([['admit', SCANS]]);
    await lock(page);

    const heap = await takeHeap(page);
    expect(findCanaries(heap.bytes, canaries)).toEqual([]);
    expect(passes.filter(({ index }) => heap.strings.has(String(index)))).toEqual([]);

    const dumpOf = async (isWhole: boolean) =>
      Buffer.from(await page.evaluate((whole) => window.log.dump(whole), isWhole), 'base64');
    const dump = await dumpOf(true);
    expect(dump.length).toBeGreaterThan(SCANS * 250);
    expect(findCanaries(dump, canaries)).toEqual([]);

    const [keys, facts] = [await page.evaluate(() => window.log.describeKeys()), await dumpOf(false)];
    expect(keys.length).toBeGreaterThan(2);
    expect(keys.filter(({ extractable }) => extractable)).toEqual([]);
    const stored = await page.evaluate(() => window.log.readEnvelopes());
    const envelopes = stored.map((bytes) => {
      const parsed = parseSealedEnvelope(new Uint8Array(bytes));
      if (!parsed.ok) throw new Error(parsed.error);
      return parsed.value;
    });
    expect(envelopes).toHaveLength(SCANS);
    const { publicKey, secretKey } = await server.sealPair(server.today);
    expect(findOpener(Buffer.concat([facts, secretKey]), publicKey, envelopes)).toBe(facts.length);
    expect(findOpener(facts, publicKey, envelopes)).toBeNull();
    await context.close();
    const files = readFolder(folder);
    expect(findCanaries(files, canaries)).toEqual([]);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function lock(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    window.dispatchEvent(new Event('visibilitychange'));
  });
}

function readFolder(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
}

/**
 * Each place of those bytes is tried as the day's private key, as that of a session, and as the key which the two of the first
 * and the last record agreed on; null: none opens anything.
 */
function findOpener(bytes: Buffer, dayKey: Uint8Array, envelopes: readonly SealedEnvelope[]): number | null {
  const publicKeys = new Set([dayKey, ...envelopes.map(({ session }) => session)].map(hexOf));
  const sealed = [envelopes[0], envelopes.at(-1)].filter((envelope) => envelope !== undefined);
  for (let at = 0; at + BOX_KEY_BYTES <= bytes.length; at++) {
    const key = bytes.subarray(at, at + BOX_KEY_BYTES);
    if (publicKeys.has(publicKeyOf(key))) return at;
    if (sealed.some((one) => openBox(one.sealed, nonceOf(one.seq), new Uint8Array(key)) !== null)) return at;
  }
  return null;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** PKCS #8 of an X25519 key (RFC 8410), up to its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

function publicKeyOf(secret: Buffer): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('hex');
}
