// What a refresh does beside the repository, once trust is held: the server's time before it, the status lists after it.
// A part of its own, because a first shift can start without it.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { encodeHex } from '../../core/bytes/hex.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import { MAX_TIME_BYTES, TIME_NONCE_BYTES, verifyTime } from '../../core/trust/signed-time.ts';
import { fetchFile } from './http-source.ts';

export { refreshLists } from '../../core/trust/held/refresh-lists.ts';

/** The time that our server signs for us now, in ms; null when nothing of ours answered. */
export async function askTime(timeKeys: readonly Bytes[], engine: Ed25519Engine): Promise<number | null> {
  const nonce = crypto.getRandomValues(new Uint8Array(TIME_NONCE_BYTES));
  const answer = await fetchFile(`/api/time?nonce=${encodeHex(nonce)}`, MAX_TIME_BYTES);
  if (answer.kind !== 'bytes') return null;
  const time = await verifyTime(answer.bytes, nonce, timeKeys, engine);
  return time.ok ? time.value * 1000 : null;
}
