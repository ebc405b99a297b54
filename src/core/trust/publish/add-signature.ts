// One more signature on a metadata file. The content is left as it is, byte for byte in its canonical form.

import type { Bytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import type { Signer } from '../../signature/signer.ts';
import type { Metadata, RoleName } from '../tuf/metadata.ts';
import { encodeMetadataFile, keyIdOf } from './build-metadata.ts';

/** The file with the signer's signature, which takes the place of an earlier one by the same key. */
export async function addSignature(
  { bytes, signatures, signedBytes }: Metadata<RoleName>,
  signer: Signer,
): Promise<Bytes> {
  const byKeyId = new Map(signatures);
  byKeyId.set(await keyIdOf(signer.publicKey), encodeHex(await signer.sign(signedBytes)));
  const { signed } = JSON.parse(new TextDecoder().decode(bytes)) as { signed: unknown };
  return encodeMetadataFile(
    signed,
    [...byKeyId].map(([keyid, sig]) => ({ keyid, sig })),
  );
}
