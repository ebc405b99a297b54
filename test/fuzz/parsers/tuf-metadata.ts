// The four kinds of metadata of a trust repository under the fuzzer, from files that were really published. What is taken
// is read the same when it is written anew: what was signed does not depend on how it was spelt.

import { type Bytes, isSameBytes, utf8ToBytes } from '../../../src/core/bytes/bytes.ts';
import { ROLE_NAMES, type RoleName } from '../../../src/core/trust/tuf/metadata.ts';
import { parseMetadata } from '../../../src/core/trust/tuf/parse-metadata.ts';
import type { TufCode } from '../../../src/core/trust/tuf/refusal.ts';
import { issuerEntry, TrustDesk } from '../../support/trust-desk.ts';
import { breakJson, brokenJsonText, jsonBytes, readJson } from '../broken-json.ts';
import { damageBytes } from '../damage.ts';
import type { Random } from '../random.ts';
import { type Fuzzable, toFuzzable } from '../subject.ts';

interface RoleFile {
  readonly role: RoleName;
  readonly bytes: Bytes;
}
interface FileJson {
  signed: Record<string, unknown> & { version: number; _type: string };
  signatures: { keyid: string; sig: string }[];
}

/** What reading alone can refuse; the rest is refused by what other files say. */
const CODES: readonly TufCode[] = [
  'not-json',
  'malformed',
  'wrong-type',
  'other-spec',
  'duplicate-signature',
  'duplicate-key',
  'fast-forward',
];

export async function openTufMetadataFuzzable(): Promise<Fuzzable> {
  const desk = await TrustDesk.open();
  await desk.begin();
  await desk.stageIssuer(issuerEntry('harbour'));
  await desk.sign('anna', 'ben', 'carol');
  const published = await desk.publish();
  if (!published.ok) throw new Error('the seeds were not published');
  const { files } = desk.publishedFolder;
  const names = {
    root: '1.root.json',
    timestamp: 'timestamp.json',
    snapshot: '2.snapshot.json',
    targets: '2.targets.json',
  };
  const seedInputs = ROLE_NAMES.map((role): RoleFile => {
    const bytes = files.get(names[role]);
    if (bytes === undefined) throw new Error(`${names[role]} was not published`);
    return { role, bytes };
  });
  const [root] = seedInputs;

  return toFuzzable<RoleFile>({
    name: 'tuf-metadata',
    codes: CODES,
    seedInputs,
    mutate(random, input, aim) {
      if (aim === null) return { ...input, bytes: damageBytes(random, input.bytes) };
      return breakFile(random, aim === 'duplicate-key' && root !== undefined ? root : input, aim);
    },
    run({ role, bytes }) {
      const parsed = parseMetadata(bytes, role);
      if (!parsed.ok) return parsed.error.code;
      const again = parseMetadata(jsonBytes(reversed(readJson(bytes))), role);
      if (!again.ok || !isSameBytes(again.value.signedBytes, parsed.value.signedBytes))
        throw new Error('another order of fields is signed otherwise');
      return 'ok';
    },
    show: ({ role, bytes }) => `${role}, ${JSON.stringify(new TextDecoder().decode(bytes))}`,
  });
}

/** The same value with the fields of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

function breakFile(random: Random, { role, bytes }: RoleFile, code: string): RoleFile {
  if (code === 'not-json') return { role, bytes: brokenJsonText(random, bytes) };
  const file = readJson(bytes) as FileJson;
  const { signed, signatures } = file;
  switch (code) {
    case 'wrong-type':
      if (random.chance(0.5)) return { role: random.pick(ROLE_NAMES), bytes };
      signed._type = random.pick(['', 'mirrors', 'Root', 'delegations']);
      break;
    case 'other-spec':
      signed.spec_version = random.pick(['', '2.0.0', '0.9', '1', '1.0.0.0', '1.0.0-rc', '1.99999', 'one']);
      break;
    case 'duplicate-signature':
      signatures.push({ ...random.pick(signatures), sig: random.pick(['', '00'.repeat(64)]) });
      break;
    case 'duplicate-key': {
      const roles = signed.roles as Record<string, { keyids: string[] }>;
      const { keyids } = roles[random.pick(ROLE_NAMES)] ?? { keyids: [] };
      keyids.push(random.pick(keyids));
      break;
    }
    case 'fast-forward': {
      const version = 2 ** 32 + random.below(2 ** 40);
      const meta = signed.meta as Record<string, { version: number }> | undefined;
      const [named] = Object.values(meta ?? {});
      if (named !== undefined && random.chance(0.5)) named.version = version;
      else signed.version = version;
      break;
    }
    default:
      return { role, bytes: malformed(random, file) };
  }
  return { role, bytes: jsonBytes(file) };
}

function malformed(random: Random, file: FileJson): Bytes {
  if (random.chance(0.6)) return jsonBytes(breakJson(random, file));
  const deep = `${'['.repeat(40 + random.below(random.chance(0.01) ? 50_000 : 100))}`;
  const odd = random.pick([
    '1.5',
    '1e400',
    '"\\ud83d"',
    `${deep}${']'.repeat(deep.length)}`,
    '9007199254740993',
  ]);
  const text = JSON.stringify(file).replace('"signed":{', () => `"signed":{"extra":${odd},`);
  return utf8ToBytes(text);
}
