// The CBOR values that Gatelight's formats are made of: safe integers, byte and text strings, arrays, maps with integer
// or text keys, booleans and null. Tags, floats, undefined and bignums have no place here.

import type { Bytes } from './bytes.ts';

export type CborKey = number | string;
export type CborArray = readonly CborValue[];
export interface CborMap extends ReadonlyMap<CborKey, CborValue> {}
export type CborValue = number | string | boolean | null | Bytes | CborArray | CborMap;

export const isCborBytes = (value: CborValue | undefined): value is Bytes => value instanceof Uint8Array;
export const isCborMap = (value: CborValue | undefined): value is CborMap => value instanceof Map;
export const isCborArray = (value: CborValue | undefined): value is CborArray => Array.isArray(value);
/** A whole number from 0 to max. */
export const isCborUint = (value: CborValue | undefined, max = Number.MAX_SAFE_INTEGER): value is number =>
  typeof value === 'number' && value >= 0 && value <= max;
