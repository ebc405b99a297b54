// The sheet takes what the server gives, and says why when it gives nothing.

import { expect, it } from 'vitest';
import { createDemoModel, type SampleProblem } from '../../../src/app/demo/demo-model.ts';
import { parseSamples, type Sample } from '../../../src/app/demo/sample.ts';
import { drawQr, QUIET_MODULES } from '../../../src/app/parts/qr-code.ts';
import { ok, type Result, refused } from '../../../src/core/result.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import { createSamplePasses, SAMPLE_PLACES } from '../../../src/server/demo/sample-passes.ts';
import { drawSeed } from '../../../src/server/key-file.ts';

const NOW = Date.UTC(2026, 10, 23, 13, 32) / 1000;

async function samples() {
  const signers = { issuer: await createSigner(drawSeed()), stranger: await createSigner(drawSeed()) };
  const places = Array.from({ length: SAMPLE_PLACES }, (_, index) => ({ list: 0, index }));
  const made = await createSamplePasses(signers, places, NOW);
  return made.map((sample) => ({ ...sample, takeBack: sample.place }));
}

it('takes the server’s samples as they come through JSON', async () => {
  const json = JSON.parse(JSON.stringify(await samples()));
  expect(parseSamples(json)).toEqual({ ok: true, value: json });
});

it('takes nothing else', async () => {
  const [first] = JSON.parse(JSON.stringify(await samples()));
  for (const wrong of [
    null,
    [],
    {},
    [{ ...first, expectedVerdict: 'maybe' }],
    [{ ...first, expectedReason: 'because' }],
    [{ ...first, text: 1 }],
    [{ ...first, takeBack: 1 }],
  ]) {
    expect(parseSamples(wrong)).toEqual({ ok: false, error: 'not-samples' });
  }
});

it('draws every pass as a version 7 code with its quiet zone', async () => {
  for (const { id, text } of await samples()) {
    const { side, path } = drawQr(text);
    if (id !== 'not-a-pass') expect(side).toBe(45 + 2 * QUIET_MODULES);
    expect(path).toMatch(/^M/);
  }
});

it('keeps the passes it has when new ones do not come', async () => {
  const answers: Result<readonly Sample[], SampleProblem>[] = [
    refused('no-demo'),
    ok(await samples()),
    refused('unreachable'),
  ];
  const model = createDemoModel({
    fetchSamples: async () => answers.shift() ?? refused('unreadable'),
    nowMs: () => 7,
  });
  await model.load();
  expect(model.state.value).toEqual({ kind: 'failed', problem: 'no-demo' });
  await model.load();
  expect(model.state.value).toMatchObject({ kind: 'shown', madeAtMs: 7 });
  await model.load();
  expect(model.state.value.kind).toBe('shown');
  expect(model.done.value).not.toBe('');
});
