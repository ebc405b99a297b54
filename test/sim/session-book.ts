// Every session of a run, as it is used: no number twice under one key, whatever became of the record; no more than 64
// records or 15 minutes; one day, one run; and nothing after its page was locked. Counts of its own.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';

interface Use {
  readonly run: string;
  readonly beganMs: number;
  readonly seqs: Set<number>;
  isEnded: boolean;
}

const MOST_RECORDS = 64;
const LONGEST_MS = 15 * 60_000;

export class SessionBook {
  readonly #usesBySession = new Map<string, Use>();
  readonly #lastByPage = new Map<string, Use>();

  /** The promise that this breaks. */
  seal(page: string, bytes: Bytes, nowMs: number): string | null {
    const parsed = parseSealedEnvelope(bytes);
    if (!parsed.ok) return 'what is sealed can be taken';
    const { site, device, epoch, day, session, seq } = parsed.value;
    const run = `${site}/${device}/${epoch}/${day}`;
    const name = Buffer.from(session).toString('latin1');
    const use = this.#usesBySession.get(name) ?? { run, beganMs: nowMs, seqs: new Set(), isEnded: false };
    this.#usesBySession.set(name, use);
    this.#lastByPage.set(page, use);
    if (use.seqs.has(seq)) return 'no key meets a number twice';
    use.seqs.add(seq);
    if (use.isEnded) return 'a session ends at lock';
    if (use.run !== run) return 'a session serves one day and one run';
    if (use.seqs.size > MOST_RECORDS || nowMs - use.beganMs >= LONGEST_MS) return 'a session is short';
    return null;
  }

  lock(page: string): void {
    const use = this.#lastByPage.get(page);
    if (use !== undefined) use.isEnded = true;
  }
}
