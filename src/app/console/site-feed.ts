// The console's line to the server: the day's report by a request, and word of changes by server-sent events.

import { ok, type Result, refused } from '../../core/result.ts';
import type { SiteSettings } from '../../core/trust/settings/settings.ts';
import type { PolicyBounds } from '../../core/trust/targets/targets.ts';
import type { Clipping, Gate, Policy } from '../../core/trust/trust.ts';
import { type Ask, type AskProblem, problemOf, type Told } from './ask-server.ts';
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

/** A site as its managers see and change it. */
export interface ShownSite {
  readonly id: string;
  readonly name: string;
  readonly class: string;
  readonly gates: readonly Gate[];
  readonly version: number;
  /** To be changed and sent back. */
  readonly settings: Pick<SiteSettings, 'site' | 'policy'>;
  /** As used. */
  readonly policy: Policy;
  readonly bounds: PolicyBounds;
  /** Settings that go beyond the bounds of the site's class, and what is applied instead. */
  readonly clippings: readonly Clipping[];
  /** By which a change says what it was made of. */
  readonly etag: string | null;
}

export const fetchSite = async (ask: Ask, site: string): Promise<Result<ShownSite, AskProblem>> =>
  siteIn(await ask('GET', `/sites/${encodeURIComponent(site)}`));

/** The site in an answer about it. */
export function siteIn(told: Result<Told, AskProblem>): Result<ShownSite, AskProblem> {
  if (!told.ok) return told;
  const { json, etag } = told.value;
  const isSite =
    isRecord(json) &&
    typeof json.id === 'string' &&
    typeof json.name === 'string' &&
    Array.isArray(json.gates) &&
    Array.isArray(json.clippings) &&
    [json.settings, json.policy, json.bounds].every(isRecord);
  if (!isSite) return refused(problemOf('not-understood'));
  return ok({ ...(json as unknown as Omit<ShownSite, 'etag'>), etag });
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
