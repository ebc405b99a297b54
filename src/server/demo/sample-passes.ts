// Passes to try the scanner with: each freshly signed with an id drawn at random, and said what a reader answers.

import { randomInt } from 'node:crypto';
import { encodeBase45, parseBase45 } from '../../core/bytes/base45.ts';
import { GL1_PREFIX, signPass } from '../../core/pass/gl1.ts';
import type { PassClaims } from '../../core/pass/pass.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { Reason, VerdictKind } from '../../core/verdict/verdict.ts';
import { CITY_7 } from './demo-trust.ts';

export interface SamplePass {
  readonly id: string;
  readonly title: string;
  /** What the QR code holds. */
  readonly text: string;
  readonly expectedVerdict: VerdictKind;
  readonly expectedReason: Reason;
  readonly note: string;
}

export interface SampleSigners {
  readonly issuer: Signer;
  readonly stranger: Signer;
}

const HOUR = 3600;

export async function createSamplePasses(
  { issuer, stranger }: SampleSigners,
  nowSeconds: number,
): Promise<readonly SamplePass[]> {
  const green = (from: number, hours: number): PassClaims => ({
    issuedAt: from,
    expiresAt: from + hours * HOUR,
    id: { list: 0, index: randomInt(2 ** 24) },
    colour: 'green',
    ruleset: CITY_7.ruleset,
    reason: CITY_7.checkedIn,
  });
  const fresh = () => green(nowSeconds - 60, 12);
  const good = () => signPass(fresh(), issuer);

  return [
    {
      id: 'green',
      title: 'Green',
      text: await good(),
      expectedVerdict: 'admit',
      expectedReason: 'ok',
      note: 'All seven check-ins made. Scanned again within 15 minutes, it is seen before.',
    },
    {
      id: 'yellow',
      title: 'Yellow',
      text: await signPass({ ...fresh(), colour: 'yellow', reason: CITY_7.checkInMissing }, issuer),
      expectedVerdict: 'check',
      expectedReason: 'yellow',
      note: 'The daily check-in is missing. The guard decides, and says what was decided.',
    },
    {
      id: 'red',
      title: 'Red',
      text: await signPass({ ...fresh(), colour: 'red', reason: CITY_7.positiveTest }, issuer),
      expectedVerdict: 'refuse',
      expectedReason: 'red',
      note: 'The pass carries its reason, the rule, and where to appeal.',
    },
    {
      id: 'expired',
      title: 'Expired',
      text: await signPass(green(nowSeconds - 14 * HOUR, 12), issuer),
      expectedVerdict: 'refuse',
      expectedReason: 'expired',
      note: 'Ended two hours ago. A tablet whose clock is set back does not admit it either.',
    },
    {
      id: 'not-yet-valid',
      title: 'Not valid yet',
      text: await signPass({ ...green(nowSeconds - 60, 36), notBefore: nowSeconds + 24 * HOUR }, issuer),
      expectedVerdict: 'refuse',
      expectedReason: 'not-yet-valid',
      note: 'Starts tomorrow.',
    },
    {
      id: 'forged',
      title: 'Forged',
      text: spoilSignature(await good()),
      expectedVerdict: 'refuse',
      expectedReason: 'bad-signature',
      note: 'A green pass with one bit of its signature changed.',
    },
    {
      id: 'unknown-issuer',
      title: 'Unknown issuer',
      text: await signPass(fresh(), stranger),
      expectedVerdict: 'unverifiable',
      expectedReason: 'unknown-issuer',
      note: 'Well signed, by somebody whose key is not on this site’s list. Not a refusal.',
    },
    {
      id: 'not-a-pass',
      title: 'Not a pass',
      text: 'https://menu.example/lindenhof-cafe',
      expectedVerdict: 'unverifiable',
      expectedReason: 'not-a-pass',
      note: 'The café’s menu.',
    },
    {
      id: 'seen-before',
      title: 'Seen before',
      text: await good(),
      expectedVerdict: 'check',
      expectedReason: 'seen-before',
      note: 'Scan it twice, more than 5 seconds apart: admitted first, then to check. A copied pass looks like this.',
    },
  ];
}

/** Turns one bit in the middle of the signature, which ends the COSE_Sign1: the text stays well formed. */
function spoilSignature(text: string): string {
  const cose = parseBase45(text.slice(GL1_PREFIX.length));
  if (!cose.ok) throw new Error(`a pass just signed cannot be read: ${cose.error}`);
  const at = cose.value.length - 32;
  cose.value[at] = (cose.value[at] ?? 0) ^ 1;
  return GL1_PREFIX + encodeBase45(cose.value);
}
