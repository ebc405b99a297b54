// Every word of the pages in one typed place. A language is one file that has all of it, or it does not compile.
// The words of verdicts are not here: they belong to the rules (core/verdict/describe.ts).

export interface Catalogue {
  readonly strip: {
    readonly network: string;
    readonly on: string;
    readonly offFor: (age: string) => string;
    readonly waiting: string;
    readonly listAge: string;
    readonly noList: string;
    readonly clock: string;
    readonly clockBehind: string;
    readonly clockAhead: string;
    readonly status: string;
  };
  readonly start: StartTexts;
  readonly camera: {
    readonly show: string;
    readonly rearLooking: string;
    readonly frontLooking: string;
    readonly paused: string;
    readonly starting: string;
    readonly decoderStarting: string;
    readonly noCode: string;
    readonly notAPicture: string;
    readonly lookingAtPicture: string;
    readonly help: string;
    readonly refused: Notice;
    readonly missing: Notice;
    readonly busy: Notice;
    readonly lost: Notice;
    readonly insecure: Notice;
    readonly decoderFailed: (detail: string) => Notice;
    readonly retry: string;
    readonly startAgain: string;
  };
  readonly keys: {
    readonly torch: string;
    readonly torchOn: string;
    readonly front: string;
    readonly rear: string;
    readonly picture: string;
    readonly pasteText: string;
    readonly endShift: string;
    readonly hold: string;
    readonly goOn: string;
    readonly next: string;
    readonly letIn: string;
    readonly sentAway: string;
    readonly withoutPass: string;
    readonly undo: string;
    readonly saveFile: string;
    readonly update: string;
    readonly check: string;
    readonly close: string;
  };
  readonly scanning: {
    readonly tally: string;
    readonly directionOf: string;
    readonly pasteLabel: string;
    readonly pasteHint: string;
    readonly updateReady: string;
    readonly entryNoted: string;
  };
  readonly banner: {
    readonly storageLow: string;
    readonly listStale: (age: string) => string;
    readonly listDead: (age: string) => string;
    readonly clockBehind: string;
    readonly clockAhead: string;
    readonly listTrouble: (why: string) => string;
    readonly notNoted: string;
  };
  readonly docket: {
    readonly code: string;
    readonly printed: (name: string) => string;
    readonly appeal: (where: string) => string;
    readonly rule: (rule: string) => string;
    readonly listAge: (age: string) => string;
    readonly notARefusal: string;
  };
  readonly stopped: {
    readonly revoked: Stop;
    readonly noTrust: Stop;
    readonly noDayKey: Stop;
    readonly storageFull: Stop;
    readonly logVanished: Stop;
    readonly logBlocked: Stop;
    readonly logBroken: Stop;
    readonly fault: (detail: string) => Stop;
    readonly notOpened: (detail: string) => Stop;
    readonly stillSo: string;
  };
}

/** The first screen's: a file of their own in each language, because that screen is loaded before all others. */
export interface StartTexts {
  readonly title: string;
  readonly start: string;
  readonly gate: string;
  readonly chooseGate: string;
  readonly directionOf: string;
  readonly tablet: string;
  readonly tabletWithPin: string;
  readonly tabletWithoutPin: string;
  readonly tabletRevoked: string;
  readonly settingsKey: string;
  readonly setUp: string;
  readonly network: string;
  readonly reachable: string;
  readonly unreachable: (age: string) => string;
  readonly waiting: string;
  readonly nothingWaits: string;
  readonly scansWait: (count: string) => string;
  readonly list: string;
  readonly listFresh: (age: string) => string;
  readonly listAgeing: (age: string) => string;
  readonly listStale: (age: string) => string;
  readonly listDead: (age: string) => string;
  readonly noList: string;
  readonly noDayKey: string;
  readonly listTrouble: (why: string) => string;
  readonly listsMissing: string;
  readonly listRefused: (why: string) => string;
  readonly settings: string;
  readonly clipped: (count: string) => string;
  readonly clock: string;
  readonly clockGood: string;
  readonly clockUnknown: string;
  readonly clockBehind: string;
  readonly clockAhead: string;
  readonly storage: string;
  readonly storageOk: string;
  readonly storageLow: string;
  readonly storageFull: string;
  readonly logVanished: string;
  readonly logBlocked: string;
  readonly logBroken: string;
  readonly fetchNow: string;
  readonly sendNow: string;
  readonly saveFile: string;
  readonly beginNewLog: string;
  readonly tryAgain: string;
  readonly ready: string;
  readonly readyWithDoubt: string;
  readonly notReady: string;
  readonly starting: string;
  readonly notLoaded: (detail: string) => string;
}

/** What is, and what to do about it. */
export interface Notice {
  readonly what: string;
  readonly next: string;
}

export interface Stop extends Notice {
  readonly key: string;
}
