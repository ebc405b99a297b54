// English. Say what is, then a verb. The pass is the subject, never the person; doubts of this tablet are its own.

import type { Catalogue } from './catalogue.ts';
import { enStart } from './en-start.ts';

export const en: Catalogue = {
  strip: {
    network: 'Network',
    on: 'On',
    offFor: (age) => `Off ${age}`,
    waiting: 'Waiting',
    listAge: 'List age',
    noList: 'None',
    clock: 'Time',
    clockBehind: 'Clock behind',
    clockAhead: 'Clock ahead',
    status: 'State of this tablet',
  },
  start: enStart,
  camera: {
    show: 'Show the code in the gate',
    rearLooking: 'rear camera, looking',
    frontLooking: 'front camera, looking',
    paused: 'not looking',
    starting: 'The camera is starting',
    decoderStarting: 'The reader is starting',
    noCode: 'No code in this picture. Take one nearer and sharper.',
    notAPicture: 'This file is not a picture that can be opened.',
    lookingAtPicture: 'Looking at the picture',
    help: 'Nothing read for a while: brighten the phone, wipe the lens, hold it a hand away, turn on more light.',
    refused: {
      what: 'The camera is not allowed.',
      next: 'Tap the lock beside the address, allow the camera, then try again. A picture or pasted text works now.',
    },
    missing: {
      what: 'This tablet has no camera that can be found.',
      next: 'Connect one and try again. A picture or pasted text works now.',
    },
    busy: {
      what: 'Another program holds the camera.',
      next: 'Close it and try again. A picture or pasted text works now.',
    },
    lost: {
      what: 'The camera stopped.',
      next: 'Check its plug, then try again. A picture or pasted text works now.',
    },
    insecure: {
      what: 'The browser gives no camera to this address.',
      next: 'Open the page by https or on this machine itself. A picture or pasted text works now.',
    },
    decoderFailed: (detail) => ({
      what: 'The reader of codes did not start.',
      next: `Start it again. Pasted text works now. (${detail})`,
    }),
    retry: 'Try again',
    startAgain: 'Start again',
  },
  keys: {
    torch: 'Torch',
    torchOn: 'Torch on',
    front: 'Front',
    rear: 'Rear',
    picture: 'Picture',
    pasteText: 'Paste text',
    endShift: 'End shift',
    hold: 'Hold',
    goOn: 'Go on',
    next: 'Next',
    letIn: 'Let in',
    sentAway: 'Sent away',
    update: 'Update',
    check: 'Check the text',
    close: 'Close',
  },
  scanning: {
    tally: 'This shift',
    directionOf: 'Direction',
    pasteLabel: 'Text of a pass',
    pasteHint: 'It begins with GL1:',
    updateReady: 'A new version is ready. It comes by itself after the shift.',
  },
  banner: {
    storageLow: 'Storage is nearly full. Free some space on this tablet.',
    listStale: (age) => `Our list is ${age} old: green passes show Check. Connect the tablet.`,
    listDead: (age) => `Our list is ${age} old: no pass can be verified. Connect the tablet.`,
    clockBehind: 'This tablet’s clock is behind: green passes show Check. Set the clock.',
    clockAhead: 'This tablet’s clock is ahead: green passes show Check. Set the clock.',
    listTrouble: (why) => `A new list was not taken: ${why}. Tell the manager.`,
    notNoted: 'What you decided could not be stored. Tell the manager.',
  },
  docket: {
    code: 'Code',
    printed: (name) => `Printed on it: ${name}`,
    appeal: (where) => `Appeal: ${where}.`,
    rule: (rule) => `Rule ${rule}`,
    listAge: (age) => `Our list is ${age} old.`,
    notARefusal: 'This is not a refusal. It says nothing about the holder.',
  },
  stopped: {
    noTrust: {
      what: 'No list yet',
      next: 'This tablet holds no list to judge passes by. Connect it to the network and fetch the list.',
      key: 'Fetch again',
    },
    noDayKey: {
      what: 'No key for today',
      next: 'Nothing can be recorded before this tablet has today’s key, so no pass is judged. See that the date is right, then connect it to the network.',
      key: 'Fetch the key',
    },
    storageFull: {
      what: 'Storage is full',
      next: 'No scan can be kept, so none is judged. Delete files or apps on this tablet, or connect it so that waiting scans leave.',
      key: 'Try again',
    },
    logVanished: {
      what: 'The log is gone',
      next: 'The log on this tablet was deleted by the browser. Tell the manager. Scans that were not sent are lost.',
      key: 'Begin a new log',
    },
    logBlocked: {
      what: 'Open in another tab',
      next: 'Another tab of this scanner holds an older log open. Close the other tab.',
      key: 'Try again',
    },
    logBroken: {
      what: 'The log cannot be written',
      next: 'The last pass was not recorded, so it got no verdict. Begin a new log, then scan it again. Tell the manager.',
      key: 'Begin a new log',
    },
    fault: (detail) => ({
      what: 'This tablet made a mistake',
      next: `The last pass was not judged. Go back and scan it again. Tell the manager: ${detail}`,
      key: 'Back to scanning',
    }),
    notOpened: (detail) => ({
      what: 'This tablet cannot open its memory',
      next: `No scan can be kept, so none is judged. Leave private browsing, or use another browser. (${detail})`,
      key: 'Try again',
    }),
    stillSo: 'Still so.',
  },
};
