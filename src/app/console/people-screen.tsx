// People: who may look at this site and change it, inviting others by a link, and for owners who looked at what.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { AccessLog } from './access-log.tsx';
import type { RoomProps } from './app.tsx';
import { LoadedNotice, ProblemLine } from './frame.tsx';
import { LinkOnce } from './link-once.tsx';
import { shownIn } from './loaded.ts';
import { createPeopleModel, type ListedPerson, type PeopleModel, peopleAt } from './people-model.ts';
import type { NamedSite, Role } from './rooms.ts';
import type { SignedIn } from './session-feed.ts';

export interface PeopleScreenProps extends RoomProps {
  readonly person: SignedIn;
  readonly sites: readonly NamedSite[];
}

export function PeopleScreen({ site, ask, person, sites }: PeopleScreenProps): JSX.Element {
  const model = useMemo(() => createPeopleModel(site, ask), []);
  const refresh = () => void model.people.refresh();
  useEffect(refresh, []);
  const people = shownIn(model.people);
  const role = useSignal<Role>('viewer');
  const { link } = model;
  return (
    <>
      <div class="room-head">
        <h1>People</h1>
      </div>
      <section aria-label="All people">
        <LoadedNotice state={model.people.state.value} retry={refresh} />
        {people !== null && (
          <table class="people">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">May</th>
                <th scope="col" class="wide-only">
                  Signs in by
                </th>
                <th scope="col" class="number wide-only">
                  Joined
                </th>
                {person.isOwner && (
                  <th scope="col">
                    <span class="only-spoken">What to do</span>
                  </th>
                )}
              </tr>
            </thead>
            {peopleAt(people, site).map((one) => (
              <PersonRow
                key={one.manager}
                one={one}
                model={model}
                site={site}
                isSelf={one.manager === person.manager}
                canChange={person.isOwner}
              />
            ))}
          </table>
        )}
        <ProblemLine problem={model.doing.problem.value} />
        {!person.isOwner && (
          <p class="second">
            An owner changes roles, removes people, and makes the link by which somebody chooses a password or
            passkey anew: yours too.
          </p>
        )}
      </section>
      <section aria-labelledby="invite">
        <h2 id="invite" class="ruled">
          Invite somebody
        </h2>
        <form
          class="line-form"
          onSubmit={(event) => {
            event.preventDefault();
            void model.invite(role.value);
          }}
        >
          <label for="invite-role">As</label>
          <select
            id="invite-role"
            value={role.value}
            onChange={({ currentTarget }) => {
              role.value = currentTarget.value as Role;
            }}
          >
            <option value="viewer">Viewer: looks at this site</option>
            <option value="manager">Manager: changes this site too</option>
            {person.isOwner && <option value="owner">Owner: everything, at all sites</option>}
          </select>
          <button type="submit" class="key key-main" disabled={model.doing.isBusy.value}>
            Make a link
          </button>
        </form>
        {link.value !== null && <LinkOnce link={link.value} hide={model.hideLink} />}
      </section>
      {person.isOwner && <AccessLog site={site} ask={ask} people={people ?? []} sites={sites} />}
    </>
  );
}

interface PersonRowProps {
  readonly one: ListedPerson;
  readonly model: PeopleModel;
  readonly site: string;
  readonly isSelf: boolean;
  readonly canChange: boolean;
}

