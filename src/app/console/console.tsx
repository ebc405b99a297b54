// The console's entry: finds out who looks and at which site, then joins the model to the server and the page.

import { effect } from '@preact/signals';
import { render } from 'preact';
import '../styles/base.css';
import './console.css';
import { type ConsoleState, createConsoleModel, type Problem } from './console-model.ts';
import { createSignInWorld, endSession, fetchSession, type SignedIn } from './session-feed.ts';
import { createSignInModel } from './sign-in-model.ts';
import { SignedInLine, SignInScreen } from './sign-in-screen.tsx';
import { createSiteFeed, fetchSite, type ShownSite } from './site-feed.ts';
import { ConsoleFrame, FailedNotice, TodayScreen } from './today-screen.tsx';

const ASK_AGAIN_MS = 5000;
/** What follows # reaches no server. */
const JOIN_LINK = /^#join=([0-9a-f]{32})$/;

type Show = (problem: Problem) => void;

/** Null: nobody is signed in. */
async function findPerson(show: Show): Promise<SignedIn | null> {
  for (;;) {
    const found = await fetchSession();
    if (found.ok) return found.value;
    show({ kind: 'unreachable' });
    await pause();
  }
}

async function findSite(person: SignedIn, show: Show): Promise<ShownSite> {
  const named = new URLSearchParams(location.search).get('site') ?? person.sites[0]?.site;
  for (;;) {
    const found = await fetchSite();
    if (found.ok && (named === undefined || found.value.id === named)) return found.value;
    if (named !== undefined) return { id: named, clippings: [] };
    if (!found.ok) show(found.error);
    await pause();
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));

/** Without the link, which is used up. */
function enter(): void {
  history.replaceState(null, '', location.pathname + location.search);
  location.reload();
}

async function signOut(): Promise<void> {
  await endSession();
  location.reload();
}

async function start(root: HTMLElement): Promise<void> {
  render(<ConsoleFrame />, root);
  const startedMs = Date.now();
  const show: Show = (problem) =>
    render(
      <ConsoleFrame>
        <FailedNotice problem={problem} sinceMs={startedMs} />
      </ConsoleFrame>,
      root,
    );
  const token = JOIN_LINK.exec(location.hash)?.[1] ?? null;
  const person = token === null ? await findPerson(show) : null;
  if (person === null)
    return render(<SignInScreen model={createSignInModel(createSignInWorld(enter), token)} />, root);
  const site = await findSite(person, show);
  const model = createConsoleModel(createSiteFeed(site.id));
  effect(() => {
    if (isSignedOut(model.state.value)) location.reload();
  });
  render(
    <>
      <TodayScreen model={model} clippings={site.clippings} />
      <SignedInLine name={person.name} signOut={() => void signOut()} />
    </>,
    root,
  );
  model.start();
}

/** The session ended meanwhile: the page asks anew who looks. */
function isSignedOut(state: ConsoleState): boolean {
  const problem =
    state.kind === 'failed' ? state.problem : state.kind === 'shown' ? state.trouble?.problem : null;
  return problem?.kind === 'answered' && problem.status === 401;
}

const root = document.querySelector<HTMLElement>('#console');
if (root === null) throw new Error('the page has no place for the console');
void start(root);
