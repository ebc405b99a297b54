// Passwords: how long, how kept (a PHC string), and compared in a time that says nothing. Whether somebody of that name
// exists or not, the same work is done.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { encodeBase64, parseBase64 } from '../../core/identity/base64.ts';
import { isSameSecret } from '../../core/identity/same-secret.ts';
import type { Argon2id, Argon2Parameters } from './argon2id.ts';

export const MIN_PASSWORD_CHARACTERS = 12;
const MAX_PASSWORD_BYTES = 1024;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. */
const PARAMETERS: Argon2Parameters = { memoryKib: 19_456, passes: 2, lanes: 1 };

export type PasswordRefusal = 'password-too-short' | 'password-too-long';

export interface Passwords {
  /** A PHC string. */
  hash(password: string): Promise<string>;
  /** Null: there is nothing to compare with; takes as long, and is false. */
  isRight(password: string, phc: string | null): Promise<boolean>;
}

/** Characters are those of Unicode; one typed in another way is the same one (NFKC, as NIST SP 800-63B has it). */
export function refusePassword(password: string): PasswordRefusal | null {
  const plain = normalise(password);
  if ([...plain].length < MIN_PASSWORD_CHARACTERS) return 'password-too-short';
  return new TextEncoder().encode(plain).length > MAX_PASSWORD_BYTES ? 'password-too-long' : null;
}

export function createPasswords(derive: Argon2id, randomBytes: (count: number) => Bytes): Passwords {
  const nobody = { salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES), parameters: PARAMETERS };
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return writePhc(salt, await derive(normalise(password), salt, HASH_BYTES, PARAMETERS), PARAMETERS);
    },
    async isRight(password, phc) {
      // Too long a one is nobody's, and must not make work.
      const isTooLong = refusePassword(password) === 'password-too-long';
      const held = phc === null ? nobody : readPhc(phc);
      const found = await derive(
        isTooLong ? '-' : normalise(password),
        held.salt,
        HASH_BYTES,
        held.parameters,
      );
      return isSameSecret(found, held.hash) && phc !== null && !isTooLong;
    },
  };
}

const normalise = (password: string): string => password.normalize('NFKC');

/** github.com/P-H-C/phc-string-format */
const writePhc = (
  salt: Uint8Array,
  hash: Uint8Array,
  { memoryKib, passes, lanes }: Argon2Parameters,
): string => `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(hash)}`;

/** Throws for what this program did not write. */
function readPhc(phc: string) {
  const [, memory, passes, lanes, salt = '', hash = ''] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc) ??
    [];
  const parameters = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  return { salt: fromUnpadded(salt), hash: fromUnpadded(hash), parameters };
}

const unpadded = (bytes: Uint8Array): string => encodeBase64(bytes).replace(/=+$/, '');

function fromUnpadded(text: string): Bytes {
  const bytes = parseBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
  if (!bytes.ok || text === '') throw new Error('a password’s hash in the database cannot be read');
  return bytes.value;
}
