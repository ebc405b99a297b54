// What anybody can see of how sessions were used: a tablet that follows the rule never lets a session meet a number twice,
// serve two days or two logs, or seal more than 64 records. One that does was copied, or runs another program.

import { encodeHex } from '../../bytes/hex.ts';
import { isSameIdentity, type SealedEnvelope } from './envelope.ts';
import { MAX_SESSION_RECORDS } from './session-rule.ts';

export interface SessionMisuse {
  readonly device: string;
  readonly epoch: number;
  readonly seq: number;
  readonly reason: 'nonce-twice' | 'two-days' | 'two-logs' | 'too-many';
}

/** The first misuse of each session, in the order of the envelopes. Give the same envelope once only. */
export function findSessionMisuse(envelopes: readonly SealedEnvelope[]): readonly SessionMisuse[] {
  const usesBySession = new Map<string, { readonly first: SealedEnvelope; readonly seqs: Set<number> }>();
  const misusesBySession = new Map<string, SessionMisuse>();
  for (const envelope of envelopes) {
    const session = encodeHex(envelope.session);
    const use = usesBySession.get(session);
    if (use === undefined) {
      usesBySession.set(session, { first: envelope, seqs: new Set([envelope.seq]) });
      continue;
    }
    const reason = misuseOf(envelope, use.first, use.seqs);
    use.seqs.add(envelope.seq);
    const { device, epoch, seq } = envelope;
    if (reason !== null && !misusesBySession.has(session))
      misusesBySession.set(session, { device, epoch, seq, reason });
  }
  return [...misusesBySession.values()];
}

function misuseOf(
  envelope: SealedEnvelope,
  first: SealedEnvelope,
  seqs: ReadonlySet<number>,
): SessionMisuse['reason'] | null {
  if (seqs.has(envelope.seq)) return 'nonce-twice';
  if (!isSameIdentity(envelope, first)) return 'two-logs';
  if (envelope.day !== first.day) return 'two-days';
  return seqs.size >= MAX_SESSION_RECORDS ? 'too-many' : null;
}
