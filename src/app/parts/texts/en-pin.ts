// English, of the PIN and the tablet's own settings.

import type { PinTexts, SettingsTexts } from './pin-texts.ts';

export const enPin: PinTexts = {
  current: 'PIN',
  new: 'New PIN, 4 to 8 digits',
  again: 'The new PIN again',
  typed: (count) => `${count} digits typed`,
  wrong: 'Wrong.',
  wait: (seconds) => `Wait ${seconds} seconds.`,
  tooShort: 'A PIN has 4 to 8 digits.',
  differs: 'The two differ. Type the new PIN again.',
  failed: (detail) => `That did not work: ${detail}`,
  forgotten: 'Forgotten? Ask the manager to reset it in the console. Waiting scans stay.',
  erase: 'Erase',
  ok: 'OK',
  back: 'Back',
};

export const enSettings: SettingsTexts = {
  title: 'This tablet',
  site: 'Site',
  unknown: 'Not known yet',
  pin: 'PIN',
  pinOn: 'A shift opens with it.',
  pinOff: 'None. Anybody can open a shift.',
  setPin: 'Set a PIN',
  changePin: 'Change the PIN',
  removePin: 'Remove the PIN',
  saveFile: 'Save waiting records to a file',
  setUpAgain: 'Set up again',
  back: 'Back',
};
