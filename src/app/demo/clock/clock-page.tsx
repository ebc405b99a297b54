// What winding the scanner's clock is for, and a key for each time worth looking at.

import type { JSX } from 'preact';
import { Housing } from '../../parts/housing.tsx';

const PAGES = [
  { href: '/demo/clock/', name: 'Clock' },
  { href: '/demo/', name: 'Samples' },
  { href: '/', name: 'Scanner' },
] as const;

const HOUR = 3600;
const DAY = 24 * HOUR;

const TIMES = [
  {
    name: '25 h on',
    aheadSeconds: 25 * HOUR,
    follows: 'The scanner says how old its lists are. Verdicts stay as they are.',
  },
  {
    name: '73 h on',
    aheadSeconds: 73 * HOUR,
    follows: 'Green becomes yellow: nobody is let in on knowledge that old without a look.',
  },
  {
    name: '8 days on',
    aheadSeconds: 8 * DAY,
    follows: 'Everything is grey: the scanner no longer verifies, and refuses nobody for it.',
  },
  {
    name: '1 day back',
    aheadSeconds: -DAY,
    follows: 'The clock stands before times that were signed: a doubt of ours, so green becomes yellow.',
  },
] as const;

export const ClockPage = (): JSX.Element => (
  <>
    <Housing label="Pages" links={PAGES} />
    <main>
      <h1>The scanner’s clock</h1>
      <p class="lead">
        A tablet may be without news for days, and its clock may be wrong. Here the scanner opens with its
        clock wound, on this device and in that page alone: the same trust, the same log, another time. Only
        this demo has such a page. Try it with the pass “Green, for a week”, and once with the server stopped.
      </p>
      <ul class="times">
        {TIMES.map(({ name, aheadSeconds, follows }) => (
          <li key={aheadSeconds}>
            <a class="key" href={`/demo/scanner/?ahead=${aheadSeconds}`}>
              {name}
            </a>
            <p>{follows}</p>
          </li>
        ))}
        <li>
          <a class="key" href="/">
            right again
          </a>
          <p>The scanner as it is, with this device’s own clock.</p>
        </li>
      </ul>
      <p class="lead">
        While the server answers, the scanner learns the right time and fresh lists from it, so a wound clock
        is a clock that is wrong. With the server stopped, it is time that has passed.
      </p>
    </main>
  </>
);
