// A snapshot of a page's heap, numbers included, by the browser's own tools.

import type { Page } from '@playwright/test';

export interface Heap {
  readonly bytes: Buffer;
  /** Every text in it, and every number in decimal. */
  readonly strings: ReadonlySet<string>;
}

export async function takeHeap(page: Page): Promise<Heap> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false, captureNumericValue: true });
  await session.detach();
  const snapshot = chunks.join('');
  const { strings } = JSON.parse(snapshot) as { strings: string[] };
  return { bytes: Buffer.from(snapshot), strings: new Set(strings) };
}
