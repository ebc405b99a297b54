// Asks the server for freshly signed samples.

import { type Result, refused } from '../../core/result.ts';
import type { SampleProblem } from './demo-model.ts';
import { parseSamples, type Sample } from './sample.ts';

const ANSWER_WITHIN_MS = 8000;

export async function fetchSamples(): Promise<Result<readonly Sample[], SampleProblem>> {
  let answer: Response;
  try {
    answer = await fetch('/api/demo/passes', {
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch {
    return refused('unreachable');
  }
  if (answer.status === 404) return refused('no-demo');
  if (!answer.ok) return refused('unreachable');
  const samples = parseSamples(await answer.json().catch(() => null));
  return samples.ok ? samples : refused('unreadable');
}
