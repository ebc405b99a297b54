// Reads the part of CDDL (RFC 8610) that docs/log.cddl is written in, and says whether a CBOR value is what a rule says:
// choices, ranges, numbers, null, bool, bstr and tstr with .size, .regexp and .cbor, arrays in order, closed maps.

import { type CborValue, parseCbor } from '../../../../../src/core/bytes/cbor.ts';

export type Cddl = (rule: string, value: CborValue) => boolean;

interface Tokens {
  readonly words: readonly string[];
  at: number;
}
type Test = (value: CborValue, rules: ReadonlyMap<string, Test>) => boolean;

export function readCddl(text: string): { readonly matches: Cddl; readonly names: readonly string[] } {
  const words =
    text
      .replaceAll(/;.*$/gm, '')
      .match(/"[^"]*"|\.\.|=>|\.[a-z]+|-?\d+(?:\*\d*)?|[a-z][\w-]*|[*[\]{},:/=]/g) ?? [];
  const tokens: Tokens = { words, at: 0 };
  const rules = new Map<string, Test>();
  while (tokens.at < words.length) {
    const name = take(tokens);
    expectWord(tokens, '=');
    if (rules.has(name)) throw new Error(`two rules of the name ${name}`);
    rules.set(name, readChoice(tokens));
  }
  const matches: Cddl = (rule, value) => ruleOf(rules, rule)(value, rules);
  return { matches, names: [...rules.keys()] };
}

function ruleOf(rules: ReadonlyMap<string, Test>, name: string): Test {
  const rule = rules.get(name);
  if (rule === undefined) throw new Error(`no rule of the name ${name}`);
  return rule;
}

function readChoice(tokens: Tokens): Test {
  const tests = [readType(tokens)];
  while (peek(tokens) === '/') {
    take(tokens);
    tests.push(readType(tokens));
  }
  return (value, rules) => tests.some((test) => test(value, rules));
}

function readType(tokens: Tokens): Test {
  const word = take(tokens);
  if (word === '[') return readArray(tokens);
  if (word === '{') return readMap(tokens);
  if (/^-?\d/.test(word)) return readNumber(tokens, Number(word));
  if (word === 'null') return (value) => value === null;
  if (word === 'bool') return (value) => typeof value === 'boolean';
  if (word === 'bstr') return readString(tokens, (value) => value instanceof Uint8Array);
  if (word === 'tstr') return readString(tokens, (value) => typeof value === 'string');
  return (value, rules) => ruleOf(rules, word)(value, rules);
}

function readNumber(tokens: Tokens, from: number): Test {
  if (peek(tokens) !== '..') return (value) => value === from;
  take(tokens);
  const to = Number(take(tokens));
  return (value) => typeof value === 'number' && value >= from && value <= to;
}

function readString(tokens: Tokens, isOfType: (value: CborValue) => boolean): Test {
  const control = peek(tokens)?.startsWith('.') ? take(tokens) : null;
  if (control === null) return isOfType;
  if (control === '.cbor') {
    const inner = readType(tokens);
    return (value, rules) => {
      const parsed = value instanceof Uint8Array ? parseCbor(value, { maxDepth: 8 }) : null;
      return parsed?.ok === true && inner(parsed.value, rules);
    };
  }
  const word = take(tokens);
  if (control === '.size') return (value) => value instanceof Uint8Array && value.length === Number(word);
  if (control !== '.regexp') throw new Error(`unknown control ${control}`);
  const pattern = new RegExp(`^${word.slice(1, -1)}$`);
  return (value) => typeof value === 'string' && pattern.test(value);
}

/** Members in order, each with or without its name; or one type so and so often. */
function readArray(tokens: Tokens): Test {
  const often = /^(\d*)\*(\d*)$/.exec(peek(tokens) ?? '');
  if (often !== null) {
    take(tokens);
    const [least, most] = [Number(often[1]), often[2] === '' ? Number.POSITIVE_INFINITY : Number(often[2])];
    const item = readChoice(tokens);
    expectWord(tokens, ']');
    return (value, rules) =>
      Array.isArray(value) &&
      value.length >= least &&
      value.length <= most &&
      value.every((one) => item(one, rules));
  }
  const members: Test[] = [];
  while (peek(tokens) !== ']') {
    if (tokens.words[tokens.at + 1] === ':') tokens.at += 2;
    members.push(readChoice(tokens));
    if (peek(tokens) === ',') take(tokens);
  }
  take(tokens);
  return (value, rules) =>
    Array.isArray(value) &&
    value.length === members.length &&
    members.every((member, at) => member(value[at], rules));
}

function readMap(tokens: Tokens): Test {
  const membersByKey = new Map<number, Test>();
  while (peek(tokens) !== '}') {
    const key = Number(take(tokens));
    expectWord(tokens, '=>');
    membersByKey.set(key, readChoice(tokens));
    if (peek(tokens) === ',') take(tokens);
  }
  take(tokens);
  return (value, rules) =>
    value instanceof Map &&
    value.size === membersByKey.size &&
    [...membersByKey].every(([key, member]) => value.has(key) && member(value.get(key), rules));
}

const peek = ({ words, at }: Tokens): string | undefined => words[at];

function take(tokens: Tokens): string {
  const word = tokens.words[tokens.at++];
  if (word === undefined) throw new Error('the document ends in the middle of a rule');
  return word;
}

function expectWord(tokens: Tokens, expected: string): void {
  const word = take(tokens);
  if (word !== expected) throw new Error(`'${word}' where '${expected}' should stand`);
}
