// Strict about every field that is used, content with those that are not.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import type { RoleName } from '../../../../../src/core/trust/tuf/metadata.ts';
import { parseMetadata } from '../../../../../src/core/trust/tuf/parse-metadata.ts';
import { TufRepository } from '../../../../support/tuf-repository.ts';
import { heldVersions, openTestClient, refreshOutcome } from '../../../../support/tuf-test-client.ts';

let repository: TufRepository;

beforeEach(async () => {
  repository = await TufRepository.open();
  await repository.addFile('issuers.json', utf8ToBytes('{}'));
  await repository.publishAll();
});

type Json = { signatures: { keyid: unknown; sig: unknown }[]; signed: Record<string, unknown> };

/** The code with which a file is refused after a change of its JSON, or 'ok'. */
function parseChanged(role: RoleName, change: (json: Json) => void): string {
  const file = {
    root: '1.root.json',
    timestamp: 'timestamp.json',
    snapshot: '2.snapshot.json',
    targets: '2.targets.json',
  };
  const json = JSON.parse(new TextDecoder().decode(repository.metadata(file[role]))) as Json;
  change(json);
  const parsed = parseMetadata(utf8ToBytes(JSON.stringify(json)), role);
  return parsed.ok ? 'ok' : parsed.error.code;
}

/** Sets 'signed.meta.x' and the like; undefined takes the field out. Steps have no dots: they are split at '/'. */
const set = (path: string, value: unknown) => (json: Json) => {
  const steps = path.split('/');
  const last = steps.pop() ?? '';
  let at = json as unknown as Record<string, unknown>;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  at[last] = value;
};

describe('bytes that are no metadata', () => {
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['nothing', new Uint8Array(0), 'not-json'],
    ['no JSON', utf8ToBytes('{'), 'not-json'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'not-json'],
    ['a byte order mark', utf8ToBytes('\ufeff{}'), 'not-json'],
    ['something after the end', utf8ToBytes('{} {}'), 'not-json'],
    ['a list', utf8ToBytes('[]'), 'malformed'],
    ['null', utf8ToBytes('null'), 'malformed'],
    ['nothing signed', utf8ToBytes('{"signatures":[]}'), 'malformed'],
    ['signed by inheritance', utf8ToBytes('{"__proto__":{"signed":{},"signatures":[]}}'), 'malformed'],
  ])('%s', (_name, bytes, code) => {
    const parsed = parseMetadata(bytes, 'timestamp');
    expect(parsed.ok ? 'ok' : parsed.error.code).toBe(code);
  });
});

