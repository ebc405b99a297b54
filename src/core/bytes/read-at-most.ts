// Takes a stream of bytes up to a limit: whoever sends more is not read to the end.

import { type Bytes, joinBytes } from './bytes.ts';

/** What Node's and every browser's ReadableStream gives. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
}

/** Null as soon as there is a byte too many: the rest is never read. A missing stream is an empty one. */
export async function readAtMost(stream: ByteStream | null, maxBytes: number): Promise<Bytes | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (stream === null) return new Uint8Array(0);
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return joinBytes(parts);
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
}
