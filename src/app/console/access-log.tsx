// Who looked at what: for each person, route and site the first time in each minute.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Ask, listIn } from './ask-server.ts';
import { LoadedNotice } from './frame.tsx';
import { createLoaded, type Loaded, shownIn } from './loaded.ts';
import type { ListedPerson } from './people-model.ts';
import type { NamedSite } from './rooms.ts';

interface AccessLine {
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly site: string | null;
  readonly manager: string;
  readonly method: string;
  readonly route: string;
}

export interface AccessLogProps {
  readonly site: string;
  readonly ask: Ask;
  readonly people: readonly ListedPerson[];
  readonly sites: readonly NamedSite[];
}

export function AccessLog({ site, ask, people, sites }: AccessLogProps): JSX.Element {
  const log = useMemo(
    () =>
      createLoaded(async () =>
        listIn<AccessLine>(await ask('GET', `/access-log?site=${encodeURIComponent(site)}`), 'lines'),
      ),
    [],
  );
  const isOpen = useSignal(false);
  const toggle = () => {
    isOpen.value = !isOpen.value;
    if (isOpen.value) void log.refresh();
  };
  return (
    <section aria-labelledby="access">
      <div class="section-head">
        <h2 id="access">Who looked</h2>
        <button type="button" class="text-key" aria-expanded={isOpen.value} onClick={toggle}>
          {isOpen.value ? 'Hide' : 'Show'}
        </button>
      </div>
      <p class="second">Each person’s uses of this site: the first of each kind in every minute.</p>
      {isOpen.value && <Lines log={log} people={people} sites={sites} />}
    </section>
  );
}

interface LinesProps extends Pick<AccessLogProps, 'people' | 'sites'> {
  readonly log: Loaded<readonly AccessLine[]>;
}

function Lines({ log, people }: LinesProps): JSX.Element {
  const lines = shownIn(log);
  const nameOf = (manager: string) => people.find((one) => one.manager === manager)?.name ?? manager;
  return (
    <>
      <LoadedNotice state={log.state.value} retry={() => void log.refresh()} />
      {lines !== null && lines.length === 0 && <p class="none">Nobody yet.</p>}
      {lines !== null && lines.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ minute, manager, method, route }) => (
              <tr key={`${minute} ${manager} ${method} ${route}`}>
                <td>
                  {new Date(minute * 60_000).toLocaleString('en-GB', {
                    dateStyle: 'short',
                    timeStyle: 'short',
                  })}
                </td>
                <th scope="row">{nameOf(manager)}</th>
                <td class="route">
                  {method === 'GET' ? 'looked at' : 'changed'} {route}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
