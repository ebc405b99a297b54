// The console of somebody who is signed in: one frame, and the room that the address names.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Ask } from './ask-server.ts';
import { AuditScreen } from './audit-screen.tsx';
import { Frame } from './frame.tsx';
import { NewSiteScreen } from './new-site-screen.tsx';
import { PeopleScreen } from './people-screen.tsx';
import { type Address, addressText, isAtLeast, type NamedSite, parseAddress, roleAt } from './rooms.ts';
import type { SignedIn } from './session-feed.ts';
import { SiteScreen } from './site-screen.tsx';
import { TabletsScreen } from './tablets-screen.tsx';
import { TodayRoom } from './today-screen.tsx';

export interface AppProps {
  readonly person: SignedIn;
  readonly sites: readonly NamedSite[];
  readonly ask: Ask;
  signOut(): void;
  /** The list of sites or a name in it changed. */
  sitesChanged(): Promise<void>;
}

export function App({ person, sites, ask, signOut, sitesChanged }: AppProps): JSX.Element {
  const hash = useSignal(location.hash);
  useEffect(() => {
    const look = () => {
      hash.value = location.hash;
    };
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, [hash]);
  const roleOf = (site: string) => roleAt(person, site);
  const address = parseAddress(hash.value, sites, roleOf);
  const { site } = address;
  const role = roleOf(site);
  const name = sites.find(({ id }) => id === site)?.name ?? site;
  useEffect(() => {
    document.title = `${name} - Gatelight console`;
  }, [name]);
  const go = (to: Address) => {
    location.hash = addressText(to);
  };
  const room = { site, ask, canChange: isAtLeast(role, 'manager') };
  const key = addressText(address);
  return (
    <Frame person={person} role={role} sites={sites} address={address} go={go} signOut={signOut}>
      {address.room === 'today' && <TodayRoom key={key} {...room} />}
      {address.room === 'tablets' && <TabletsScreen key={key} {...room} />}
      {address.room === 'site' && <SiteScreen key={key} {...room} sitesChanged={sitesChanged} />}
      {address.room === 'people' && <PeopleScreen key={key} {...room} person={person} sites={sites} />}
      {address.room === 'audit' && <AuditScreen key={key} {...room} siteName={name} />}
      {address.room === 'new-site' && (
        <NewSiteScreen
          key={key}
          ask={ask}
          founded={async (id) => {
            await sitesChanged();
            go({ site: id, room: 'site' });
          }}
        />
      )}
    </Frame>
  );
}

/** What each room is given. */
export interface RoomProps {
  readonly site: string;
  readonly ask: Ask;
  /** A manager of this site, or an owner. */
  readonly canChange: boolean;
}