function PersonRow({ one, model, site, isSelf, canChange }: PersonRowProps): JSX.Element {
  const isOpen = useSignal(false);
  const joined = new Date(one.joinedAtSeconds * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  return (
    <tbody>
      <tr>
        <th scope="row">
          {one.name}
          {isSelf && <span class="second"> (you)</span>}
        </th>
        <td>{roleWords(one, site)}</td>
        <td class="wide-only">{proofWords(one)}</td>
        <td class="number wide-only">{joined}</td>
        {canChange && (
          <td class="number">
            <button
              type="button"
              class="text-key"
              aria-expanded={isOpen.value}
              aria-label={`Change ${one.name}`}
              onClick={() => {
                isOpen.value = !isOpen.value;
              }}
            >
              Change
            </button>
          </td>
        )}
      </tr>
      {isOpen.value && (
        <tr>
          <td colSpan={5}>
            <PersonChanges one={one} model={model} site={site} isSelf={isSelf} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

type Change = 'renew' | 'remove' | 'owner' | 'manager' | 'viewer';

function PersonChanges({ one, model, site, isSelf }: Omit<PersonRowProps, 'canChange'>): JSX.Element {
  const asked = useSignal<Change | null>(null);
  const isBusy = model.doing.isBusy.value;
  const now = roleOf(one, site);
  const changes: readonly Change[] = (['viewer', 'manager', 'owner', 'renew', 'remove'] as const).filter(
    (change) => change !== now,
  );
  const doIt = async (change: Change) => {
    if (change === 'renew') await model.renew(one);
    else if (change === 'remove') await model.remove(one);
    else await model.setRole(one, change);
    asked.value = null;
  };
  const change = asked.value;
  if (change === null) {
    return (
      <ul class="choices">
        {changes.map((choice) => (
          <li key={choice}>
            <button
              type="button"
              class="key"
              onClick={() => {
                asked.value = choice;
              }}
            >
              {CHANGES[choice].name}
            </button>
            <span>{CHANGES[choice].about}</span>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <fieldset class="question" aria-label={CHANGES[change].name}>
      <p>
        {CHANGES[change].question(one.name)} {isSelf && 'This is you.'}
      </p>
      <p class="keys">
        <button type="button" class="key" disabled={isBusy} onClick={() => void doIt(change)}>
          {CHANGES[change].name}
        </button>
        <button
          type="button"
          class="key"
          onClick={() => {
            asked.value = null;
          }}
        >
          Leave it as it is
        </button>
      </p>
    </fieldset>
  );
}

interface ChangeWords {
  readonly name: string;
  readonly about: string;
  question(name: string): string;
}

const CHANGES: Readonly<Record<Change, ChangeWords>> = {
  viewer: {
    name: 'Make viewer',
    about: 'Looks at this site, and changes nothing.',
    question: (name) => `${name} may look at this site, and change nothing here from now on.`,
  },
  manager: {
    name: 'Make manager',
    about: 'Sees to tablets, gates and settings of this site.',
    question: (name) => `${name} may change this site and its tablets from now on.`,
  },
  owner: {
    name: 'Make owner',
    about: 'May everything, at all sites.',
    question: (name) => `${name} may see and change everything at all sites from now on.`,
  },
  renew: {
    name: 'New link',
    about: 'A password or passkey is lost. The ones before end, and a link for new ones is shown.',
    question: (name) =>
      `All passwords, passkeys and sessions of ${name} end at once. You get a link to pass on.`,
  },
  remove: {
    name: 'Remove',
    about: 'Signed out at once, at all sites. What was done stays in the access log.',
    question: (name) => `${name} is signed out at once and may enter no site any more.`,
  },
};

const roleOf = ({ roles }: ListedPerson, site: string): Role | null =>
  roles.isOwner ? 'owner' : (roles.sites.find((grant) => grant.site === site)?.role ?? null);

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: 'Look at this site',
  manager: 'Change this site',
  owner: 'Everything, at all sites',
};

function roleWords(one: ListedPerson, site: string): string {
  const role = roleOf(one, site);
  return role === null ? '' : ROLE_WORDS[role];
}

function proofWords({ hasPassword, passkeys }: ListedPerson): string {
  const keys = passkeys === 1 ? 'a passkey' : passkeys > 1 ? `${passkeys} passkeys` : '';
  if (hasPassword) return keys === '' ? 'a password' : `a password, ${keys}`;
  return keys === '' ? 'nothing yet' : keys;
}
