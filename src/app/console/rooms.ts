// Which room of which site the address names: '#/lindenhof/tablets'. What follows # reaches no server.

import type { SignedIn } from './session-feed.ts';

export type Role = 'viewer' | 'manager' | 'owner';

export interface NamedSite {
  readonly id: string;
  readonly name: string;
}

interface Room {
  readonly id: string;
  readonly name: string;
  readonly least: Role;
}

export const ROOMS = [
  { id: 'today', name: 'Today', least: 'viewer' },
  { id: 'tablets', name: 'Tablets', least: 'viewer' },
  { id: 'site', name: 'Site', least: 'viewer' },
  { id: 'people', name: 'People', least: 'manager' },
  { id: 'audit', name: 'Audit', least: 'manager' },
] as const satisfies readonly Room[];

export type RoomId = (typeof ROOMS)[number]['id'] | 'new-site';

export interface Address {
  readonly site: string;
  readonly room: RoomId;
}

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, manager: 1, owner: 2 };

export const isAtLeast = (role: Role, least: Role): boolean => RANKS[role] >= RANKS[least];

export function roleAt({ isOwner, sites }: SignedIn, site: string): Role {
  if (isOwner) return 'owner';
  return sites.find((grant) => grant.site === site)?.role ?? 'viewer';
}

export const roomsFor = (role: Role) => ROOMS.filter(({ least }) => isAtLeast(role, least));

export const addressText = ({ site, room }: Address): string => `#/${site}/${room}`;

/** Whatever names no room that is open to them leads to today's of their first site. */
export function parseAddress(
  hash: string,
  sites: readonly NamedSite[],
  roleOf: (site: string) => Role,
): Address {
  const [, wished = '', room = ''] = hash.split('/');
  const site = sites.find(({ id }) => id === wished)?.id ?? sites[0]?.id ?? '';
  const role = roleOf(site);
  if (room === 'new-site' && role === 'owner') return { site, room };
  const found = roomsFor(role).find(({ id }) => id === room);
  return { site, room: found?.id ?? 'today' };
}

/** Of all sites of this server, those that somebody may look at. */
export const sitesFor = (person: SignedIn, all: readonly NamedSite[]): readonly NamedSite[] =>
  person.isOwner ? all : all.filter(({ id }) => person.sites.some(({ site }) => site === id));
