// The sample sheet's entry.

import { render } from 'preact';
import '../styles/base.css';
import './demo.css';
import { createDemoModel } from './demo-model.ts';
import { DemoSheet } from './demo-sheet.tsx';
import { fetchSamples } from './fetch-samples.ts';

const root = document.querySelector<HTMLElement>('#demo');
if (root === null) throw new Error('the page has no place for the sheet');
const model = createDemoModel({ fetchSamples, nowMs: () => Date.now() });
render(<DemoSheet model={model} />, root);
void model.load();
