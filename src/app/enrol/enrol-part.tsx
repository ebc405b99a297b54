// What the set-up of a tablet needs and an enrolled one does not: loaded only where it is shown.

import { readInvitation } from '../../device/identity/enrolment-desk.ts';
import type { Tablet } from '../../device/tablet.ts';
import type { StartModel } from '../guard/start-model.ts';
import { createEnrolModel, type EnrolModel } from './enrol-model.ts';

export { EnrolScreen } from './enrol-screen.tsx';

export async function openEnrol(start: StartModel, tablet: Tablet): Promise<EnrolModel> {
  const model = createEnrolModel({
    desk: await tablet.openEnrolment(),
    readInvitation,
    language: start.language,
    isAgain: tablet.state.identity === 'enrolled' || tablet.state.identity === 'revoked',
    onDone(gate) {
      start.shift.chooseGate(gate);
      start.isSettingUp.value = false;
    },
    onLeave() {
      start.isSettingUp.value = false;
    },
  });
  void model.open();
  return model;
}
