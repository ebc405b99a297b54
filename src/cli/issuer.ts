// gatelight issuer: the key with which passes are signed.

import { chmod } from 'node:fs/promises';
import { encodeHex } from '../core/bytes/hex.ts';
import { keyHintOf } from '../core/signature/cose-sign1.ts';
import { createSigner } from '../core/signature/signer.ts';
import { drawSeed, encodeKeyFile, writePrivateFile } from '../server/key-file.ts';
import { parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

const USAGE = `gatelight issuer keygen [--out FILE] [--force]

Makes an Ed25519 key for signing passes and writes it to FILE (issuer-key.json) so that only you can read it.
Prints the public key, which belongs in the trust document, and its hint, which stands in every pass.

  --out FILE   where to write the key
  --force      replace FILE if it is there: passes signed with the old key can no longer be made

Exit: 0 written, 1 FILE is there already, 2 wrong arguments`;

export const issuerCommand: Command = {
  name: 'issuer',
  summary: 'make an issuer’s key: issuer keygen',
  usage: USAGE,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, {
      out: { type: 'string', default: 'issuer-key.json' },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    });
    if (values.help) return showUsage(io);
    const [action, ...rest] = positionals;
    if (action !== 'keygen')
      throw new UsageError(action === undefined ? 'say keygen' : `no "${action}" here; say keygen`);
    if (rest.length > 0)
      throw new UsageError(`keygen takes no "${rest.join(' ')}"; the file goes after --out`);
    return keygen(values.out, values.force, io);
  },
};

function showUsage(io: CommandIo): number {
  io.out(USAGE);
  return 0;
}

async function keygen(path: string, isReplacing: boolean, io: CommandIo): Promise<number> {
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
