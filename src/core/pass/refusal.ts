// Why a reading is not a readable pass: every refusal on the way from text to claims, each under its own code.

import { BASE45_REFUSALS, type Base45Refusal } from '../bytes/base45.ts';
import { COSE_REFUSALS, type CoseRefusal } from '../signature/cose-sign1.ts';
import { CLAIMS_REFUSALS, type ClaimsRefusal } from './claims.ts';

export type PassRefusal = 'not-a-pass' | 'text-too-long' | Base45Refusal | CoseRefusal | ClaimsRefusal;

export const PASS_REFUSALS: readonly PassRefusal[] = [
  ...new Set<PassRefusal>([
    'not-a-pass',
    'text-too-long',
    ...BASE45_REFUSALS,
    ...COSE_REFUSALS,
    ...CLAIMS_REFUSALS,
  ]),
];

/** True: a menu, a ticket, a web address. False: it claims to be a pass, and cannot be read. */
export const isNotAPass = (refusal: PassRefusal): boolean => refusal === 'not-a-pass';
