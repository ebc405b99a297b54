// What a manager may: everything as an owner, or at each of some sites what its role there allows.

import { isId } from '../../core/trust/ids.ts';

export type Role = 'viewer' | 'manager' | 'owner';
export type SiteRole = Exclude<Role, 'owner'>;

export interface SiteGrant {
  readonly site: string;
  readonly role: SiteRole;
}

/** An owner has no grants: all sites are its own. */
export interface Roles {
  readonly isOwner: boolean;
  readonly sites: readonly SiteGrant[];
}

export const OWNER: Roles = { isOwner: true, sites: [] };

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, manager: 1, owner: 2 };
const MAX_SITES = 1000;

export const isAtLeast = (role: Role, least: Role): boolean => RANKS[role] >= RANKS[least];

/** Null where somebody has nothing to look for at that site. */
export function roleAt({ isOwner, sites }: Roles, site: string): Role | null {
  if (isOwner) return 'owner';
  return sites.find((grant) => grant.site === site)?.role ?? null;
}

/** For what belongs to no site: the highest that somebody has anywhere. */
export function highestRole({ isOwner, sites }: Roles): Role | null {
  if (isOwner) return 'owner';
  if (sites.some(({ role }) => role === 'manager')) return 'manager';
  return sites.length > 0 ? 'viewer' : null;
}

/** Whether somebody may give these away: an owner all, others what they have themselves as a manager of a site. */
export const mayGive = (giver: Roles, given: Roles): boolean =>
  giver.isOwner || (!given.isOwner && given.sites.every(({ site }) => roleAt(giver, site) === 'manager'));

/** Reads { isOwner: true } or { sites: [{ site, role }, ...] }, each site once and at least one; null for anything else. */
export function parseRoles(json: unknown): Roles | null {
  if (!isRecord(json)) return null;
  const { isOwner = false, sites = [] } = json;
  if (!Array.isArray(sites) || sites.length > MAX_SITES) return null;
  if (isOwner === true) return sites.length === 0 ? OWNER : null;
  if (isOwner !== false || sites.length === 0 || !sites.every(isGrant)) return null;
  const grants = sites.map(({ site, role }) => ({ site, role }));
  const isOnceEach = new Set(grants.map(({ site }) => site)).size === grants.length;
  return isOnceEach ? { isOwner: false, sites: grants } : null;
}

const isGrant = (json: unknown): json is SiteGrant =>
  isRecord(json) &&
  typeof json.site === 'string' &&
  isId(json.site) &&
  (json.role === 'viewer' || json.role === 'manager');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
