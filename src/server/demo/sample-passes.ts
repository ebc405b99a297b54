// Passes to try the scanner with: each freshly signed for a place of its own, and said what a reader answers.

import { encodeBase45, parseBase45 } from '../../core/bytes/base45.ts';
import { GL1_PREFIX, signPass } from '../../core/pass/gl1.ts';
import type { PassClaims, PassId } from '../../core/pass/pass.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { Reason, VerdictKind } from '../../core/verdict/verdict.ts';
import { CITY_7 } from './demo-documents.ts';

export interface SamplePass {
  readonly id: string;
  readonly title: string;
  /** What the QR code holds. */
  readonly text: string;
  /** 'LIST/INDEX' in its issuer's status lists; null for what this demo's issuer did not sign. */
  readonly place: string | null;
  readonly expectedVerdict: VerdictKind;
  readonly expectedReason: Reason;
  readonly note: string;
}

export interface SampleSigners {
  readonly issuer: Signer;
  readonly stranger: Signer;
}

const HOUR = 3600;
const WEEK_HOURS = 7 * 24;
/** How many places a sheet of samples takes. */
export const SAMPLE_PLACES = 9;

/** `places`: at least SAMPLE_PLACES, each free. */
export async function createSamplePasses(
  { issuer, stranger }: SampleSigners,
  places: readonly PassId[],
  nowSeconds: number,
): Promise<readonly SamplePass[]> {
  const free = [...places];
  const draw = (): PassId => {
    const id = free.pop();
    if (id === undefined) throw new Error(`the samples take ${SAMPLE_PLACES} places, not ${places.length}`);
    return id;
  };
  const green = (from: number, hours: number): PassClaims => ({
    issuedAt: from,
    expiresAt: from + hours * HOUR,
    id: draw(),
    colour: 'green',
    ruleset: CITY_7.ruleset,
    reason: CITY_7.checkedIn,
  });
  const fresh = () => green(nowSeconds - 60, 12);
  const own = async (claims: PassClaims) => ({
    text: await signPass(claims, issuer),
    place: `${claims.id.list}/${claims.id.index}`,
  });

  return [
    {
      id: 'green',
      title: 'Green',
      ...(await own(fresh())),
      expectedVerdict: 'admit',
      expectedReason: 'ok',
      note: 'All seven check-ins made. Scanned again within 15 minutes, it is seen before.',
    },
    {
      id: 'week',
      title: 'Green, for a week',
      ...(await own(green(nowSeconds - 60, WEEK_HOURS))),
      expectedVerdict: 'admit',
      expectedReason: 'ok',
      note: 'Good for 7 days: longer than a tablet without news may admit anybody.',
    },
    {
      id: 'yellow',
      title: 'Yellow',
      ...(await own({ ...fresh(), colour: 'yellow', reason: CITY_7.checkInMissing })),
      expectedVerdict: 'check',
      expectedReason: 'yellow',
      note: 'The daily check-in is missing. The guard decides, and says what was decided.',
    },
    {
      id: 'red',
      title: 'Red',
      ...(await own({ ...fresh(), colour: 'red', reason: CITY_7.positiveTest })),
      expectedVerdict: 'refuse',
      expectedReason: 'red',
      note: 'The pass carries its reason, the rule, and where to appeal.',
    },
    {
      id: 'expired',
      title: 'Expired',
      ...(await own(green(nowSeconds - 14 * HOUR, 12))),
      expectedVerdict: 'refuse',
      expectedReason: 'expired',
      note: 'Ended two hours ago. A tablet whose clock is set back does not admit it either.',
    },
    {
      id: 'not-yet-valid',
      title: 'Not valid yet',
      ...(await own({ ...green(nowSeconds - 60, 36), notBefore: nowSeconds + 24 * HOUR })),
      expectedVerdict: 'refuse',
      expectedReason: 'not-yet-valid',
      note: 'Starts tomorrow.',
    },
    {
      id: 'forged',
      title: 'Forged',
      text: spoilSignature((await own(fresh())).text),
      place: null,
      expectedVerdict: 'refuse',
      expectedReason: 'bad-signature',
      note: 'A green pass with one bit of its signature changed.',
    },
    {
      id: 'unknown-issuer',
      title: 'Unknown issuer',
      text: await signPass(fresh(), stranger),
      place: null,
      expectedVerdict: 'unverifiable',
      expectedReason: 'unknown-issuer',
      note: 'Well signed, by somebody whose key is not on this site’s list. Not a refusal.',
    },
    {
      id: 'not-a-pass',
      title: 'Not a pass',
      text: 'https://menu.example/lindenhof-cafe',
      place: null,
      expectedVerdict: 'unverifiable',
      expectedReason: 'not-a-pass',
      note: 'The café’s menu.',
    },
    {
      id: 'seen-before',
      title: 'Seen before',
      ...(await own(fresh())),
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
