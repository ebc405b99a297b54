// When a session's key may seal one more record: at most 64 records, 15 minutes, one day, one run of numbers that only
// grow. Pure, without the key. A session whose last append is not known to have committed has another type than one that
// may go on, so that no key can meet the same number twice.

import { isSameBytes } from '../../bytes/bytes.ts';
import type { LogIdentity } from '../envelope.ts';
import type { SealKey } from './day-keys.ts';
import { isSameIdentity } from './envelope.ts';

export const MAX_SESSION_RECORDS = 64;
export const MAX_SESSION_MS = 15 * 60_000;

/** What is to be sealed next. */
export interface NextRecord {
  readonly identity: LogIdentity;
  readonly seq: number;
  readonly dayKey: SealKey;
  /** By a clock that does not jump, such as one that counts from the page's start. */
  readonly atMs: number;
}

interface Session {
  readonly identity: LogIdentity;
  readonly dayKey: SealKey;
  readonly beganAtMs: number;
  readonly records: number;
  readonly lastSeq: number;
}

/** Its last record is on the disk: it may seal another. */
export interface SettledSession extends Session {
  readonly kind: 'settled';
}

/** Its last record may or may not be on the disk: it seals nothing more until that is known. */
export interface DoubtfulSession extends Session {
  readonly kind: 'doubtful';
}

/** A new session, begun by its first record. Its key must be as new. */
export function beginSession(next: NextRecord): DoubtfulSession {
  const { identity, seq, dayKey, atMs } = next;
  if (dayKey.site !== identity.site) throw new Error(`a day key of ${dayKey.site} at ${identity.site}`);
  return { kind: 'doubtful', identity, dayKey, beganAtMs: atMs, records: 1, lastSeq: seq };
}

export function mayGoOn(session: SettledSession, next: NextRecord): boolean {
  const elapsedMs = next.atMs - session.beganAtMs;
  return (
    session.records < MAX_SESSION_RECORDS &&
    elapsedMs >= 0 &&
    elapsedMs < MAX_SESSION_MS &&
    next.seq > session.lastSeq &&
    isSameIdentity(next.identity, session.identity) &&
    next.dayKey.day === session.dayKey.day &&
    isSameBytes(next.dayKey.publicKey, session.dayKey.publicKey)
  );
}

/** Throws where the session may not go on: ask first. */
export function goOn(session: SettledSession, next: NextRecord): DoubtfulSession {
  if (!mayGoOn(session, next)) throw new Error('this session has ended: its key may seal nothing more');
  return { ...session, kind: 'doubtful', records: session.records + 1, lastSeq: next.seq };
}

export const settle = (session: DoubtfulSession): SettledSession => ({ ...session, kind: 'settled' });
