// Beside a second implementation (tuf-js and @tufjs/models of npm), over HTTP: our client takes what it publishes, and it
// takes what our test repository publishes, through a root rotation in either case.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Key,
  Metadata,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models';
import { Updater } from 'tuf-js';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttpFetch } from '../../../../../src/cli/tuf-http-fetch.ts';
import { type Bytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import { sha256 } from '../../../../../src/core/bytes/sha256.ts';
import { chooseEngine } from '../../../../../src/core/signature/engine.ts';
import { ed25519Keys } from '../../../../../src/core/trust/tuf/ed25519-keys.ts';
import { refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import { pinRoot } from '../../../../../src/core/trust/tuf/update-root.ts';
import { TufMemoryStore } from '../../../../support/tuf-memory-store.ts';
import {
  createTufSigner,
  momentOf,
  TufRepository,
  type TufSigner,
} from '../../../../support/tuf-repository.ts';
import { startTufServer } from '../../../../support/tuf-server.ts';

const NOW = Math.floor(Date.now() / 1000);
const FILE = utf8ToBytes('{"issuers":["city"]}');
const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const common = (version: number) => ({ version, specVersion: '1.0.31', expires: momentOf(NOW + 3600) });

/** @tufjs signs at once, our signers when they are ready: first what is to be signed is found out, then it is signed. */
async function encode(
  signed: Root | Timestamp | Snapshot | Targets,
  signers: readonly TufSigner[],
): Promise<Bytes> {
  const metadata = new Metadata(signed);
  for (const { keyId, sign } of signers) {
    let message: Bytes = new Uint8Array(0);
    metadata.sign((data) => {
      message = new Uint8Array(data);
      return new Signature({ keyID: keyId, sig: '' });
    });
    const sig = encodeHex(await sign(message));
    metadata.sign(() => new Signature({ keyID: keyId, sig }));
  }
  return utf8ToBytes(JSON.stringify(metadata.toJSON()));
}

async function claimOf(bytes: Bytes, version: number): Promise<MetaFile> {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: encodeHex(await sha256(bytes)) } });
}

async function publishWithTufJs(): Promise<Map<string, Bytes>> {
  const signers = await Promise.all([1, 2, 3, 11, 21, 31].map(createTufSigner));
  const [first, second, third, timestampSigner, snapshotSigner, targetsSigner] = signers as [
    TufSigner,
    TufSigner,
    TufSigner,
    TufSigner,
    TufSigner,
    TufSigner,
  ];
  const rootOf = (version: number, rootSigners: readonly TufSigner[]) => {
    const root = new Root({ ...common(version), consistentSnapshot: true });
    const add = ({ keyId, key }: TufSigner, role: string) =>
      root.addKey(
        new Key({ keyID: keyId, keyType: key.keytype, scheme: key.scheme, keyVal: { ...key.keyval } }),
        role,
      );
    for (const signer of rootSigners) add(signer, 'root');
    add(timestampSigner, 'timestamp');
    add(snapshotSigner, 'snapshot');
    add(targetsSigner, 'targets');
    return root;
  };
  const served = new Map<string, Bytes>();
  const serve = (path: string, bytes: Bytes) => {
    served.set(path, bytes);
    return bytes;
  };
  serve('metadata/1.root.json', await encode(rootOf(1, [first, second]), [first]));
  serve('metadata/2.root.json', await encode(rootOf(2, [third]), [first, third]));

  const hash = encodeHex(await sha256(FILE));
  serve(`targets/rules/${hash}.one.json`, FILE);
  const targets = new Targets({ ...common(7) });
  const sha512 = createHash('sha512').update(FILE).digest('hex');
  targets.addTarget(
    new TargetFile({ path: 'rules/one.json', length: FILE.length, hashes: { sha256: hash, sha512 } }),
  );
  const targetsBytes = serve('metadata/7.targets.json', await encode(targets, [targetsSigner]));
  const snapshot = new Snapshot({ ...common(8), meta: { 'targets.json': await claimOf(targetsBytes, 7) } });
  const snapshotBytes = serve('metadata/8.snapshot.json', await encode(snapshot, [snapshotSigner]));
  const timestamp = new Timestamp({ ...common(9), snapshotMeta: await claimOf(snapshotBytes, 8) });
  serve('metadata/timestamp.json', await encode(timestamp, [timestampSigner]));
  return served;
}

describe('a repository that @tufjs/models built', () => {
  it('is taken, through a root rotation', async () => {
    const served = await publishWithTufJs();
    const server = await startTufServer(served);
    open.push(server.close);
    const store = new TufMemoryStore();
    const client = { store, keys: ed25519Keys(await chooseEngine()), fetch: openHttpFetch(server) };
    expect(await pinRoot(client, served.get('metadata/1.root.json') ?? new Uint8Array(0))).toMatchObject({
      ok: true,
    });
    const refreshed = await refreshHeld(client, NOW);
    expect(refreshed).toMatchObject({ ok: true });
    if (!refreshed.ok) return;
    expect(refreshed.value.root.signed.version).toBe(2);
    expect(refreshed.value.timestamp.signed.version).toBe(9);
    expect(refreshed.value.filesByName).toEqual(new Map([['rules/one.json', FILE]]));
  });
});

describe('tuf-js as a client', () => {
  it.each([false, true])('takes what the test repository publishes (hashes: %s)', async (isHashing) => {
    const repository = await TufRepository.open(NOW);
    repository.isHashing = isHashing;
    await repository.addFile('issuers.json', FILE);
    await repository.publishAll();
    repository.appoint('root', await Promise.all([2, 3, 4].map(createTufSigner)), 2);
    repository.appoint('timestamp', [await createTufSigner(12)], 1);
    await repository.publish('root', 'timestamp');
    const server = await startTufServer(repository.served);
    const folder = mkdtempSync(join(tmpdir(), 'gatelight-tuf-js-'));
    open.push(server.close, () => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'root.json'), repository.metadata('1.root.json'));

    const updater = new Updater({
      metadataDir: folder,
      metadataBaseUrl: server.metadataUrl,
      targetDir: folder,
      targetBaseUrl: server.targetsUrl,
    });
    await updater.refresh();
    const info = await updater.getTargetInfo('issuers.json');
    if (info === undefined) throw new Error('it lists no issuers.json');
    expect(new Uint8Array(readFileSync(await updater.downloadTarget(info)))).toEqual(FILE);
    expect(JSON.parse(readFileSync(join(folder, 'root.json'), 'utf8')).signed.version).toBe(2);
  });
});
