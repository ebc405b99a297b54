// Asks the site's server for the day keys: sealed to a key pair that is made for this one request, and gone after it.

import {
  type DayKeysRefusal,
  MAX_DAY_KEYS_BYTES,
  openDayKeys,
} from '../../core/log/sealed/day-key-message.ts';
import { BOX_KEY_BYTES, boxKeyPairOf } from '../../core/nacl/box.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Ed25519Engine } from '../../core/signature/engine.ts';
import type { Trust } from '../../core/trust/trust.ts';
import type { Database } from '../database.ts';
import type { SignedNet } from '../identity/signed-net.ts';
import type { TabletIdentity } from '../identity/tablet-identity.ts';
import { keepDayKeys } from './key-store.ts';

/** Keeps what came. What is refused changes nothing: the keys that are held go on. */
export async function fetchDayKeys(
  database: Database,
  { site, device }: Pick<TabletIdentity, 'site' | 'device'>,
  net: SignedNet,
  { receiptKeys }: Pick<Trust, 'receiptKeys'>,
  engine: Ed25519Engine,
): Promise<Result<null, DayKeysRefusal | 'unreachable'>> {
  const secret = crypto.getRandomValues(new Uint8Array(BOX_KEY_BYTES));
  const { publicKey, secretKey } = boxKeyPairOf(secret);
  secret.fill(0);
  try {
    const answer = await net.send({
      method: 'POST',
      target: `/api/sites/${encodeURIComponent(site)}/day-keys`,
      body: publicKey,
      type: 'application/octet-stream',
      maxAnswerBytes: MAX_DAY_KEYS_BYTES,
    });
    if (answer.kind !== 'answer') return refused('unreachable');
    const address = { site, device, nonce: answer.nonce };
    const keys = await openDayKeys(answer.body, address, secretKey, receiptKeys, engine);
    if (!keys.ok) return keys;
    await keepDayKeys(database, site, keys.value);
    return ok(null);
  } finally {
    secretKey.fill(0);
  }
}
