// An envelope as whoever has no key sees it: its identity is true, what is sealed in it is a number that nobody opens.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import type { LogIdentity } from '../../src/core/log/envelope.ts';
import { encodeSealedEnvelope, HASH_BYTES, SEALED_BYTES } from '../../src/core/log/sealed/envelope.ts';

/** Another `content` is another envelope. */
export function shutEnvelope(
  identity: LogIdentity,
  seq: number,
  content: number,
  { day = '2026-03-02', prev = new Uint8Array(HASH_BYTES) as Bytes } = {},
): Bytes {
  const sealed = new Uint8Array(SEALED_BYTES);
  new DataView(sealed.buffer).setFloat64(0, content);
  const [key, session] = [new Uint8Array(4), new Uint8Array(32)];
  return encodeSealedEnvelope({ ...identity, seq, day, key, session, sealed, prev });
}
