// The demo's station: keys are kept and private, trust stays fresh and only rises, every sample does what it says.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseBase45 } from '../../../src/core/bytes/base45.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { GL1_PREFIX } from '../../../src/core/pass/gl1.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { verifyTrustDocument } from '../../../src/core/trust/trust-document.ts';
import { decideVerdict } from '../../../src/core/verdict/decide-verdict.ts';
import { openReading } from '../../../src/core/verdict/open-reading.ts';
import { type Demo, prepareDemo } from '../../../src/server/demo/prepare-demo.ts';
import type { SamplePass } from '../../../src/server/demo/sample-passes.ts';

const NOW = Date.UTC(2026, 10, 23, 13, 32) / 1000;

let dataDir: string;
let nowSeconds: number;
const clock = { nowSeconds: () => nowSeconds };
const demos: Demo[] = [];

async function openDemo(): Promise<Demo> {
  const demo = await prepareDemo(dataDir, clock);
  demos.push(demo);
  return demo;
}

async function verified(demo: Demo) {
  const result = await verifyTrustDocument(demo.trustText(), null, await chooseEngine());
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'demo-'));
  nowSeconds = NOW;
});

afterEach(async () => {
  vi.useRealTimers();
  for (const demo of demos.splice(0)) demo.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the keys', () => {
  it('are readable by their owner alone', async () => {
    await openDemo();
    const folder = join(dataDir, 'keys');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const files = await readdir(folder);
    expect(files.sort()).toEqual(['issuer.json', 'receipt.json', 'root.json', 'stranger.json']);
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it('stay the same at the next start, and are other ones in another folder', async () => {
    const first = await verified(await openDemo());
    const second = await verified(await openDemo());
    expect(encodeHex(second.root)).toBe(encodeHex(first.root));
    expect(encodeHex(second.trust.receiptKey)).toBe(encodeHex(first.trust.receiptKey));
    await rm(dataDir, { recursive: true });
    expect(encodeHex((await verified(await openDemo())).root)).not.toBe(encodeHex(first.root));
  });

  it('stop the start when one is damaged, and leave the file as it is', async () => {
    await openDemo();
    const path = join(dataDir, 'keys', 'root.json');
    await writeFile(path, '{"kind":"gatelight-key"');
    await expect(openDemo()).rejects.toThrow(/root\.json.*not-json/);
    expect(await readFile(path, 'utf8')).toBe('{"kind":"gatelight-key"');
  });
});

describe('the trust document', () => {
  it('verifies, names the station and holds the receipt key', async () => {
    const demo = await openDemo();
    const { trust } = await verified(demo);
    expect(trust.site).toMatchObject({ id: 'lindenhof', timeZone: 'Europe/Berlin', dayStartMinutes: 240 });
    expect(trust.site.gates).toHaveLength(4);
    expect(trust.issuedAt).toBe(NOW);
    expect(encodeHex(trust.receiptKey)).toBe(encodeHex(demo.receiptSigner.publicKey));
    expect(await readFile(demo.trustPath, 'utf8')).toBe(demo.trustText());
  });

  it('rises in version at every start, even with a clock set back', async () => {
    const first = await verified(await openDemo());
    nowSeconds -= 86_400;
    const second = await verified(await openDemo());
    expect(second.trust.version).toBeGreaterThan(first.trust.version);
  });

  it('is signed anew once an hour has passed, not before', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const demo = await openDemo();
    const first = demo.trustText();
    nowSeconds += 3599;
    vi.advanceTimersByTime(60_000);
    nowSeconds += 1;
    expect(demo.trustText()).toBe(first);
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(demo.trustText()).not.toBe(first));
    expect((await verified(demo)).trust.issuedAt).toBe(NOW + 3600);
  });
});

describe('the sample passes', () => {
  async function judge(
    demo: Demo,
    { text }: SamplePass,
    lastSeen: { minute: number; gate: string; direction: 'in' } | null,
  ) {
    const { trust } = await verified(demo);
    const opened = await openReading(text, trust, await chooseEngine(), nowSeconds);
    const now = { wallMs: nowSeconds * 1000, floorMs: trust.issuedAt * 1000, doubt: null };
    return decideVerdict(opened, trust, { lastSeen }, now, { gate: 'gate-1', direction: 'in' });
  }

  const ids = [
    'green',
    'yellow',
    'red',
    'expired',
    'not-yet-valid',
    'forged',
    'unknown-issuer',
    'not-a-pass',
    'seen-before',
  ];

  it('are these', async () => {
    const samples = await (await openDemo()).samplePasses();
    expect(samples.map(({ id }) => id)).toEqual(ids);
  });

  it.each(ids)('%s gives the verdict and the reason that it announces', async (id) => {
    const demo = await openDemo();
    const sample = (await demo.samplePasses()).find((one) => one.id === id);
    if (sample === undefined) throw new Error(`no sample ${id}`);
    const seen = { minute: Math.floor(NOW / 60) - 1, gate: 'gate-2', direction: 'in' } as const;
    const verdict = await judge(demo, sample, id === 'seen-before' ? seen : null);
    expect([verdict.kind, verdict.reason]).toEqual([sample.expectedVerdict, sample.expectedReason]);
  });

  it('the one to be seen before is admitted the first time', async () => {
    const demo = await openDemo();
    const sample = (await demo.samplePasses()).find(({ id }) => id === 'seen-before');
    if (sample === undefined) throw new Error('no sample');
    expect((await judge(demo, sample, null)).kind).toBe('admit');
  });

  it('are other passes at every load, the green one small enough for a version 7 code', async () => {
    const demo = await openDemo();
    const [first, second] = [await demo.samplePasses(), await demo.samplePasses()];
    const texts = (list: readonly SamplePass[]) =>
      list.filter(({ id }) => id !== 'not-a-pass').map(({ text }) => text);
    expect(new Set([...texts(first), ...texts(second)]).size).toBe(16);
    const cose = parseBase45((first[0]?.text ?? '').slice(GL1_PREFIX.length));
    expect(cose.ok && cose.value.length).toBeLessThanOrEqual(116);
  });

  it('are served as JSON that nothing caches', async () => {
    const demo = await openDemo();
    const answer = await demo.sampleRoutes.request('/api/demo/passes');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(((await answer.json()) as readonly SamplePass[]).map(({ id }) => id)).toEqual(ids);
  });
});
