// What the set-up of a tablet needs and an enrolled one does not: loaded only where it is shown.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { readInvitation } from '../../device/identity/enrolment-desk.ts';
import type { StartModel } from '../guard/start-model.ts';
import { createEnrolModel, type EnrolModel } from './enrol-model.ts';
import { EnrolScreen, WipedScreen } from './enrol-screen.tsx';

export interface SetUpProps {
  readonly start: StartModel;
  readonly video: HTMLVideoElement;
}

export function SetUp({ start, video }: SetUpProps): JSX.Element | null {
  const model = useSignal<EnrolModel | null>(null);
  const tablet = start.tablet.value;
  const isWiped = tablet.identity === 'wiped';
  useEffect(() => {
    if (isWiped) return;
    openEnrol(start).then((opened) => {
      model.value = opened;
    }, start.fail);
  }, [start, model, isWiped]);
  if (isWiped) return <WipedScreen language={start.language} />;
  return model.value === null ? null : <EnrolScreen model={model.value} tablet={tablet} video={video} />;
}

async function openEnrol(start: StartModel): Promise<EnrolModel> {
  const { identity } = start.tablet.value;
  const model = createEnrolModel({
    desk: await start.openEnrolment(),
    readInvitation,
    language: start.language,
    isAgain: identity === 'enrolled' || identity === 'revoked',
    onDone(gate) {
      start.shift.chooseGate(gate);
      start.turnTo('shift');
    },
    onLeave: () => start.turnTo('shift'),
  });
  void model.open();
  return model;
}
