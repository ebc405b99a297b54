// What every room stands in: the head with rooms and sites, the room itself, and who looks.

import type { ComponentChildren, JSX } from 'preact';
import { Housing } from '../parts/housing.tsx';
import type { AskProblem } from './ask-server.ts';
import './frame.css';
import type { LoadedState } from './loaded.ts';
import { askProblemText } from './problem-text.ts';
import { type Address, addressText, type NamedSite, type Role, roomsFor } from './rooms.ts';
import type { SignedIn } from './session-feed.ts';
import { SIGN_IN_TEXTS } from './sign-in-texts.ts';

export interface FrameProps {
  readonly person: SignedIn;
  readonly role: Role;
  readonly sites: readonly NamedSite[];
  readonly address: Address;
  go(address: Address): void;
  signOut(): void;
  readonly children: ComponentChildren;
}

export function Frame({ person, role, sites, address, go, signOut, children }: FrameProps): JSX.Element {
  const links = roomsFor(role).map(({ id, name }) => ({
    href: addressText({ site: address.site, room: id }),
    name,
  }));
  return (
    <div class="console">
      <Housing
        label="Rooms"
        links={links}
        current={addressText(address)}
        end={<SitePart sites={sites} address={address} role={role} go={go} />}
      />
      <main>{children}</main>
      <footer class="signed-in">
        <span>
          Signed in as {person.name}. {ROLE_SENTENCES[role]}
        </span>
        <a href="/">Scanner</a>
        <button type="button" class="text-key" onClick={signOut}>
          {SIGN_IN_TEXTS.signOut}
        </button>
      </footer>
    </div>
  );
}

const ROLE_SENTENCES: Readonly<Record<Role, string>> = {
  viewer: 'You may look at this site.',
  manager: 'You manage this site.',
  owner: 'You own this server.',
};

const NEW_SITE = '+';

function SitePart({
  sites,
  address,
  role,
  go,
}: Pick<FrameProps, 'sites' | 'address' | 'role' | 'go'>): JSX.Element {
  const isOwner = role === 'owner';
  if (sites.length < 2 && !isOwner) return <span>{sites[0]?.name ?? ''}</span>;
  return (
    <select
      class="site-choice"
      aria-label="Site"
      value={address.room === 'new-site' ? NEW_SITE : address.site}
      onChange={({ currentTarget: { value } }) =>
        go(
          value === NEW_SITE
            ? { ...address, room: 'new-site' }
            : { site: value, room: address.room === 'new-site' ? 'site' : address.room },
        )
      }
    >
      {sites.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      {isOwner && <option value={NEW_SITE}>New site…</option>}
    </select>
  );
}

/** Why something did not happen; an empty line is there at once, so that a screen reader hears what comes into it. */
export const ProblemLine = ({ problem }: { readonly problem: AskProblem | null }): JSX.Element => (
  <p class="problem" role="alert">
    {problem === null ? '' : askProblemText(problem)}
  </p>
);

/** What stands in place of a list that is not known, or above one that is old. */
export function LoadedNotice<T>({
  state,
  retry,
}: {
  readonly state: LoadedState<T>;
  retry(): void;
}): JSX.Element | null {
  if (state.kind === 'loading') return <p class="none">Asking the server.</p>;
  const problem = state.kind === 'failed' ? state.problem : state.trouble;
  if (problem === null) return null;
  return (
    <div class="notice" role="alert">
      <p>
        {askProblemText(problem)} {state.kind === 'shown' && 'What is shown may be old.'}
      </p>
      <button type="button" class="key" onClick={retry}>
        Ask now
      </button>
    </div>
  );
}
