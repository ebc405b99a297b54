// One strip of bars per verdict on one axis of hours, each with its own scale and total. Drawn in the pixels that there
// are, so that numbers keep their size. Solid, hatch, bars and dots in ink; the open hour is striped.

import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { DayReport } from '../../core/log/day-report.ts';
import { Sign } from '../parts/signs.tsx';
import { hourLabel, openHour, type VerdictStrip, verdictStrips } from './day-figures.ts';
import { count, siteTimes, VERDICT_WORDS, weekdayWord } from './wording.ts';
import './hour-strips.css';

const TALL = 110;
const LOW = 36;
const NUMBER_ROOM = 20;
const WIDTH_OF_DIGIT = 6.6;

export function HourStrips({ report }: { readonly report: DayReport }): JSX.Element {
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure);
  const strips = verdictStrips(report);
  const labels = strips[0]?.byHour.map((_, hour) => hourLabel(hour, report.site.dayStartMinutes)) ?? [];
  const everyNth = width > 0 && width / labels.length < 24 ? 3 : 1;
  return (
    <figure class="strips" ref={figure}>
      <Patterns />
      {strips.map((strip) => (
        <div class="strip" key={strip.verdict}>
          <p class="strip-name">
            <span class="strip-total">
              <Sign kind={strip.verdict} />
              {count(strip.total)}
            </span>
            <span>{VERDICT_WORDS[strip.verdict]}</span>
          </p>
          <Bars strip={strip} report={report} width={width} />
        </div>
      ))}
      <div class="strip-hours" aria-hidden="true">
        {labels.map((label, hour) => (
          <span key={label}>{hour % everyNth === 0 ? label : ''}</span>
        ))}
      </div>
    </figure>
  );
}

interface BarsProps {
  readonly strip: VerdictStrip;
  readonly report: DayReport;
  readonly width: number;
}

function Bars({ strip, report, width }: BarsProps): JSX.Element {
  const high = strip.verdict === 'admit' ? TALL : LOW;
  const height = high + NUMBER_ROOM;
  const slot = width / strip.byHour.length;
  const compared = strip.verdict === 'admit' ? strip.weekBefore : null;
  const most = Math.max(1, ...strip.byHour, ...(compared ?? []));
  const open = openHour(report);
  const top = (value: number) => height - Math.max(value > 0 ? 2 : 0, (value / most) * high);
  return (
    <svg
      class="bars"
      height={height}
      width={width}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={spoken(strip, report)}
    >
      {compared !== null && <path class="compared" d={stepLine(compared, slot, top)} />}
      {strip.byHour.map((value, hour) =>
        value === 0 ? null : (
          <rect
            key={`bar ${hourLabel(hour, report.site.dayStartMinutes)}`}
            class={hour === open ? 'bar bar-open' : `bar bar-${strip.verdict}`}
            x={hour * slot + 1.5}
            y={top(value)}
            width={Math.max(1, slot - 3)}
            height={height - top(value)}
          />
        ),
      )}
      {strip.byHour.map((value, hour) =>
        isNumbered(strip.byHour, hour, slot, open) ? (
          <text
            key={`number ${hourLabel(hour, report.site.dayStartMinutes)}`}
            x={(hour + 0.5) * slot}
            y={top(value) - 5}
            text-anchor="middle"
          >
            {count(value)}
          </text>
        ) : null,
      )}
      <path class="ground" d={`M0 ${height - 0.5}H${width}`} />
      <Notes
        compared={compared}
        report={report}
        slot={slot}
        top={top}
        width={width}
        open={open}
        strip={strip}
      />
    </svg>
  );
}

interface NotesProps extends BarsProps {
  readonly compared: readonly number[] | null;
  readonly slot: number;
  readonly open: number;
  readonly top: (value: number) => number;
}

/** Says beside the bars what the striped bar and the blue line are, where there is room for it. */
function Notes({ compared, report, slot, top, width, open, strip }: NotesProps): JSX.Element | null {
  if (strip.verdict !== 'admit') return null;
  const now = `${siteTimes(report.site).minute(report.now * 1000)}, hour still open`;
  const isRoomAfter = (strip.byHour.length - open - 1) * slot > now.length * 6.6 + 8;
  const best = compared === null ? -1 : compared.indexOf(Math.max(...compared));
  const isComparedRight = (best + 0.5) * slot < width - 60;
  return (
    <>
      {(strip.byHour[open] ?? 0) > 0 && isRoomAfter && (
        <text x={(open + 1) * slot + 6} y={TALL + NUMBER_ROOM - 8}>
          {now}
        </text>
      )}
      {compared !== null && best >= 0 && (
        <text
          class="compared-name"
          x={isComparedRight ? (best + 1) * slot + 4 : best * slot - 4}
          y={Math.max(12, top(compared[best] ?? 0) + 4)}
          text-anchor={isComparedRight ? 'start' : 'end'}
        >
          {`last ${weekdayWord(report.day)}`}
        </text>
      )}
    </>
  );
}

/** Every bar, if each has room for its number; else the peaks and the open hour. */
function isNumbered(byHour: readonly number[], hour: number, slot: number, open: number): boolean {
  const at = (place: number) => byHour[place] ?? 0;
  const value = at(hour);
  if (value === 0) return false;
  if (byHour.every((of) => count(of).length * WIDTH_OF_DIGIT <= slot)) return true;
  if (hour === byHour.indexOf(Math.max(...byHour))) return true;
  const isPeak = value > at(hour - 1) && value >= at(hour + 1);
  const isRoom = slot * 2 > WIDTH_OF_DIGIT * count(value).length;
  const isBesidePeak = at(hour - 1) >= value || at(hour + 1) > value;
  return isRoom && (isPeak || (hour === open && !isBesidePeak));
}

function stepLine(values: readonly number[], slot: number, top: (value: number) => number): string {
  return values
    .map((value, hour) => `${hour === 0 ? 'M0 ' : 'V'}${top(value)}H${(hour + 1) * slot}`)
    .join('');
}

function spoken(strip: VerdictStrip, report: DayReport): string {
  const hours = strip.byHour.flatMap((value, hour) =>
    value === 0 ? [] : [`${hourLabel(hour, report.site.dayStartMinutes)} h ${count(value)}`],
  );
  return `${VERDICT_WORDS[strip.verdict]}: ${hours.length === 0 ? 'none' : hours.join(', ')}`;
}

function Patterns(): JSX.Element {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="pattern-ink" width="4" height="7" />
        </pattern>
        <pattern id="rules" width="8" height="7" patternUnits="userSpaceOnUse">
          <rect class="pattern-ink" width="8" height="4" />
        </pattern>
        <pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">
          <rect class="pattern-ink" x="1" y="1" width="2" height="2" />
        </pattern>
        <pattern id="open" width="5" height="8" patternUnits="userSpaceOnUse">
          <rect class="pattern-ink" width="2.5" height="8" />
        </pattern>
      </defs>
    </svg>
  );
}

/** The width that the bars may take: the figure's, less the column of names. */
function useWidth(figure: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = figure.current;
    if (element === null) return;
    const measure = () => {
      const name = element.querySelector('.strip-name')?.getBoundingClientRect().width ?? 0;
      setWidth(Math.max(0, Math.floor(element.getBoundingClientRect().width - name)));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [figure]);
  return width;
}
