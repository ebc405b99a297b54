// Today's room. Heads and rules stand at once, numbers come when they are known.

import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { clippingText } from '../../core/trust/settings/clip-policy.ts';
import type { Clipping } from '../../core/trust/trust.ts';
import { alarmLines } from './alarm-lines.ts';
import { AlarmList } from './alarm-list.tsx';
import type { RoomProps } from './app.tsx';
import { type ConsoleModel, type ConsoleState, createConsoleModel, type Problem } from './console-model.ts';
import { DayFacts } from './day-facts.tsx';
import { GateTable, LatestTable, ReasonTable, TabletTable } from './day-tables.tsx';
import { DuplicateTable } from './duplicate-table.tsx';
import { HourStrips } from './hour-strips.tsx';
import { HourTable } from './hour-table.tsx';
import { lateness } from './lateness.ts';
import { createLoaded, shownIn } from './loaded.ts';
import { createSiteFeed, fetchSite } from './site-feed.ts';
import { useNow } from './use-now.ts';
import { dayWords, problemWords, siteTimes } from './wording.ts';

const SIGNED_OUT = 401;

export function TodayRoom({ site, ask }: RoomProps): JSX.Element {
  const model = useMemo(() => createConsoleModel(createSiteFeed(site)), []);
  const held = useMemo(() => createLoaded(() => fetchSite(ask, site)), []);
  useEffect(() => {
    void held.refresh();
    return model.start();
  }, []);
  const state = model.state.value;
  const problem = problemOfDay(state);
  const isSignedOut = problem?.kind === 'answered' && problem.status === SIGNED_OUT;
  useEffect(() => {
    // Whoever was signed out is shown the door by the next question that the room asks.
    if (isSignedOut) void held.refresh();
  }, [isSignedOut]);
  return <TodayScreen model={model} clippings={shownIn(held)?.clippings ?? []} />;
}

const problemOfDay = (state: ConsoleState): Problem | null =>
  state.kind === 'failed' ? state.problem : state.kind === 'shown' ? (state.trouble?.problem ?? null) : null;

export interface TodayScreenProps {
  readonly model: ConsoleModel;
  /** Settings that are not applied as they were chosen. */
  readonly clippings: readonly Clipping[];
}

export function TodayScreen({ model, clippings }: TodayScreenProps): JSX.Element {
  const state = model.state.value;
  const nowMs = useNow();
  switch (state.kind) {
    case 'loading':
      return <EmptyDay heading="Today" line="Asking the server." />;
    case 'failed':
      return (
        <FailedNotice problem={state.problem} sinceMs={state.sinceMs} retry={() => void model.refresh()} />
      );
    case 'shown':
      return <Day state={state} model={model} nowMs={nowMs} clippings={clippings} />;
  }
}

interface FailedNoticeProps {
  readonly problem: Problem;
  readonly sinceMs: number;
  retry(): void;
}

function FailedNotice({ problem, sinceMs, retry }: FailedNoticeProps): JSX.Element {
  const since = new Date(sinceMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return (
    <>
      <div class="notice" role="alert">
        <p>
          <strong>Scanning goes on without this page.</strong> {problemWords(problem)} Tablets keep their
          scans until it takes them. Asking again every 5 s since {since}.
        </p>
        <button type="button" class="key" onClick={retry}>
          Ask now
        </button>
      </div>
      <EmptyDay heading="Today" line="No numbers yet." />
    </>
  );
}

interface DayProps {
  readonly state: Extract<ConsoleState, { kind: 'shown' }>;
  readonly model: ConsoleModel;
  readonly nowMs: number;
  readonly clippings: readonly Clipping[];
}

function Day({ state, model, nowMs, clippings }: DayProps): JSX.Element {
  const { report, fetchedAtMs, trouble } = state;
  const times = siteTimes(report.site);
  /** The server's clock, carried on by ours since the report came. */
  const serverMs = report.now * 1000 + (nowMs - fetchedAtMs);
  /** While the server does not answer, tablets may well be heard of: nothing is called silent that was not then. */
  const knownSeconds = trouble === null ? Math.floor(serverMs / 1000) : report.now;
  const isTable = model.isTable.value;
  return (
    <>
      <div class="day-head">
        <h1>{dayWords(report.day)}</h1>
        <p class="live">{lateness(report, model.link.value, trouble !== null, knownSeconds)}</p>
        <time class="clock">{times.second(serverMs)}</time>
      </div>
      {trouble !== null && (
        <div class="notice" role="alert">
          <p>
            <strong>Scanning goes on.</strong> {problemWords(trouble.problem)} These are the numbers of{' '}
            {times.second(report.now * 1000)}.
          </p>
          <button type="button" class="key" onClick={() => void model.refresh()}>
            Ask now
          </button>
        </div>
      )}
      {clippings.length > 0 && (
        <div class="notice">
          <p>
            <strong>Some settings go beyond what this class of site may choose.</strong> Applied instead:{' '}
            {clippings.map(clippingText).join('; ')}.
          </p>
        </div>
      )}
      <AlarmList lines={alarmLines(report)} />
      <div class="columns">
        <div class="column-wide">
          <DayFacts report={report} nowSeconds={knownSeconds} />
          <section aria-labelledby="by-hour">
            <div class="section-head">
              <h2 id="by-hour">By hour and verdict</h2>
              <p>{report.hours.length === 0 ? 'No scans yet today.' : 'Each band has its own scale.'}</p>
              <button
                type="button"
                class="text-key"
                aria-pressed={isTable}
                onClick={() => {
                  model.isTable.value = !isTable;
                }}
              >
                {isTable ? 'As strips' : 'As a table'}
              </button>
            </div>
            {isTable ? <HourTable report={report} /> : <HourStrips report={report} />}
          </section>
          <section class="section-latest" aria-labelledby="latest">
            <h2 id="latest">Latest scans</h2>
            {report.latest.length === 0 ? (
              <p class="none">No scans yet.</p>
            ) : (
              <LatestTable report={report} times={times} />
            )}
            <p class="second">Nothing here names a person or a pass. Times are whole minutes.</p>
          </section>
        </div>
        <div class="column-narrow">
          <section aria-labelledby="tablets">
            <h2 id="tablets">Tablets</h2>
            <TabletTable report={report} nowSeconds={knownSeconds} times={times} />
          </section>
          <section class="section-duplicates" aria-labelledby="duplicates">
            <h2 id="duplicates">Duplicates</h2>
            <DuplicateTable report={report} times={times} />
          </section>
          <section class="section-gates" aria-labelledby="gates">
            <h2 id="gates">Gates</h2>
            <GateTable report={report} />
          </section>
          <section class="section-reasons" aria-labelledby="reasons">
            <h2 id="reasons">Most frequent reasons</h2>
            <ReasonTable report={report} />
          </section>
        </div>
      </div>
    </>
  );
}

function EmptyDay({ heading, line }: { readonly heading: string; readonly line: string }): JSX.Element {
  return (
    <>
      <div class="day-head">
        <h1>{heading}</h1>
        <p class="live">{line}</p>
      </div>
      <div class="columns">
        <div class="column-wide">
          <DayFacts report={null} nowSeconds={0} />
          <div class="section-head">
            <h2>By hour and verdict</h2>
          </div>
        </div>
        <div class="column-narrow">
          <h2 class="ruled">Tablets</h2>
        </div>
      </div>
    </>
  );
}
