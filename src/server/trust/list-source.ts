// The status lists of the issuers that count here, each kept by itself.

import { encodeHex } from '../../core/bytes/hex.ts';
import type { ListedIssuer } from '../../core/trust/targets/targets.ts';
import type { HandedOut } from './handed-out.ts';
import { ListKeeper, type ListOptions, type WantedList } from './list-keeper.ts';

export interface ListSource {
  /** Null for a list that nobody names, and for one that never came or has ended. */
  read(issuers: readonly ListedIssuer[], issuer: string, list: number): Promise<HandedOut | null>;
  /** Looks at every list, and fetches those that are due. */
  refresh(issuers: readonly ListedIssuer[]): Promise<void>;
}

export function createListSource(options: ListOptions): ListSource {
  const keepers = new Map<string, ListKeeper>();
  const keeperOf = (wanted: WantedList): ListKeeper => {
    const { issuer, list, uri, keys } = wanted;
    // With another address or other keys it is looked at anew.
    const name = [issuer, list, uri, ...keys.map(encodeHex)].join(' ');
    const keeper = keepers.get(name) ?? new ListKeeper(wanted, options);
    keepers.set(name, keeper);
    return keeper;
  };
  return {
    async read(issuers, issuer, list) {
      const wanted = wantedLists(issuers).find((one) => one.issuer === issuer && one.list === list);
      return wanted === undefined ? null : keeperOf(wanted).read();
    },
    async refresh(issuers) {
      await Promise.all(wantedLists(issuers).map((wanted) => keeperOf(wanted).refresh()));
    },
  };
}

const wantedLists = (issuers: readonly ListedIssuer[]): readonly WantedList[] =>
  issuers.flatMap(({ id, statusLists }) =>
    statusLists === 'none' ? [] : statusLists.map((list) => ({ issuer: id, ...list })),
  );
