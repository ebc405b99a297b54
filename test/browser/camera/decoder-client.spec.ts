import type { DecoderClient } from '../../../src/camera/decoder-client.ts';
import { expect, test } from './camera-test.ts';
import { drawPng } from './pictures.ts';

const toBase64 = async (picture: Promise<Buffer>) => (await picture).toString('base64');

test('the thread starts with zxing-wasm and reads picture files', async ({ page }) => {
  const pass = await toBase64(drawPng('GL1:FROM-A-FILE', { turn: 25 }));
  const room = await toBase64(drawPng(null));
  const answers = await page.evaluate(
    async ([passPng, roomPng]) => {
      const toBlob = async (png: string) => (await fetch(`data:image/png;base64,${png}`)).blob();
      const client = window.page.createDecoderClient();
      const started = await client.start();
      const read = await client.lookAtPicture(await toBlob(passPng ?? ''));
      const empty = await client.lookAtPicture(await toBlob(roomPng ?? ''));
      const none = await client.lookAtPicture(new Blob(['GL1:TEXT']));
      client.close();
      return { started, read, empty, none, closed: client.state };
    },
    [pass, room],
  );
  expect(answers.started).toEqual({ kind: 'ready', decoder: 'zxing-wasm' });
  expect(answers.read).toMatchObject({ kind: 'looked', texts: ['GL1:FROM-A-FILE'], width: 640, height: 480 });
  expect(answers.empty).toMatchObject({ kind: 'looked', texts: [], corners: null });
  expect(answers.none).toMatchObject({ kind: 'not-a-picture' });
  expect(answers.closed).toEqual({ kind: 'off' });
});

test('frames of one canvas are read one after another, and closed', async ({ page }) => {
  const pass = await toBase64(drawPng('GL1:FRAME'));
  const looks = await page.evaluate(async (png) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const client = window.page.createDecoderClient();
    await client.start();
    const frames = [
      new VideoFrame(picture, { timestamp: 0 }),
      await createImageBitmap(picture),
      new VideoFrame(picture, { timestamp: 1 }),
    ];
    const texts = await Promise.all(
      frames.map(async (frame) => {
        const look = await client.look(frame);
        return look.kind === 'looked' ? look.texts : [look.detail];
      }),
    );
    return { texts, widths: frames.map((frame) => ('codedWidth' in frame ? frame.codedWidth : frame.width)) };
  }, pass);
  expect(looks.texts).toEqual([['GL1:FRAME'], ['GL1:FRAME'], ['GL1:FRAME']]);
  expect(looks.widths).toEqual([0, 0, 0]);
});

test('a decoder that cannot be fetched is a visible failure, and starts again', async ({ page }) => {
  let isDown = true;
  await page.route(/zxing_reader.*\.wasm/, (route) =>
    isDown ? route.fulfill({ status: 404 }) : route.continue(),
  );
  const failed = await page.evaluate(async () => {
    const states: string[] = [];
    const client = window.page.createDecoderClient({ onState: (state) => states.push(state.kind) });
    Object.assign(window, { client });
    return { state: await client.start(), look: await client.lookAtPicture(new Blob()), states };
  });
  expect(failed.state).toMatchObject({ kind: 'decoder-failed' });
  expect(failed.look).toMatchObject({ kind: 'decoder-failed' });
  // The look tried once more by itself.
  expect(failed.states).toEqual(['starting', 'decoder-failed', 'starting', 'decoder-failed']);
  isDown = false;
  const again = await page.evaluate(() => (window as unknown as { client: DecoderClient }).client.start());
  expect(again).toEqual({ kind: 'ready', decoder: 'zxing-wasm' });
});

test('a start that never answers ends at the limit', async ({ page }) => {
  await page.route(/zxing_reader.*\.wasm/, () => undefined);
  const answer = await page.evaluate(async () => {
    const client = window.page.createDecoderClient({ startLimitMs: 700 });
    const since = performance.now();
    const state = await client.start();
    return { state, tookMs: performance.now() - since };
  });
  expect(answer.state).toEqual({ kind: 'decoder-failed', detail: 'no answer within 0.7 s' });
  expect(answer.tookMs).toBeGreaterThanOrEqual(690);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('closed in the middle of a start, it stays closed, and starts again', async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const states: string[] = [];
    const client = window.page.createDecoderClient({
      startLimitMs: 3000,
      onState: (state) => states.push(state.kind),
    });
    const started = client.start();
    client.close();
    const first = await started;
    const second = await client.start();
    await new Promise((resolve) => setTimeout(resolve, 3200));
    return { first, second, states };
  });
  expect(seen.first).toEqual({ kind: 'off' });
  expect(seen.second).toEqual({ kind: 'ready', decoder: 'zxing-wasm' });
  expect(seen.states).toEqual(['starting', 'off', 'starting', 'ready']);
});

test('an engine that is forbidden to compile WebAssembly says so at once', async ({ page }) => {
  await page.route(/decoder\.worker/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: { ...response.headers(), 'content-security-policy': "script-src 'self'" },
    });
  });
  const state = await page.evaluate(() => window.page.createDecoderClient().start());
  expect(state).toMatchObject({ kind: 'decoder-failed', detail: expect.stringMatching(/Content Security/i) });
});

test('a thread that dies fails the look that waits, and the next start is a new thread', async ({ page }) => {
  const pass = await toBase64(drawPng('GL1:AFTER'));
  const answer = await page.evaluate(async (png) => {
    let made = 0;
    const client = window.page.createDecoderClient({
      workerFactory: () => {
        made++;
        const script =
          made === 1
            ? `onmessage = ({ data }) => {
                 if (data.kind === 'start') postMessage({ kind: 'ready', decoder: 'zxing-wasm' });
                 else throw new Error('memory access out of bounds');
               }`
            : `import '${location.origin}/src/camera/worker/decoder.worker.ts?worker_file&type=module';`;
        return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), {
          type: 'module',
        });
      },
    });
    await client.start();
    const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
    const first = await client.lookAtPicture(blob);
    const state = client.state;
    const second = await client.lookAtPicture(blob);
    return { first, state, second, made };
  }, pass);
  expect(answer.first).toMatchObject({ kind: 'decoder-failed' });
  expect(answer.first).toMatchObject({ detail: expect.stringContaining('memory access out of bounds') });
  expect(answer.state.kind).toBe('decoder-failed');
  expect(answer.second).toMatchObject({ kind: 'looked', texts: ['GL1:AFTER'] });
  expect(answer.made).toBe(2);
});
