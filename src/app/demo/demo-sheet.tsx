// The sheet of sample passes: on a phone to hold before the camera, on paper as cards to cut out, as pictures to drop.

import type { ComponentChildren, JSX } from 'preact';
import { Housing } from '../parts/housing.tsx';
import { qrToPng } from '../parts/qr-code.ts';
import type { DemoModel, SampleProblem, SheetState } from './demo-model.ts';
import type { Sample } from './sample.ts';
import { SampleCard } from './sample-card.tsx';

export function DemoSheet({ model }: { readonly model: DemoModel }): JSX.Element {
  return (
    <>
      <Housing label="Pages" links={PAGES} />
      <main>
        <h1>Sample passes</h1>
        <Sheet state={model.state.value} model={model} />
        <p class="done" role="status">
          {model.done.value}
        </p>
      </main>
    </>
  );
}

const PAGES = [
  { href: '/demo/', name: 'Samples' },
  { href: '/', name: 'Scanner' },
  { href: '/demo/console/', name: 'Console' },
] as const;

interface SheetProps {
  readonly state: SheetState;
  readonly model: DemoModel;
}

function Sheet({ state, model }: SheetProps): JSX.Element {
  switch (state.kind) {
    case 'loading':
      return <Lead>Passes are being signed.</Lead>;
    case 'failed':
      return (
        <>
          <Lead>{PROBLEM_WORDS[state.problem]}</Lead>
          <p class="keys">
            <button type="button" class="key" onClick={() => void model.load()}>
              Ask again
            </button>
          </p>
        </>
      );
    case 'shown':
      return (
        <>
          <Lead>
            Open the scanner on another screen and hold a code before its camera. Or save a code as a picture
            and drop it on the scanner. Made at {clockTime(state.madeAtMs)}, by a key that only this demo
            trusts.
          </Lead>
          <p class="keys">
            <button type="button" class="key" onClick={() => void model.load()}>
              Make new passes
            </button>
            <button type="button" class="key" onClick={() => print()}>
              Print cards
            </button>
            <a class="key" href="/demo/clock/">
              Wind the clock
            </a>
          </p>
          <ul class="samples">
            {state.samples.map((sample) => (
              <SampleCard
                key={sample.id}
                sample={sample}
                save={() => void savePicture(sample, model)}
                copy={() =>
                  void copyText(
                    sample.text,
                    `The text of "${sample.title}"`,
                    'Paste it into the scanner.',
                    model,
                  )
                }
                copyCommand={() =>
                  void copyText(
                    sample.takeBack ?? '',
                    `The command that takes back "${sample.title}"`,
                    'Paste it into a terminal.',
                    model,
                  )
                }
              />
            ))}
          </ul>
        </>
      );
  }
}

const Lead = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <p class="lead">{children}</p>
);

const PROBLEM_WORDS: Readonly<Record<SampleProblem, string>> = {
  unreachable: 'The server does not answer. Start it again, or look at its window.',
  'no-demo': 'This server runs without the demo. Start it with: gatelight serve --demo',
  unreadable: 'What answers is not this server, or not its version of this page. Load the page again.',
};

const clockTime = (ms: number): string =>
  new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

async function savePicture(sample: Sample, model: DemoModel): Promise<void> {
  const url = URL.createObjectURL(await qrToPng(sample.text));
  const link = document.createElement('a');
  link.href = url;
  link.download = `gatelight-${sample.id}.png`;
  link.click();
  // Browsers begin to read the address after the click returns.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  model.done.value = `${link.download} is saved. Drop it on the scanner.`;
}

async function copyText(text: string, what: string, next: string, model: DemoModel): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    model.done.value = `${what} is copied. ${next}`;
  } catch {
    model.done.value = `This browser does not let pages copy. Copy it from here: ${text}`;
  }
}
