// The tablet's way to trust over HTTP: whatever can go wrong on it is an answer, and no file is read beyond its limit.

import { expect, type Page, test } from '@playwright/test';
import { openPage } from './open-page.ts';

const ask = (page: Page, maxBytes: number) =>
  page.evaluate(async (limit) => {
    const answer = await window.memory.httpSource.fetchSettings(limit);
    return answer.kind === 'bytes' ? answer.bytes.length : answer.kind;
  }, maxBytes);

test('takes a file up to its limit and not a byte more', async ({ page }) => {
  await openPage(page);
  await page.route('**/api/settings', (route) => route.fulfill({ body: Buffer.alloc(1000) }));
  expect([await ask(page, 1000), await ask(page, 999)]).toEqual([1000, 'too-large']);
});

test('says what is not there, and calls whatever else went wrong unreachable', async ({ page }) => {
  await openPage(page);
  const answers: unknown[] = [];
  for (const status of [404, 500, 503, 403]) {
    await page.route('**/api/settings', (route) => route.fulfill({ status, body: 'x' }), { times: 1 });
    answers.push(await ask(page, 10));
  }
  await page.route('**/api/settings', (route) => route.abort(), { times: 1 });
  answers.push(await ask(page, 10));
  expect(answers).toEqual(['not-found', 'unreachable', 'unreachable', 'unreachable', 'unreachable']);
});

test('asks for lists by issuer and number, without cookies', async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: 'who', value: 'me', url: baseURL ?? '' }]);
  await openPage(page);
  const asked = page.waitForRequest('**/api/status/**');
  await page.evaluate(() => window.memory.httpSource.fetchStatusList('city-7', 3, 10));
  const request = await asked;
  expect(new URL(request.url()).pathname).toBe('/api/status/city-7/3');
  expect((await request.allHeaders()).cookie).toBeUndefined();
});
