// The page's half of these tests: the tablet's memory within reach of page.evaluate.

import { openDatabase } from '../../../src/device/database.ts';
import { openDay } from '../../../src/device/day-key.ts';

const memory = { openDatabase, openDay };

declare global {
  interface Window {
    memory: typeof memory;
  }
}

window.memory = memory;
