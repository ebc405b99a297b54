// The trust of one tablet in a process: what it keeps, a refresh, and verdicts through the real parts.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { Ed25519Engine } from '../../src/core/signature/engine.ts';
import { assembleTrust } from '../../src/core/trust/held/assemble-trust.ts';
import type { TrustClient, TrustSource } from '../../src/core/trust/held/ports.ts';
import { type RefreshedLists, refreshLists } from '../../src/core/trust/held/refresh-lists.ts';
import { refreshTrust } from '../../src/core/trust/held/refresh-trust.ts';
import { trustRefusalText } from '../../src/core/trust/held/trust-refusal.ts';
import type { Trust } from '../../src/core/trust/trust.ts';
import type { StartTime } from '../../src/core/trust/tuf/start-time.ts';
import type { Now } from '../../src/core/verdict/clock.ts';
import { decideVerdict } from '../../src/core/verdict/decide-verdict.ts';
import { openReading } from '../../src/core/verdict/open-reading.ts';
import type { Verdict } from '../../src/core/verdict/verdict.ts';
import { type KeptTrust, MemoryTrustStore } from './memory-trust-store.ts';
import type { KillPoint } from './tuf-memory-store.ts';

export class TrustTablet {
  readonly store: MemoryTrustStore;

  constructor(
    readonly engine: Ed25519Engine,
    kept?: KeptTrust,
    kill: KillPoint | null = null,
    readonly rootHash: Bytes | null = null,
    readonly site: string | null = null,
  ) {
    this.store = new MemoryTrustStore(kept, kill);
  }

  /** The same tablet after a restart; what it does is not done to this one. */
  restarted = (kill: KillPoint | null = null): TrustTablet =>
    new TrustTablet(this.engine, this.store.kept, kill, this.rootHash, this.site);

  /** 'ok', or the code of what was refused: all of it, or the settings alone. */
  async refresh(source: TrustSource, start: StartTime): Promise<string> {
    const came = await refreshTrust(this.#client(source), start);
    return (came.ok ? came.value.trouble : came.error)?.code ?? 'ok';
  }

  /** 'unreachable: settings: not-found' */
  async refusal(source: TrustSource, start: StartTime): Promise<string> {
    const came = await refreshTrust(this.#client(source), start);
    const trouble = came.ok ? came.value.trouble : came.error;
    return trouble === null ? 'ok' : trustRefusalText(trouble);
  }

  async refreshLists(source: TrustSource, nowSeconds: number): Promise<RefreshedLists | null> {
    const held = await this.store.readTrust();
    return held === null ? null : refreshLists(this.#client(source), held, nowSeconds);
  }

  /** Both, at one moment. */
  async refreshAll(source: TrustSource, nowSeconds: number): Promise<string> {
    const outcome = await this.refresh(source, nowSeconds);
    await this.refreshLists(source, nowSeconds);
    return outcome;
  }

  /** What judges passes: put together of what is kept, as at every opening. */
  async trust(): Promise<Trust | null> {
    const held = await this.store.readTrust();
    return held === null ? null : assembleTrust(held, await this.store.readLists());
  }

  async judge(text: string, now: Now | number): Promise<Verdict> {
    const trust = await this.trust();
    if (trust === null) throw new Error('this tablet holds no trust');
    return judgeBy(trust, this.engine, text, now);
  }

  #client(source: TrustSource): TrustClient {
    const { store, engine, rootHash, site } = this;
    return { source, store, engine, rootHash, site };
  }
}

/** The verdict at the first gate, going in; a number is a second at which the clock is believed. */
export async function judgeBy(
  trust: Trust,
  engine: Ed25519Engine,
  text: string,
  now: Now | number,
): Promise<Verdict> {
  const moment: Now = typeof now === 'number' ? { wallMs: now * 1000, floorMs: 0, doubt: null } : now;
  const openedAt = Math.floor(Math.max(moment.wallMs, moment.floorMs) / 1000);
  const opened = await openReading(text, trust, engine, openedAt);
  return decideVerdict(opened, trust, { lastSeen: null }, moment, { gate: 'gate-1', direction: 'in' });
}
