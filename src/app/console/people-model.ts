// The people of a site as its managers see to them, and for owners who looked at what.

import { type ReadonlySignal, signal } from '@preact/signals';
import { ok, refused } from '../../core/result.ts';
import { type Ask, listIn, problemOf } from './ask-server.ts';
import { createDoing, createLoaded, type Doing, type Loaded } from './loaded.ts';
import type { Role } from './rooms.ts';

export interface SiteGrant {
  readonly site: string;
  readonly role: 'viewer' | 'manager';
}

export interface Roles {
  readonly isOwner: boolean;
  readonly sites: readonly SiteGrant[];
}

export interface ListedPerson {
  readonly manager: string;
  readonly name: string;
  readonly roles: Roles;
  readonly hasPassword: boolean;
  readonly passkeys: number;
  readonly joinedAtSeconds: number;
}

/** Shown once, and kept nowhere. */
export interface ShownLink {
  readonly link: string;
  readonly expiresSeconds: number;
  /** Whom it is for. */
  readonly to: string;
}

export interface PeopleModel {
  readonly people: Loaded<readonly ListedPerson[]>;
  readonly link: ReadonlySignal<ShownLink | null>;
  readonly doing: Doing;
  invite(role: Role): Promise<void>;
  /** A link by which somebody chooses a password or passkey anew; the ones before end at once. */
  renew(person: ListedPerson): Promise<boolean>;
  setRole(person: ListedPerson, role: Role | null): Promise<boolean>;
  remove(person: ListedPerson): Promise<boolean>;
  hideLink(): void;
}

export function createPeopleModel(site: string, ask: Ask): PeopleModel {
  const people = createLoaded(async () => listIn<ListedPerson>(await ask('GET', '/managers'), 'managers'));
  const link = signal<ShownLink | null>(null);
  const doing = createDoing();

  async function showLink(to: string, ...question: Parameters<Ask>): Promise<boolean> {
    link.value = null;
    const made = await doing.run(async () => {
      const told = await ask(...question);
      if (!told.ok) return told;
      const found = told.value.json as Partial<ShownLink> | null;
      return typeof found?.link === 'string' && typeof found.expiresSeconds === 'number'
        ? ok({ link: found.link, expiresSeconds: found.expiresSeconds, to })
        : refused(problemOf('not-understood'));
    });
    link.value = made;
    return made !== null;
  }

  async function change(...question: Parameters<Ask>): Promise<boolean> {
    const told = await doing.run(() => ask(...question));
    await people.refresh();
    return told !== null;
  }

  return {
    people,
    link,
    doing,
    async invite(role) {
      await showLink(`a new ${role}`, 'POST', '/managers', { json: grantOf(role, site) });
    },
    async renew({ manager, name }) {
      const isDone = await showLink(name, 'POST', `/managers/${manager}/reset`);
      await people.refresh();
      return isDone;
    },
    setRole: ({ manager, roles }, role) =>
      change('PUT', `/managers/${manager}/roles`, { json: withRole(roles, site, role) }),
    remove: ({ manager }) => change('DELETE', `/managers/${manager}`),
    hideLink() {
      link.value = null;
    },
  };
}

const grantOf = (role: Role, site: string): Roles =>
  role === 'owner' ? { isOwner: true, sites: [] } : { isOwner: false, sites: [{ site, role }] };

/** The same roles elsewhere, and this one here; null: none here. */
export function withRole(roles: Roles, site: string, role: Role | null): Roles {
  if (role === 'owner') return { isOwner: true, sites: [] };
  const elsewhere = roles.sites.filter((grant) => grant.site !== site);
  return { isOwner: false, sites: role === null ? elsewhere : [...elsewhere, { site, role }] };
}

/** Owners, and who has a role at the site; by name. */
export const peopleAt = (people: readonly ListedPerson[], site: string): readonly ListedPerson[] =>
  people
    .filter(({ roles }) => roles.isOwner || roles.sites.some((grant) => grant.site === site))
    .toSorted((a, b) => a.name.localeCompare(b.name));
