// gatelight issuer keygen: a key file, private from its first byte on.

import { chmod } from 'node:fs/promises';
import { encodeHex } from '../core/bytes/hex.ts';
import { keyHintOf } from '../core/signature/cose-sign1.ts';
import { createSigner } from '../core/signature/signer.ts';
import { drawSeed, encodeKeyFile, writePrivateFile } from '../server/key-file.ts';
import { parseOptions } from './arguments.ts';
import { type CommandIo, UsageError } from './command.ts';

export const KEYGEN_USAGE = `gatelight issuer keygen [--out FILE] [--force]

Makes an Ed25519 key, for signing passes or status lists, and writes it to FILE (issuer-key.json) so that only you can
read it. Prints the public key, which belongs in issuers.json (trust add-issuer), and its hint, which stands in every pass.

  --out FILE   where to write the key
  --force      replace FILE if it is there: passes signed with the old key can no longer be made

Exit: 0 written, 1 FILE is there already, 2 wrong arguments`;

export async function makeIssuerKey(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string', default: 'issuer-key.json' },
    force: { type: 'boolean', default: false },
  });
  if (positionals.length > 0)
    throw new UsageError(`keygen takes no "${positionals.join(' ')}"; the file goes after --out`);
  const { out: path, force: isReplacing } = values;
  const seed = drawSeed();
  const { publicKey } = await createSigner(seed);
  const written = await writePrivateFile(path, await encodeKeyFile(seed), { isReplacing });
  if (!written.ok) {
    io.err(
      `${path} is there already and was left as it is. Name another file with --out, or replace it with --force.`,
    );
    return 1;
  }
  await chmod(path, 0o600);
  io.out(`key file    ${path}`);
  io.out(`public key  ${encodeHex(publicKey)}`);
  io.out(`key hint    ${encodeHex(await keyHintOf(publicKey))}`);
  return 0;
}
