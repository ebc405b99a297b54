// The product itself, after a shift: what the browser keeps and a snapshot of the page's heap hold nothing of the passes that
// were scanned. test/browser/device/nothing-readable.spec.ts asks the same after a thousand of them.

import type { Page } from '@playwright/test';
import { parsePass } from '../../src/core/pass/gl1.ts';
import { type Canary, findCanaries } from '../support/canaries.ts';
import { takeHeap } from '../support/heap.ts';
import { expect, goOn, openScanner, pasteText, readVerdict, startShift, test } from './station.ts';

/** What the guard does when the shift is over. */
async function endShiftAndLock(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'End shift' }).click();
  await page.locator('main[data-stage=start]').waitFor();
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    window.dispatchEvent(new Event('visibilitychange'));
  });
}

test('after a shift the heap of the page holds no pass and no id', async ({ station }) => {
  const context = await station.openBrowser();
  const page = await openScanner(context, station);
  await startShift(page);
  const passes = Object.entries(await station.passes()).flatMap(([id, { text }]) => {
    const parsed = parsePass(text, Date.now() / 1000);
    return parsed.ok ? [{ id, text, index: parsed.value.claims.id.index }] : [];
  });
  expect(passes.length).toBeGreaterThan(5);
  const canaries = passes.map(({ id, text }): Canary => ({ name: id, bytes: Buffer.from(text.slice(-40)) }));
  for (const { text } of passes) {
    await pasteText(page, text);
    await readVerdict(page);
    const letIn = page.getByRole('button', { name: 'Let in', exact: true });
    if (await letIn.isVisible()) await letIn.click();
    await goOn(page);
  }
  const found = async () => {
    const heap = await takeHeap(page);
    const named = passes.filter(({ index }) => heap.strings.has(String(index))).map(({ id }) => `id ${id}`);
    return [...findCanaries(heap.bytes, canaries), ...named];
  };
  const last = passes.at(-1);
  await pasteText(page, last?.text ?? '');
  await readVerdict(page);
  // While a verdict stands, the page knows whose it is.
  expect(await found()).toContain(`id ${last?.id}`);
  await goOn(page);
  await endShiftAndLock(page);
  expect(await found()).toEqual([]);
});