describe('fields that are used', () => {
  const WRONG: readonly [RoleName, string, unknown, string][] = [
    ['timestamp', 'signed/_type', 'snapshot', 'wrong-type'],
    ['timestamp', 'signed/spec_version', '2.0.0', 'other-spec'],
    ['timestamp', 'signed/spec_version', 1, 'malformed'],
    ['timestamp', 'signed/version', 1.5, 'malformed'],
    ['timestamp', 'signed/version', '1', 'malformed'],
    ['timestamp', 'signed/version', undefined, 'malformed'],
    ['timestamp', 'signed/version', true, 'malformed'],
    ['timestamp', 'signed/expires', '2026-02-30T00:00:00Z', 'malformed'],
    ['timestamp', 'signed/expires', '2026-02-28T24:00:00Z', 'malformed'],
    ['timestamp', 'signed/expires', '2026-02-28T00:00:00', 'malformed'],
    ['timestamp', 'signed/expires', '2026-02-28T00:00:00+01:00', 'malformed'],
    ['timestamp', 'signed/expires', '2026-02-28T00:00:00.5Z', 'malformed'],
    ['timestamp', 'signed/expires', '2026-02-28', 'malformed'],
    ['timestamp', 'signed/expires', 1_800_000_000, 'malformed'],
    ['timestamp', 'signed/meta', {}, 'malformed'],
    ['timestamp', 'signed/meta/snapshot.json/version', 0, 'malformed'],
    ['timestamp', 'signed/meta/snapshot.json/length', -1, 'malformed'],
    ['timestamp', 'signed/meta/snapshot.json/hashes', {}, 'malformed'],
    ['timestamp', 'signed/meta/snapshot.json/hashes', { sha256: 1 }, 'malformed'],
    ['timestamp', 'signatures', {}, 'malformed'],
    ['timestamp', 'signatures/0/sig', null, 'malformed'],
    ['timestamp', 'signatures/0/keyid', 1, 'malformed'],
    ['snapshot', 'signed/meta', { 'other.json': { version: 1 } }, 'malformed'],
    ['snapshot', 'signed/meta/city.json', { version: 'one' }, 'malformed'],
    ['targets', 'signed/targets', [], 'malformed'],
    ['targets', 'signed/targets/issuers.json/length', 1.5, 'malformed'],
    ['targets', 'signed/targets/issuers.json/hashes', undefined, 'malformed'],
    ['root', 'signed/consistent_snapshot', 'yes', 'malformed'],
    ['root', 'signed/keys', [], 'malformed'],
    ['root', 'signed/keys/x', { keytype: 'ed25519', scheme: 'ed25519' }, 'malformed'],
    ['root', 'signed/roles/targets', undefined, 'malformed'],
    ['root', 'signed/roles/targets/threshold', 0, 'malformed'],
    ['root', 'signed/roles/targets/threshold', 1.5, 'malformed'],
    ['root', 'signed/roles/targets/keyids', ['a', 'b', 'a'], 'duplicate-key'],
    ['root', 'signed/note', 0.5, 'malformed'],
  ];

  it.each(WRONG)('%s, %s = %j: %s', (role, path, value, code) => {
    expect(parseChanged(role, set(path, value))).toBe(code);
  });

  it('refuses two signatures under one key id', () => {
    expect(parseChanged('root', ({ signatures }) => signatures.push(...signatures.slice(0, 1)))).toBe(
      'duplicate-signature',
    );
  });
});

describe('fields that are not used', () => {
  const UNKNOWN: readonly [RoleName, string, unknown][] = [
    ['root', 'signed/note', { deep: [1, 'two', null] }],
    ['root', 'signed/roles/mirrors', { keyids: [], threshold: 1 }],
    ['root', 'signed/keys/rsa', { keytype: 'rsa', scheme: 'rsassa-pss-sha256', keyval: { public: 'PEM' } }],
    ['root', 'signed/roles/targets/threshold', 9],
    ['root', 'signed/spec_version', '1.0'],
    ['timestamp', 'signed/meta/other.json', { anything: true }],
    ['targets', 'signed/delegations', { keys: {}, roles: [] }],
    ['targets', 'signed/targets/issuers.json/custom', { note: 'x' }],
    ['timestamp', 'signatures/0/sig', ''],
    ['timestamp', 'note', 1],
  ];

  it.each(UNKNOWN)('%s, %s = %j', (role, path, value) => {
    expect(parseChanged(role, set(path, value))).toBe('ok');
  });

  it('are signed with the rest', async () => {
    repository.drafts.root.note = { 'b"': '\\', a: [null, true, 'é'] };
    await repository.publish('root');
    const client = await openTestClient(repository);
    expect(await refreshOutcome(client)).toBe('ok');
    expect(heldVersions(client).root).toBe(2);
  });

  it('a signature that is no hexadecimal does no harm beside enough good ones', async () => {
    const text = new TextDecoder().decode(repository.metadata('2.targets.json'));
    const json = JSON.parse(text) as Json;
    const first = json.signatures[0];
    if (first !== undefined) first.sig = 'not a signature';
    repository.served.set('metadata/2.targets.json', utf8ToBytes(JSON.stringify(json)));
    expect(await refreshOutcome(await openTestClient(repository))).toBe('ok');
  });
});
