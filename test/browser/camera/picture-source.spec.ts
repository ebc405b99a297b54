import type { Page } from '@playwright/test';
import { expect, test } from './camera-test.ts';

const startWatching = (page: Page) =>
  page.evaluate(() => {
    const target = document.createElement('main');
    const fileInput = document.createElement('input');
    const textField = document.createElement('textarea');
    fileInput.type = 'file';
    document.body.append(target, fileInput, textField);
    const heard: string[] = [];
    const stop = window.page.watchPictures({
      target,
      fileInput,
      onPicture: (picture) => heard.push(`picture ${picture.type} ${picture.size}`),
      onText: (text) => heard.push(`text ${text}`),
    });
    Object.assign(window, { heard, stop });
  });
const heardBy = (page: Page) => page.evaluate(() => (window as unknown as { heard: string[] }).heard);

/** One drop or paste on the first element of this kind; true when the page took it. */
const give = (
  page: Page,
  kind: 'drop' | 'paste',
  on: string,
  data: { file?: string; text?: string; uri?: string },
) =>
  page.evaluate(
    ([event, selector, given]) => {
      const transfer = new DataTransfer();
      if (given.file !== undefined)
        transfer.items.add(new File([given.file], 'a.png', { type: 'image/png' }));
      if (given.text !== undefined) transfer.setData('text/plain', given.text);
      if (given.uri !== undefined) transfer.setData('text/uri-list', given.uri);
      const init = { bubbles: true, cancelable: true };
      const made =
        event === 'drop'
          ? new DragEvent('drop', { ...init, dataTransfer: transfer })
          : new ClipboardEvent('paste', { ...init, clipboardData: transfer });
      return document.querySelector(selector)?.dispatchEvent(made) === false;
    },
    [kind, on, data] as const,
  );

test('a chosen file, twice the same', async ({ page }) => {
  await startWatching(page);
  const file = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('12345') };
  await page.setInputFiles('input', file);
  await page.setInputFiles('input', file);
  expect(await heardBy(page)).toEqual(['picture image/png 5', 'picture image/png 5']);
});

test('a dropped file, a dropped text, a dropped picture of this site, nothing of another', async ({
  page,
}) => {
  await page.route('/some/pass.png', (route) => route.fulfill({ body: 'abc', contentType: 'image/png' }));
  await startWatching(page);
  expect(await give(page, 'drop', 'main', { file: '1234' })).toBe(true);
  await give(page, 'drop', 'main', { text: '  GL1:DROPPED\n' });
  await give(page, 'drop', 'main', { uri: `${new URL('/some/pass.png', page.url())}` });
  await expect
    .poll(() => heardBy(page))
    .toEqual(['picture image/png 4', 'text GL1:DROPPED', 'picture image/png 3']);
  await give(page, 'drop', 'main', { uri: 'https://elsewhere.example/pass.png' });
  await page.waitForTimeout(200);
  expect(await heardBy(page)).toHaveLength(3);
});

test('a pasted text and picture, but not what is pasted into a text field', async ({ page }) => {
  await startWatching(page);
  expect(await give(page, 'paste', 'main', { text: 'GL1:PASTED' })).toBe(true);
  expect(await give(page, 'paste', 'main', { file: '12' })).toBe(true);
  expect(await give(page, 'paste', 'textarea', { text: 'a note' })).toBe(false);
  expect(await heardBy(page)).toEqual(['text GL1:PASTED', 'picture image/png 2']);
});

test('nothing after it was stopped', async ({ page }) => {
  await startWatching(page);
  await page.evaluate(() => (window as unknown as { stop: () => void }).stop());
  await give(page, 'paste', 'main', { text: 'GL1:LATE' });
  expect(await heardBy(page)).toEqual([]);
});
