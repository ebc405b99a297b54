// What was done where a chain breaks. One change leaves one set of marks, and here they are read; whoever changed several
// things is found all the same, under the name of one of them.

import { type Bytes, isSameBytes } from '../../bytes/bytes.ts';
import type { Head } from '../envelope.ts';
import type { ChainFault } from './chain.ts';

/** One envelope as the chain sees it. */
export type Link =
  | { readonly kind: 'unreadable'; readonly hash: Bytes }
  | { readonly kind: 'own' | 'foreign'; readonly seq: number; readonly prev: Bytes; readonly hash: Bytes };

/** The link at `at` does not follow `head`: says why, and which number is the first bad one. */
export function whyBroken(
  links: readonly Link[],
  at: number,
  head: Head,
  witnesses: readonly Head[],
): ChainFault {
  const seq = head.seq + 1;
  const link = links[at];
  if (link === undefined) return { seq, reason: 'missing' };
  const isRightOneNext = isFor(links[at + 1], head);
  // Made for this place by its link to the one before, or not readable at all: spoilt, or put before the right one.
  if (link.kind === 'unreadable' || isSameBytes(link.prev, head.hash))
    return { seq, reason: isRightOneNext ? 'inserted' : 'altered' };
  if (link.kind === 'foreign') return { seq, reason: 'spliced' };
  if (link.seq < seq) return { seq, reason: 'inserted' };
  if (link.seq === seq) {
    if (isRightOneNext) return { seq, reason: 'inserted' };
    return { seq: isOneBeforeAltered(links, at, head, witnesses) ? head.seq : seq, reason: 'altered' };
  }
  const isRightOneLater = links.some((later, place) => place > at && isFor(later, head));
  if (!isRightOneLater) return { seq, reason: 'missing' };
  return { seq, reason: isDisplaced(links, at, link) ? 'swapped' : 'inserted' };
}

/** Of two neighbours that do not agree, the later is whole where anything else vouches for it. */
function isOneBeforeAltered(
  links: readonly Link[],
  at: number,
  head: Head,
  witnesses: readonly Head[],
): boolean {
  const [link, next] = [links[at], links[at + 1]];
  const seq = head.seq + 1;
  if (at === 0 || link === undefined) return false;
  if (next?.kind === 'own' && next.seq === seq + 1) return isSameBytes(next.prev, link.hash);
  const wordOn = (number: number): Head | undefined => witnesses.find((witness) => witness.seq === number);
  const [here, before] = [wordOn(seq), wordOn(head.seq)];
  if (here !== undefined) return isSameBytes(here.hash, link.hash);
  return before === undefined || !isSameBytes(before.hash, head.hash);
}

/** Whether it has a place of its own elsewhere: the one that it names as the one before is there, and no other of its number. */
function isDisplaced(
  links: readonly Link[],
  at: number,
  link: Exclude<Link, { kind: 'unreadable' }>,
): boolean {
  const hasDouble = links.some(
    (other, place) => place !== at && other.kind === 'own' && other.seq === link.seq,
  );
  return !hasDouble && links.some((other) => isSameBytes(other.hash, link.prev));
}

const isFor = (link: Link | undefined, head: Head): boolean =>
  link?.kind === 'own' && link.seq === head.seq + 1 && isSameBytes(link.prev, head.hash);
