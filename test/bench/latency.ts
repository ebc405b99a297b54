// npm run bench:latency [-- --passes N]: from the first readable frame to the painted verdict, ours beside @zxing/browser,
// each in the same page with the same trust, signature check, durable record and paint. Exit 1 unless ours has the
// lowest p95 at both speeds.

import { mkdtemp } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import type { Pixels } from '../../src/cli/picture-file.ts';
import { openPictureDecoder } from '../../src/cli/read-picture.ts';
import { findChromium } from '../support/find-chromium.mjs';
import { createRandom, drawFrame } from '../support/frames/draw-frame.ts';
import { openPeers } from './decode-peers.ts';
import { percentile } from './decode-score.ts';
import type { Contender } from './latency/contenders.ts';
import { createPasses, type HeldUp, type Passes } from './latency/passes.ts';
import { serveBench } from './latency/serve-bench.ts';

interface Showing {
  readonly contender: Contender;
  readonly slowdown: number;
  readonly ms: number | null;
}

const CONTENDERS: readonly Contender[] = ['gatelight', '@zxing/browser', '@zxing/browser, no waits'];
const SLOWDOWNS = [1, 6];
/** A showing that gave no verdict counts as this long, which is when the page gives up. */
const GIVE_UP_MS = 8000;
/** Passes in a row at one speed. */
const BLOCK = 10;
const WARM_UP = 3;
/** As wide as @zxing/browser's own wait, so that a showing meets its loop anywhere. */
const PAUSE_MS = { least: 400, most: 900 };

export async function main(args: string[]): Promise<number> {
  const asked = parseOptions(args);
  if (asked === null) return fail('usage: npm run bench:latency [-- --passes N]');
  const found = findChromium();
  if (found === null) return fail('found no Chromium: set GATELIGHT_CHROMIUM to its path');

  const passes = await createPasses(Math.floor(Date.now() / 1000));
  const { kept, drawn } = await drawReadable(passes, WARM_UP + SLOWDOWNS.length * asked.passes);
  console.log(
    `${asked.passes} passes at each speed, in frames of 1280x720; of ${drawn} drawn, the ${kept.length} first that both decoders read at one look`,
  );
  const frames = new Map(kept.map(({ plane }, at) => [String(at), Uint8Array.from(plane.data)]));
  frames.set('room', Uint8Array.from(drawFrame(null).data));
  const folder = await mkdtemp(join(tmpdir(), 'gatelight-latency-'));
  const bench = await serveBench(folder, passes, frames);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...found.args, '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 800, height: 1280 } });
    page.on('pageerror', (error) => console.error(error));
    const session = await page.context().newCDPSession(page);
    await page.goto(bench.origin);
    await page.waitForFunction(() => window.latencyBench !== undefined);
    const random = createRandom(7);
    const show = async (contender: Contender, pass: number) => {
      const pauseMs = PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least);
      return page.evaluate(
        ([who, which, pause]) => {
          if (window.latencyBench === undefined) throw new Error('the bench is gone');
          return window.latencyBench.measure(who, which, pause);
        },
        [contender, pass, pauseMs] as const,
      );
    };
    const showings: Showing[] = [];
    for (let pass = 0; pass < WARM_UP; pass++)
      for (const contender of CONTENDERS) await show(contender, pass);
    // No pass at two speeds: our scanner ignores what it has just read, and waits for it to be somebody else's turn.
    const stacks = SLOWDOWNS.map((slowdown, at) => ({
      slowdown,
      passes: kept
        .slice(WARM_UP)
        .flatMap((_, pass) => (pass % SLOWDOWNS.length === at ? [WARM_UP + pass] : [])),
    }));
    for (let first = 0; first < asked.passes; first += BLOCK) {
      for (const { slowdown, passes: stack } of stacks) {
        await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
        for (const pass of stack.slice(first, first + BLOCK)) {
          for (const contender of shuffle(CONTENDERS, random)) {
            const { ms, verdict } = await show(contender, pass);
            if (ms !== null && verdict !== 'admit') throw new Error(`${contender} led to ${verdict}`);
            showings.push({ contender, slowdown, ms });
          }
        }
      }
    }
    return report(showings, browser.version());
  } finally {
    await browser.close();
    await bench.close();
  }
}

function fail(problem: string): number {
  console.error(problem);
  return 2;
}

function parseOptions(args: string[]) {
  try {
    const { values } = parseArgs({ args, options: { passes: { type: 'string', default: '100' } } });
    const passes = Number(values.passes);
    return Number.isInteger(passes) && passes > 0 ? { passes } : null;
  } catch {
    return null;
  }
}

/** A frame that one of them cannot read says nothing about how soon it is read. */
async function drawReadable(passes: Passes, count: number): Promise<{ kept: HeldUp[]; drawn: number }> {
  const ours = await openPictureDecoder();
  const zxing = (await openPeers()).find(({ name }) => name === '@zxing/browser');
  if (zxing === undefined) throw new Error('there is no @zxing/browser to compare with');
  const kept: HeldUp[] = [];
  let drawn = 0;
  for await (const held of passes.draw()) {
    drawn++;
    const isReadByBoth =
      ours.decode(held.plane, 'video').some(({ text }) => text === held.text) &&
      (await zxing.read(toPixels(held))).includes(held.text);
    if (isReadByBoth) kept.push(held);
    if (kept.length === count) break;
  }
  return { kept, drawn };
}

function toPixels({ plane: { data, width, height } }: HeldUp): Pixels {
  const rgba = new Uint8Array(4 * width * height);
  for (const [at, grey] of data.entries()) rgba.set([grey, grey, grey, 255], 4 * at);
  return { rgba, width, height };
}

function shuffle<T>(all: readonly T[], random: () => number): T[] {
  const shuffled = [...all];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const [a, b] = [shuffled[at], shuffled[other]] as [T, T];
    shuffled[at] = b;
    shuffled[other] = a;
  }
  return shuffled;
}

function report(showings: readonly Showing[], version: string): number {
  console.log('page slowed | read by                   |   n | no verdict | median ms |  p95 ms |  max ms');
  let isOursLowest = true;
  for (const slowdown of SLOWDOWNS) {
    const p95s = CONTENDERS.map((contender) => {
      const own = showings.filter((one) => one.contender === contender && one.slowdown === slowdown);
      const times = own.map(({ ms }) => ms ?? GIVE_UP_MS);
      const missed = own.filter(({ ms }) => ms === null).length;
      const [median, p95, most] = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)];
      const cells = [median, p95, most].map((ms) => ms.toFixed(0));
      console.log(
        [
          `${slowdown} times`.padStart(11),
          contender.padEnd(25),
          String(own.length).padStart(3),
          String(missed).padStart(10),
          cells[0]?.padStart(9),
          cells[1]?.padStart(7),
          cells[2]?.padStart(7),
        ].join(' | '),
      );
      return p95;
    });
    isOursLowest &&= p95s.slice(1).every((p95) => (p95s[0] ?? Number.POSITIVE_INFINITY) < p95);
  }
  const [cpu] = cpus();
  console.log(`${cpus().length} x ${cpu?.model.trim()}, Chromium ${version}, Node ${process.versions.node}`);
  console.log(
    'Only the page is slowed: neither the camera, nor our decoder and the disk, which have threads of their own.',
  );
  console.log(`${isOursLowest ? 'holds' : 'FAILS'}: the lowest p95 at each speed is ours`);
  return isOursLowest ? 0 : 1;
}
