// Verifies one tablet's chain of envelopes, without any private key, and says of the first bad number what was done there.
// What vouches for a chain are signed words about it: heads of batches (the tablet's) and receipts (the server's). What
// nobody has vouched for can be cut off unseen; everything else cannot.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import { sha256 } from '../../bytes/sha256.ts';
import { ok, type Result, refused } from '../../result.ts';
import type { Head, LogIdentity } from '../envelope.ts';
import { hashBeforeFirst, isSameIdentity, parseSealedEnvelope } from './envelope.ts';
import { type Link, whyBroken } from './why-broken.ts';

export const CHAIN_FAULTS = [
  /** A byte of this envelope is another than when it was written. */
  'altered',
  /** The envelope of this number is gone, later ones are there. */
  'missing',
  /** Two envelopes stand in each other's place. */
  'swapped',
  /** An envelope stands here that does not belong between its neighbours. */
  'inserted',
  /** The end is gone: the log's own signed words tell of more. */
  'cut',
  /** An envelope of another tablet, site or epoch. */
  'spliced',
  /** The chain is whole, but not the one that the log's own signed words are about: written anew from somewhere on. */
  'rewritten',
  /** The log agrees with itself, but somebody holds a receipt for more, or for another one: it was set back. */
  'restored',
] as const;
export type ChainFaultReason = (typeof CHAIN_FAULTS)[number];

export interface ChainFault {
  /** The first bad number; where it is only known that one up to here is bad, this one. */
  readonly seq: number;
  readonly reason: ChainFaultReason;
}

/** A verified word that under this number stands the envelope of this hash. */
export interface Witness extends Head {
  /** 'own': it lies with the log. 'elsewhere': somebody else shows it, such as a tablet its last receipt. */
  readonly held: 'own' | 'elsewhere';
}

export interface ChainEvidence {
  readonly identity: LogIdentity;
  /** In the order in which they lie there. */
  readonly envelopes: readonly Bytes[];
  readonly witnesses: readonly Witness[];
  /** Records that a receipt lists as put apart when they came: they hold the chain together all the same. */
  readonly quarantined: readonly Head[];
  /** Where the envelopes go on from; null: from the very first. */
  readonly after: Head | null;
}

/** The last number and its hash, or the first that is bad. */
export async function verifyChain(evidence: ChainEvidence): Promise<Result<Head, ChainFault>> {
  const links = await Promise.all(evidence.envelopes.map((bytes) => linkOf(bytes, evidence.identity)));
  const start = evidence.after ?? { seq: 0, hash: await hashBeforeFirst(evidence.identity) };
  const walked = walk(links, start, evidence);
  return walked.ok ? checkWitnesses(links, start, walked.value, evidence) : walked;
}

/** Checks that each envelope names the one before, number by number, and that the log's own words agree. */
function walk(links: readonly Link[], start: Head, evidence: ChainEvidence): Result<Head, ChainFault> {
  const own = witnessesOf(evidence, 'own');
  const hashesBySeq = new Map<number, Bytes[]>();
  for (const { seq, hash } of own) hashesBySeq.set(seq, [...(hashesBySeq.get(seq) ?? []), hash]);
  let head = start;
  // Behind a record that was put apart: it may be altered since it was written, and then nobody knows its hash.
  let isLoose = false;
  for (const [at, link] of links.entries()) {
    const seq = head.seq + 1;
    const isListed = isOneOf(evidence.quarantined, seq, link.hash);
    const isNext = link.kind === 'own' && link.seq === seq;
    const fits = isListed || (isNext && (isLoose || isSameBytes(link.prev, head.hash)));
    if (!fits) return refused(whyBroken(links, at, head, own));
    const next = links[at + 1];
    const isBuiltOn = next?.kind === 'own' && isSameBytes(next.prev, link.hash);
    if (next?.kind === 'own' && next.seq === seq && !isBuiltOn) return refused({ seq, reason: 'inserted' });
    const isOther = hashesBySeq.get(seq)?.some((hash) => !isSameBytes(hash, link.hash));
    if (isOther) return refused({ seq, reason: isBuiltOn ? 'rewritten' : 'altered' });
    head = { seq, hash: link.hash };
    isLoose = isListed;
  }
  return ok(head);
}

/** Checks that no word tells of more, and none that is held elsewhere of another chain. */
function checkWitnesses(
  links: readonly Link[],
  start: Head,
  head: Head,
  evidence: ChainEvidence,
): Result<Head, ChainFault> {
  if (witnessesOf(evidence, 'own').some(({ seq }) => seq > head.seq))
    return refused({ seq: head.seq + 1, reason: 'cut' });
  const isAgreed = ({ seq, hash }: Head): boolean => {
    const link = links[seq - start.seq - 1];
    return seq <= start.seq || (link !== undefined && isSameBytes(link.hash, hash));
  };
  const disagreed = witnessesOf(evidence, 'elsewhere').filter((witness) => !isAgreed(witness));
  if (disagreed.length === 0) return ok(head);
  const seq = Math.min(head.seq + 1, ...disagreed.map((witness) => witness.seq));
  return refused({ seq, reason: 'restored' });
}

async function linkOf(bytes: Bytes, identity: LogIdentity): Promise<Link> {
  const hash = await sha256(bytes);
  const parsed = parseSealedEnvelope(bytes);
  if (!parsed.ok) return { kind: 'unreadable', hash };
  const { seq, prev } = parsed.value;
  return { kind: isSameIdentity(parsed.value, identity) ? 'own' : 'foreign', seq, prev, hash };
}

const witnessesOf = ({ witnesses }: ChainEvidence, held: Witness['held']): readonly Witness[] =>
  witnesses.filter((witness) => witness.held === held);

const isOneOf = (heads: readonly Head[], seq: number, hash: Bytes): boolean =>
  heads.some((head) => head.seq === seq && isSameBytes(head.hash, hash));
