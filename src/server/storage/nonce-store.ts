// The nonces of tablets' requests that were taken: exact over restarts and for several servers on one database, because
// a row that is there cannot be inserted again. Bounded by time and for each key, as core/identity/nonce-rule.ts says.

import {
  FARTHEST_END_SECONDS,
  MOST_NONCES_OF_A_KEY,
  type NonceRefusal,
  type RememberedRequest,
} from '../../core/identity/nonce-rule.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { SqlPool } from './sql-pool.ts';

export interface NonceStore {
  /** Only for a request whose signature holds: a stranger must not fill the table. */
  remember(site: string, request: RememberedRequest, nowSeconds: number): Promise<Result<null, NonceRefusal>>;
  /** Forgets what has expired. Gives how many went. */
  sweep(nowSeconds: number): Promise<number>;
}

/** A clock of this server that was set back by less forgets nothing too early. */
const GRACE_SECONDS = FARTHEST_END_SECONDS;

export const openNonceStore = (pool: SqlPool, perKey: number = MOST_NONCES_OF_A_KEY): NonceStore => ({
  remember: (site, { keyId, nonce, expiresSeconds }, nowSeconds) =>
    pool.use(async (sql) => {
      if (nowSeconds > expiresSeconds || expiresSeconds > nowSeconds + FARTHEST_END_SECONDS)
        return refused('nonce-expired');
      const taken = await sql`
        INSERT INTO request_nonce (site_id, key_id, nonce, expires_at)
        SELECT ${site}, ${keyId}, ${nonce}::bytea, to_timestamp(${expiresSeconds})
        WHERE (SELECT count(*) FROM request_nonce
               WHERE site_id = ${site} AND key_id = ${keyId} AND expires_at >= to_timestamp(${nowSeconds})) < ${perKey}
        ON CONFLICT DO NOTHING RETURNING key_id`;
      if (taken.length === 1) return ok(null);
      const known = await sql`
        SELECT key_id FROM request_nonce WHERE site_id = ${site} AND key_id = ${keyId} AND nonce = ${nonce}`;
      return refused(known.length === 1 ? 'nonce-replayed' : 'nonce-too-many');
    }),
  sweep: (nowSeconds) =>
    pool.use(async (sql) => {
      const gone = await sql`
        DELETE FROM request_nonce WHERE expires_at < to_timestamp(${nowSeconds - GRACE_SECONDS})`;
      return gone.count;
    }),
});
