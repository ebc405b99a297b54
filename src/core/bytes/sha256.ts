// SHA-256 by the platform. Throws where WebCrypto is missing: pages need https or localhost, and enrolment says so.

import type { Bytes } from './bytes.ts';

export async function sha256(bytes: Uint8Array): Promise<Bytes> {
  const subtle = crypto.subtle;
  if (subtle === undefined)
    throw new Error('this page has no WebCrypto: it must be opened by https or at localhost');
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}
