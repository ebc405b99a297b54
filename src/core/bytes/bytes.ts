// Byte strings as every engine takes them: backed by an ArrayBuffer of their own, never by shared memory.

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export const utf8ToBytes = (text: string): Bytes => encoder.encode(text);

export const concatBytes = (...parts: readonly Uint8Array[]): Bytes => joinBytes(parts);

/** Takes a list, not arguments: a long document has more parts than a call may have. */
export function joinBytes(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two byte strings are the same. Not constant in time: never use it on secrets. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
