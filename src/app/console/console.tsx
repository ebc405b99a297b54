// The console's entry: finds out who looks, shows them the door or their rooms, and the door again when their time is over.

import { render } from 'preact';
import '../styles/base.css';
import './console.css';
import { App } from './app.tsx';
import { createAsk } from './ask-server.ts';
import { DoorFrame } from './door-frame.tsx';
import { ProblemLine } from './frame.tsx';
import { sitesFor } from './rooms.ts';
import { createSignInWorld, endSession, fetchSession, fetchSites, type SignedIn } from './session-feed.ts';
import { createSignInModel } from './sign-in-model.ts';
import { SignInScreen } from './sign-in-screen.tsx';

const ASK_AGAIN_MS = 5000;
const JOIN_LINK = /^#join=([0-9a-f]{32})$/;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));

/** Without the link, which is used up; a room that was asked for stays. */
function enter(): void {
  if (JOIN_LINK.test(location.hash)) history.replaceState(null, '', location.pathname);
  location.reload();
}

async function signOut(): Promise<void> {
  await endSession();
  history.replaceState(null, '', location.pathname);
  location.reload();
}

async function showRooms(person: SignedIn, root: HTMLElement): Promise<void> {
  for (;;) {
    const all = await fetchSites();
    if (all.ok) {
      const ask = createAsk(() => location.reload());
      render(
        <App
          person={person}
          sites={sitesFor(person, all.value)}
          ask={ask}
          signOut={() => void signOut()}
          sitesChanged={() => showRooms(person, root)}
        />,
        root,
      );
      return;
    }
    await pause();
  }
}

async function start(root: HTMLElement): Promise<void> {
  render(<DoorFrame heading="Console" line="Asking the server." />, root);
  const token = JOIN_LINK.exec(location.hash)?.[1] ?? null;
  for (;;) {
    const found = token === null ? await fetchSession() : null;
    if (found === null || (found.ok && found.value === null))
      return render(<SignInScreen model={createSignInModel(createSignInWorld(enter), token)} />, root);
    if (found.ok && found.value !== null) return showRooms(found.value, root);
    if (!found.ok)
      render(
        <DoorFrame heading="Console" line="Asking again every 5 s.">
          <ProblemLine problem={found.error} />
        </DoorFrame>,
        root,
      );
    await pause();
  }
}

const root = document.querySelector<HTMLElement>('#console');
if (root === null) throw new Error('the page has no place for the console');
addEventListener('hashchange', () => {
  if (JOIN_LINK.test(location.hash)) location.reload();
});
void start(root);
