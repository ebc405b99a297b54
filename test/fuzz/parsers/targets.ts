// The documents of a trust repository under the fuzzer. A refusal names file, place and reason; its code here is the file
// and the kind of reason.

import { type Bytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../src/core/bytes/hex.ts';
import { encodeDocument, type JsonEntry } from '../../../src/core/trust/publish/edit-document.ts';
import { parseDocuments } from '../../../src/core/trust/targets/parse-documents.ts';
import {
  ISSUERS_FILE,
  POLICIES_FILE,
  rulesetFile,
  SERVERS_FILE,
  type TargetRefusal,
} from '../../../src/core/trust/targets/targets.ts';
import { issuerEntry, issuerKey, standardPolicy } from '../../support/trust-desk.ts';
import { breakJson, brokenJsonText, jsonBytes, readJson } from '../broken-json.ts';
import { damageBytes } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

type Files = ReadonlyMap<string, Bytes>;

const KEY = encodeHex(new Uint8Array(32).fill(2));
const RULESET_FILE = rulesetFile('health');
const FILES: Files = new Map([
  [
    ISSUERS_FILE,
    encodeDocument({
      format: 1,
      issuers: [
        issuerEntry('harbour', {
          scope: ['standard'],
          statusLists: [{ list: 3, uri: 'https://harbour.example/3', keys: [KEY] }],
          rulesets: [{ number: 1, id: 'health' }],
        }),
        issuerEntry('city', { keys: [issuerKey(2), issuerKey(3)] }),
      ],
    }),
  ],
  [POLICIES_FILE, encodeDocument({ format: 1, policies: [standardPolicy()] })],
  [
    SERVERS_FILE,
    encodeDocument({
      format: 1,
      servers: [
        { site: 'lindenhof', class: 'standard', settingsKeys: [KEY], receiptKeys: [KEY], timeKeys: [KEY] },
        { site: '*', class: 'standard', settingsKeys: [KEY], receiptKeys: [KEY], timeKeys: [KEY] },
      ],
    }),
  ],
  [
    RULESET_FILE,
    encodeDocument({
      format: 1,
      id: 'health',
      name: 'Health rules',
      version: 2,
      reasons: [{ number: 1, text: { en: 'No symptoms' }, next: { en: 'Let them in' } }],
    }),
  ],
]);
const FILE_BY_KIND: Readonly<Record<string, string>> = {
  issuers: ISSUERS_FILE,
  policies: POLICIES_FILE,
  servers: SERVERS_FILE,
  ruleset: RULESET_FILE,
};
const CODES = [
  ...Object.keys(FILE_BY_KIND).flatMap((kind) => [`${kind}-json`, `${kind}-schema`]),
  'issuers-missing',
  'policies-missing',
  'servers-missing',
  'issuers-disagrees',
  'servers-disagrees',
  'ruleset-other',
  'unknown-file',
];

function codeOf({ file, place, reason }: TargetRefusal): string {
  if (reason === 'is none of this repository') return 'unknown-file';
  const kind = Object.keys(FILE_BY_KIND).find((name) => FILE_BY_KIND[name] === file) ?? 'ruleset';
  if (reason === 'is missing') return `${kind}-missing`;
  if (place === 'the file' && reason.startsWith('no JSON')) return `${kind}-json`;
  if (reason.startsWith('there is no ')) return `${kind}-disagrees`;
  return reason.endsWith(' is another rule set') ? `${kind}-other` : `${kind}-schema`;
}

export const targetsFuzzable: Fuzzable = toFuzzable<Files>({
  name: 'targets',
  codes: CODES,
  seedInputs: [FILES],
  mutate(random, files, aim) {
    if (aim !== null) return breakFiles(random, files, aim);
    const [name, bytes] = random.pick([...files]);
    return new Map(files).set(name, damageBytes(random, bytes));
  },
  run(files) {
    const parsed = parseDocuments(files);
    if (!parsed.ok) return codeOf(parsed.error);
    const { issuers, servers, policies } = parsed.value;
    const classes = policies.map((bounds) => bounds.class);
    if (!servers.every((server) => classes.includes(server.class)))
      throw new Error('a server without bounds');
    if (!issuers.every(({ keys }) => keys.length > 0)) throw new Error('an issuer without a key');
    return 'ok';
  },
  show: (files) => JSON.stringify([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])),
});

function breakFiles(random: Random, files: Files, code: string): Files {
  const [kind = '', how = ''] = code.split('-');
  const file = FILE_BY_KIND[kind] ?? '';
  const bytes = files.get(file) ?? utf8ToBytes('');
  const broken = new Map(files);
  const edit = (change: (json: Record<string, JsonEntry[]>) => unknown): Files => {
    const json = readJson(bytes) as Record<string, JsonEntry[]>;
    change(json);
    return broken.set(file, jsonBytes(json));
  };
  switch (how) {
    case 'json':
      return broken.set(file, brokenJsonText(random, bytes));
    case 'schema':
      return broken.set(file, jsonBytes(breakJson(random, readJson(bytes))));
    case 'missing':
      broken.delete(file);
      return broken;
    case 'other':
      return broken.set(rulesetFile(random.pick(['other', 'health-2', 'Health'])), bytes);
    case 'disagrees':
      return edit((json) => {
        const [entry] = json[kind] ?? [];
        if (entry === undefined || json[kind] === undefined) return;
        const change =
          kind === 'servers'
            ? { class: 'office' }
            : random.pick<JsonEntry>([{ scope: ['office'] }, { rulesets: [{ number: 1, id: 'work' }] }]);
        json[kind] = [{ ...entry, ...change }, ...json[kind].slice(1)];
      });
    default:
      return broken.set(
        random.pick(['people.json', 'rulesets/', 'rulesets/a/b.json', '', 'issuers.json2']),
        bytes,
      );
  }
}
