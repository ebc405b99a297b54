// Signature-Input and Signature (RFC 9421, section 4) and the base that is signed (section 2.5), in a strict subset of
// structured fields (RFC 8941): exactly one member, the canonical form only, components without parameters, whole numbers
// and strings without escapes. Says nothing about what must be covered, and nothing about whether a signature holds.

import { type Bytes, utf8ToBytes } from '../bytes/bytes.ts';
import { ok, type Result, refused } from '../result.ts';
import { encodeBase64, parseBase64 } from './base64.ts';

export interface SignatureParams {
  readonly components: readonly string[];
  readonly parameters: readonly (readonly [name: string, value: string | number])[];
}

export interface SignatureInput extends SignatureParams {
  readonly label: string;
}

export const SIGNATURE_FIELD_REFUSALS = [
  'signature-input-syntax',
  'signature-syntax',
  'signature-several',
] as const;
export type SignatureFieldRefusal = (typeof SIGNATURE_FIELD_REFUSALS)[number];

const MAX_FIELD_LENGTH = 1024;
const KEY = '[a-z*][a-z0-9_.*-]*';
const COMPONENT = '"[@a-z][a-z0-9-]*"';
const VALUE = '(?:"[ !#-\\[\\]-~]*"|0|-?[1-9][0-9]{0,14})';
const INPUT = new RegExp(`^(${KEY})=\\(((?:${COMPONENT}(?: ${COMPONENT})*)?)\\)((?:;${KEY}=${VALUE})*)`);
const PARAMETER = new RegExp(`;(${KEY})=(${VALUE})`, 'g');
const SIGNATURE = new RegExp(`^(${KEY})=:([A-Za-z0-9+/]*={0,2}):`);
const NEXT_MEMBER = /^[ \t]*,/;

export function parseSignatureInput(text: string): Result<SignatureInput, SignatureFieldRefusal> {
  const member = onlyMember(INPUT, text, 'signature-input-syntax');
  if (!member.ok) return member;
  const [, label = '', list = '', rest = ''] = member.value;
  const components = list === '' ? [] : list.split(' ').map((quoted) => quoted.slice(1, -1));
  const parameters = [...rest.matchAll(PARAMETER)].map(
    ([, name = '', value = '']) =>
      [name, value.startsWith('"') ? value.slice(1, -1) : Number(value)] as const,
  );
  const isRepeated =
    new Set(components).size !== components.length ||
    new Set(parameters.map(([name]) => name)).size !== parameters.length;
  return isRepeated ? refused('signature-input-syntax') : ok({ label, components, parameters });
}

export function parseSignature(
  text: string,
): Result<{ readonly label: string; readonly signature: Bytes }, SignatureFieldRefusal> {
  const member = onlyMember(SIGNATURE, text, 'signature-syntax');
  if (!member.ok) return member;
  const [, label = '', base64 = ''] = member.value;
  const signature = parseBase64(base64);
  return signature.ok ? ok({ label, signature: signature.value }) : refused('signature-syntax');
}

export const encodeSignature = (label: string, signature: Uint8Array): string =>
  `${label}=:${encodeBase64(signature)}:`;

/** The member's value: an inner list with parameters. Its strings hold neither quotes nor backslashes. */
export function encodeSignatureParams({ components, parameters }: SignatureParams): string {
  const list = components.map((name) => `"${name}"`).join(' ');
  const rest = parameters.map(([name, value]) =>
    typeof value === 'number' ? `;${name}=${value}` : `;${name}="${value}"`,
  );
  return `(${list})${rest.join('')}`;
}

/** Values stand in the order of the components; none of them may hold a line feed. */
export function encodeSignatureBase(params: SignatureParams, values: readonly string[]): Bytes {
  const lines = params.components.map((name, at) => `"${name}": ${values[at] ?? ''}`);
  return utf8ToBytes([...lines, `"@signature-params": ${encodeSignatureParams(params)}`].join('\n'));
}

function onlyMember<Code extends SignatureFieldRefusal>(
  form: RegExp,
  text: string,
  syntax: Code,
): Result<RegExpExecArray, Code | 'signature-several'> {
  const member = text.length <= MAX_FIELD_LENGTH ? form.exec(text) : null;
  if (member === null) return refused(syntax);
  const rest = text.slice(member[0].length);
  if (rest === '') return ok(member);
  return refused(NEXT_MEMBER.test(rest) ? 'signature-several' : syntax);
}
