// The door to hash-wasm: argon2id (RFC 9106), one slow function of a password. It runs on the server's own thread, about
// 50 ms a call with the parameters of passwords.ts, which is why tries are counted before it is asked.

import { argon2id } from 'hash-wasm';
import type { Bytes } from '../../core/bytes/bytes.ts';

export interface Argon2Parameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export type Argon2id = (
  password: string,
  salt: Bytes,
  length: number,
  parameters: Argon2Parameters,
) => Promise<Uint8Array>;

export const deriveArgon2id: Argon2id = (password, salt, length, { memoryKib, passes, lanes }) =>
  argon2id({
    password,
    salt,
    hashLength: length,
    memorySize: memoryKib,
    iterations: passes,
    parallelism: lanes,
    outputType: 'binary',
  });
