// What is handed to tablets as it was signed, with the ETag by which they ask whether it is still the same.

import { createHash } from 'node:crypto';
import type { Bytes } from '../../core/bytes/bytes.ts';

export interface HandedOut {
  readonly bytes: Bytes;
  /** Quoted, as in an ETag header. */
  readonly etag: string;
}

export const handOut = (bytes: Bytes): HandedOut => ({
  bytes,
  etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
});
