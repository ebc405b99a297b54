// Who holds which key, as the roots themselves say.

import { parseHex } from '../../bytes/hex.ts';
import type { Metadata, RoleName, TufKey } from '../tuf/metadata.ts';
import { type HeldKey, HOLDER_FIELD } from './build-metadata.ts';

/** The keys of a role with their holders; a key without one goes by the beginning of its id. */
export function heldKeysOf(root: Metadata<'root'>, role: RoleName): readonly HeldKey[] {
  const holders = holdersById(root);
  return root.signed.rolesByName[role].keys.flatMap((key) => {
    const publicKey = parseHex(key.public);
    if (!publicKey.ok || key.type !== 'ed25519') return [];
    return [{ holder: holders.get(key.id) ?? shortKeyId(key), publicKey: publicKey.value }];
  });
}

export const holderOf = (root: Metadata<'root'>, key: TufKey): string =>
  holdersById(root).get(key.id) ?? shortKeyId(key);

const shortKeyId = ({ id }: TufKey): string => `key ${id.slice(0, 8)}`;

/** The root was parsed, so its form is known; what a holder is called is not, and is made fit for a terminal. */
function holdersById(root: Metadata<'root'>): ReadonlyMap<string, string> {
  const { signed } = JSON.parse(new TextDecoder().decode(root.bytes)) as {
    signed: { keys: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  };
  return new Map(
    Object.entries(signed.keys).flatMap(([id, { [HOLDER_FIELD]: holder }]): [string, string][] =>
      typeof holder === 'string' && isHolderName(holder) ? [[id, holder]] : [],
    ),
  );
}

export const isHolderName = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,23}$/.test(text);
