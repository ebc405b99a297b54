// Tablets: which there are, and what can be done with each; enrolling another; taking records that came as a file.

import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { RoomProps } from './app.tsx';
import { createEnrolmentModel } from './enrolment-model.ts';
import { EnrolmentPanel } from './enrolment-panel.tsx';
import { LoadedNotice } from './frame.tsx';
import { ImportPart } from './import-part.tsx';
import { createLoaded, shownIn } from './loaded.ts';
import { fetchSite } from './site-feed.ts';
import { TabletRows } from './tablet-rows.tsx';
import { createTabletsModel, sortTablets } from './tablets-model.ts';
import { useNow, useRepeated } from './use-now.ts';

const ASK_MS = 10_000;

export function TabletsScreen({ site, ask, canChange }: RoomProps): JSX.Element {
  const model = useMemo(() => createTabletsModel(site, ask), []);
  const held = useMemo(() => createLoaded(() => fetchSite(ask, site)), []);
  const enrolment = useMemo(() => createEnrolmentModel(site, ask, () => void model.tablets.refresh()), []);
  const refresh = () => void Promise.all([model.tablets.refresh(), held.refresh()]);
  useRepeated(refresh, ASK_MS);
  const nowMs = useNow();
  const gates = shownIn(held)?.gates ?? [];
  const tablets = shownIn(model.tablets);
  const isOpen = enrolment.step.value.kind !== 'closed';
  return (
    <>
      <div class="room-head">
        <h1>Tablets</h1>
        {canChange && !isOpen && (
          <button
            type="button"
            class="key key-main"
            disabled={gates.length === 0}
            onClick={() => enrolment.open()}
          >
            Enrol a tablet
          </button>
        )}
      </div>
      {canChange && <EnrolmentPanel model={enrolment} gates={gates} />}
      <section aria-label="All tablets">
        <LoadedNotice state={model.tablets.state.value} retry={refresh} />
        {tablets !== null && tablets.length === 0 && (
          <p class="none">No tablet is enrolled here yet.{canChange ? ' Enrol the first.' : ''}</p>
        )}
        {tablets !== null && tablets.length > 0 && (
          <TabletRows
            tablets={sortTablets(tablets, gates)}
            gates={gates}
            model={model}
            nowSeconds={Math.floor(nowMs / 1000)}
            canChange={canChange}
          />
        )}
      </section>
      {canChange && <ImportPart model={model} />}
    </>
  );
}
