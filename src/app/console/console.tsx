// The console's entry: finds out which site this server serves, then joins the model to the server and the page.

import { render } from 'preact';
import '../styles/base.css';
import './console.css';
import { createConsoleModel, type Problem } from './console-model.ts';
import { createSiteFeed, fetchSite, type ShownSite } from './site-feed.ts';
import { ConsoleFrame, FailedNotice, TodayScreen } from './today-screen.tsx';

const ASK_AGAIN_MS = 5000;

async function findSite(show: (problem: Problem) => void): Promise<ShownSite> {
  const named = new URLSearchParams(location.search).get('site');
  if (named !== null) return { id: named, clippings: [] };
  for (;;) {
    const found = await fetchSite();
    if (found.ok) return found.value;
    show(found.error);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

async function start(root: HTMLElement): Promise<void> {
  render(<ConsoleFrame />, root);
  const startedMs = Date.now();
  const site = await findSite((problem) =>
    render(
      <ConsoleFrame>
        <FailedNotice problem={problem} sinceMs={startedMs} />
      </ConsoleFrame>,
      root,
    ),
  );
  const model = createConsoleModel(createSiteFeed(site.id));
  render(<TodayScreen model={model} clippings={site.clippings} />, root);
  model.start();
}

const root = document.querySelector<HTMLElement>('#console');
if (root === null) throw new Error('the page has no place for the console');
void start(root);
