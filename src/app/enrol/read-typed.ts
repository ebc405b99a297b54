// What a person typed to set a tablet up, or which field is wrong and where. Loaded with the form alone.

import { parseTypedOrigin } from '../../core/identity/public-origin.ts';
import { findMistypedDigit, parseTypedCode, type TypedCodeRefusal } from '../../core/identity/typed-code.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Invited } from '../../device/identity/enrolment-desk.ts';

export type TypedFault =
  | { readonly field: 'address' }
  | {
      readonly field: 'code';
      readonly code: TypedCodeRefusal;
      readonly length: number;
      readonly group: number | null;
    };

const GROUP = 4;

export function readTyped(address: string, text: string): Result<Invited, TypedFault> {
  const origin = parseTypedOrigin(withScheme(address));
  if (!origin.ok) return refused({ field: 'address' });
  const code = parseTypedCode(text);
  return code.ok
    ? ok({ origin: origin.value, code: code.value, hashes: null })
    : refused({ field: 'code', code: code.error, ...placeOfFault(text) });
}

/** Whoever types this machine's own name means http: no certificate is given for it. */
const withScheme = (address: string): string =>
  /^\s*(localhost|127\.0\.0\.1)(:|\/|\s*$)/i.test(address) ? `http://${address.trim()}` : address;

function placeOfFault(text: string): { readonly length: number; readonly group: number | null } {
  const signs = text.replace(/[\s-]/g, '');
  const strange = [...signs].findIndex((sign) => !/[0-9a-tv-z]/i.test(sign));
  const digit = strange === -1 ? findMistypedDigit(text) : strange;
  return { length: signs.length, group: digit === null ? null : Math.floor(digit / GROUP) + 1 };
}
