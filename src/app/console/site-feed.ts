// The console's line to the server: the day's report by a request, and word of changes by server-sent events.

import { ok, type Result, refused } from '../../core/result.ts';
import type { Clipping } from '../../core/trust/trust.ts';
import type { ConsoleWorld, Problem } from './console-model.ts';
import { parseDayReport } from './parse-day-report.ts';

const ANSWER_WITHIN_MS = 8000;

export function createSiteFeed(site: string): ConsoleWorld {
  const day = `/api/sites/${encodeURIComponent(site)}/days/today`;
  return {
    nowMs: () => Date.now(),
    async fetchReport() {
      const json = await fetchJson(day);
      if (!json.ok) return json;
      const report = parseDayReport(json.value);
      return report.ok ? report : refused({ kind: 'not-a-report' });
    },
    listen(onHearing, onChanged) {
      const events = new EventSource(`${day}/events`);
      events.addEventListener('open', () => {
        onHearing(true);
        onChanged();
      });
      events.addEventListener('changed', onChanged);
      events.addEventListener('error', () => onHearing(false));
      return () => events.close();
    },
    after(ms, call) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  };
}

export interface ShownSite {
  readonly id: string;
  /** Settings that go beyond the bounds of the site's class, and what is applied instead. */
  readonly clippings: readonly Clipping[];
}

/** The site that this server serves, for display: nothing is judged by it. */
export async function fetchSite(): Promise<Result<ShownSite, Problem>> {
  const json = await fetchJson('/api/site');
  if (!json.ok) return json;
  return isSite(json.value) ? ok(json.value) : refused({ kind: 'not-a-report' });
}

async function fetchJson(path: string): Promise<Result<unknown, Problem>> {
  let answer: Response;
  try {
    answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch {
    return refused({ kind: 'unreachable' });
  }
  if (!answer.ok) return refused({ kind: 'answered', status: answer.status });
  try {
    return ok(await answer.json());
  } catch {
    return refused({ kind: 'not-a-report' });
  }
}

const isSite = (json: unknown): json is ShownSite =>
  isRecord(json) &&
  typeof json.id === 'string' &&
  Array.isArray(json.clippings) &&
  json.clippings.every(
    (one) => isRecord(one) && [one.place, one.asked, one.used].every((text) => typeof text === 'string'),
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
