// Deterministic CBOR (RFC 8949, section 4.2.1), written and read: shortest heads, definite lengths, map keys sorted
// bytewise and unique. There is one encoding of a value, so what the reader takes is what the writer gives.

export { CBOR_REFUSALS, type CborRefusal, parseCbor, parseCborSequence } from './cbor-reader.ts';
export {
  type CborKey,
  type CborMap,
  type CborValue,
  isCborArray,
  isCborBytes,
  isCborMap,
  isCborUint,
} from './cbor-value.ts';
export { encodeCbor } from './cbor-writer.ts';
