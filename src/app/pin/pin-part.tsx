// What asks for a PIN, and the tablet's settings: loaded when they are asked for.

export { createPinModel } from './pin-model.ts';
export { PinScreen } from './pin-screen.tsx';
export { SettingsScreen } from './settings-screen.tsx';
