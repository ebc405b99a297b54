// What the demo publishes and chooses: one station with its gates, two classes of which its server may found more, one issuer with its published rules and its status
// list, and the station's settings. Written once, at the first start; afterwards the files belong to whoever tries things out.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { encodeHex } from '../../core/bytes/hex.ts';
import { encodeDocument, FIRST_FILES, STANDARD_POLICY } from '../../core/trust/publish/edit-document.ts';
import { type ChosenPolicy, DEFAULT_RETENTION_DAYS } from '../../core/trust/settings/settings.ts';
import {
  ANY_SITE,
  ISSUERS_FILE,
  POLICIES_FILE,
  rulesetFile,
  SERVERS_FILE,
} from '../../core/trust/targets/targets.ts';
import type { Site, Texts } from '../../core/trust/trust.ts';
import { DEFAULT_AGES } from '../../core/trust/trust-age.ts';

/** The number of rule set CITY-7 in a pass, and of its reasons. */
export const CITY_7 = { ruleset: 7, checkedIn: 1, checkInMissing: 2, positiveTest: 3 } as const;
const CITY_7_ID = 'city-7';

export const DEMO_ISSUER = 'lindenhof-health';

export const DEMO_LIST = {
  issuer: DEMO_ISSUER,
  list: 0,
  uri: 'https://health.lindenhof.example/status/0',
  bits: 2,
  indices: 2 ** 20,
} as const;

export const DEMO_SITE: Site = {
  id: 'lindenhof',
  name: 'Lindenhof station',
  timeZone: 'Europe/Berlin',
  dayStartMinutes: 4 * 60,
  gates: [
    { id: 'gate-1', name: 'Gate 1 East' },
    { id: 'gate-2', name: 'Gate 2 West' },
    { id: 'gate-3', name: 'Gate 3 North' },
    { id: 'gate-4', name: 'Gate 4 South' },
  ],
};

export const DEMO_POLICY: ChosenPolicy = {
  name: 'Lindenhof station',
  version: 1,
  byColour: { green: 'admit', yellow: 'check', red: 'refuse' },
  maxPassAgeSeconds: null,
  tooOld: 'refuse',
  hours: [],
  outsideHours: 'refuse',
  seenBeforeWindowSeconds: 15 * 60,
  retentionDays: DEFAULT_RETENTION_DAYS,
  ages: DEFAULT_AGES,
  displayMs: { admit: 1500, check: 6000, refuse: 6000, unverifiable: 6000 },
};

/** Public keys. */
export interface DemoPublicKeys {
  readonly issuer: Bytes;
  readonly status: Bytes;
  readonly receipt: Bytes;
  readonly settings: Bytes;
  readonly time: Bytes;
}

/** As a manager edits them: version and time are the server's. */
export const demoSettings = (): Bytes =>
  utf8ToBytes(`${JSON.stringify({ format: 1, site: DEMO_SITE, policy: DEMO_POLICY }, null, 2)}\n`);

/** Every target by its name. */
export const demoTargets = (keys: DemoPublicKeys): ReadonlyMap<string, Bytes> =>
  new Map([
    ...FIRST_FILES,
    [ISSUERS_FILE, encodeDocument({ format: 1, issuers: [cityHealth(keys)] })],
    [POLICIES_FILE, encodeDocument({ format: 1, policies: [STATIONS, BUILDINGS] })],
    [SERVERS_FILE, encodeDocument({ format: 1, servers: serversOf(keys) })],
    [rulesetFile(CITY_7_ID), encodeDocument(RULESET)],
  ]);

const cityHealth = ({ issuer, status }: DemoPublicKeys) => ({
  id: DEMO_ISSUER,
  name: en('Lindenhof city health'),
  appeal: en('Help desk, Hall B, until 22:00'),
  scope: 'all',
  isTest: false,
  isSmall: false,
  keys: [
    {
      publicKey: encodeHex(issuer),
      algorithm: 'Ed25519',
      validFrom: KEYS_FROM,
      validUntil: KEYS_UNTIL,
      // In use from the first day on: nobody can have been offline since before there was anything.
      isEmergency: true,
    },
  ],
  statusLists: [{ list: DEMO_LIST.list, uri: DEMO_LIST.uri, keys: [encodeHex(status)] }],
  rulesets: [{ number: CITY_7.ruleset, id: CITY_7_ID }],
});

const en = (text: string): Texts => ({ en: text });

const STATIONS = { ...STANDARD_POLICY, class: 'station', name: en('Stations') };
/** Offices and halls: fewer hours of memory, fewer days of log. */
const BUILDINGS = {
  ...STANDARD_POLICY,
  class: 'building',
  name: en('Buildings'),
  maxPassAgeSeconds: 7 * 86_400,
  maxSeenBeforeWindowSeconds: 3600,
  maxRetentionDays: 14,
};

/** One server for the station, and for whatever a manager founds. */
function serversOf({ receipt, settings, time }: DemoPublicKeys) {
  const keys = {
    settingsKeys: [encodeHex(settings)],
    receiptKeys: [encodeHex(receipt)],
    timeKeys: [encodeHex(time)],
  };
  return [
    { site: DEMO_SITE.id, class: STATIONS.class, ...keys },
    { site: ANY_SITE, class: STATIONS.class, ...keys },
    { site: ANY_SITE, class: BUILDINGS.class, ...keys },
  ];
}

const RULESET = {
  format: 1,
  id: CITY_7_ID,
  name: 'CITY-7',
  version: 12,
  reasons: [
    { number: CITY_7.checkedIn, text: en('all seven check-ins made'), next: en('Let them in.') },
    {
      number: CITY_7.checkInMissing,
      text: en('daily check-in missing'),
      next: en('Ask to check in now. Then scan again.'),
    },
    { number: CITY_7.positiveTest, text: en('positive test on record'), next: en('Give the appeal card.') },
  ],
};

/** Wide bounds: the demo's key lives and dies with its data folder, and samples are dated back. */
const KEYS_FROM = Date.UTC(2024, 0, 1) / 1000;
const KEYS_UNTIL = Date.UTC(2046, 0, 1) / 1000;
