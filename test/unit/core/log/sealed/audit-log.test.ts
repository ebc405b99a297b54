import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../../src/core/bytes/bytes.ts';
import type { LogIdentity } from '../../../../../src/core/log/envelope.ts';
import { signReceipt } from '../../../../../src/core/log/receipt.ts';
import {
  type AuditKeys,
  auditLog,
  auditLogs,
  type ExportedLog,
} from '../../../../../src/core/log/sealed/audit-log.ts';
import { parseSealedBatch, signBatch } from '../../../../../src/core/log/sealed/batch.ts';
import { sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import { encodeSealedEnvelope, parseSealedEnvelope } from '../../../../../src/core/log/sealed/envelope.ts';
import { chooseEngine } from '../../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../../src/core/signature/signer.ts';
import { createRandom } from '../../../../fuzz/random.ts';
import { testEd25519Device, testP256Device } from '../../../../support/test-device.ts';
import { hashOf, heartbeat, identityOf, keyPairOf, sealRun } from './sealed-fixtures.ts';

const engine = await chooseEngine();
const [server, thief] = [
  await createSigner(new Uint8Array(32).fill(41)),
  await createSigner(new Uint8Array(32).fill(43)),
];
const unknownServer = await createSigner(new Uint8Array(32).fill(42));
const [tablet, stranger] = [await testEd25519Device(42), await testEd25519Device(44)];
const dayKey = sealKeyOf(await keyPairOf());
const identity = identityOf();
const LENGTH = 90;
const BATCHES = [
  [1, 20],
  [21, 21],
  [22, 70],
  [71, 90],
] as const;
const log = await sealRun(
  identity,
  Array.from({ length: LENGTH }, () => heartbeat()),
  dayKey,
);

const signedHead = async (
  envelopes: readonly Bytes[],
  from: number,
  to: number,
  signer = tablet,
  who: LogIdentity = identity,
) => {
  const batch = parseSealedBatch(await signBatch(who, from, envelopes.slice(from - 1, to), null, signer));
  if (!batch.ok) throw new Error(batch.error);
  return batch.value.signed;
};
const receiptUpTo = (
  envelopes: readonly Bytes[],
  upTo: number,
  quarantined: { seq: number; hash: Bytes }[] = [],
  signer = server,
) =>
  signReceipt(
    { ...identity, upTo, head: hashOf(at(envelopes, upTo)), quarantined, serverTime: 1_772_451_600 },
    signer,
  );
function at(envelopes: readonly Bytes[], seq: number): Bytes {
  const bytes = envelopes[seq - 1];
  if (bytes === undefined) throw new Error(`no envelope ${seq}`);
  return bytes;
}

const exported: ExportedLog = {
  ...identity,
  envelopes: log,
  quarantined: [],
  batchHeads: await Promise.all(BATCHES.map(([from, to]) => signedHead(log, from, to))),
  receipts: await Promise.all(BATCHES.map(([, to]) => receiptUpTo(log, to))),
};
const keys: AuditKeys = {
  receiptKeys: [thief.publicKey, server.publicKey],
  deviceKeysOf: ({ device, epoch }) => (device === identity.device && epoch === 1 ? [tablet.publicKey] : []),
  receiptsElsewhere: [],
};
const audit = (part: Partial<ExportedLog>, using: Partial<AuditKeys> = {}) =>
  auditLog({ ...exported, ...part }, { ...keys, ...using }, engine);
const SOUND = {
  identity,
  envelopes: LENGTH,
  fault: null,
  gaps: [],
  dropped: [],
  putApart: [],
  forks: [],
  lostFromQuarantine: [],
  badWords: [],
  otherThanSigned: [],
  sessionMisuses: [],
  signedUpTo: LENGTH,
  receiptedUpTo: LENGTH,
  isSound: true,
};

describe('an audit', () => {
  it('finds a sound log sound, with public keys only', async () => {
    expect(await auditLogs([exported], keys, engine)).toEqual([SOUND]);
  });

  it('says how far anybody has vouched for it', async () => {
    const found = await audit({
      batchHeads: exported.batchHeads.slice(0, 2),
      receipts: exported.receipts.slice(0, 1),
    });
    expect(found).toEqual({ ...SOUND, signedUpTo: 21, receiptedUpTo: 20 });
  });

  it('finds an end that was cut off, by what the tablet signed and by what the server did', async () => {
    const envelopes = log.slice(0, 60);
    const fault = { seq: 61, reason: 'cut' };
    expect(await audit({ envelopes, batchHeads: [] })).toMatchObject({ fault, isSound: false });
    expect(await audit({ envelopes, receipts: [] })).toMatchObject({ fault, isSound: false });
  });

  it('finds a server set back by the receipt that a tablet holds', async () => {
    const earlier = {
      envelopes: log.slice(0, 70),
      batchHeads: exported.batchHeads.slice(0, 3),
      receipts: exported.receipts.slice(0, 3),
    };
    expect((await audit(earlier)).isSound).toBe(true);
    const receiptsElsewhere = exported.receipts.slice(3);
    expect(await audit(earlier, { receiptsElsewhere })).toMatchObject({
      fault: { seq: 71, reason: 'restored' },
    });
  });

  it('tells a gap that the server’s own receipt vouches for from numbers that are just gone', async () => {
    const batchHeads = exported.batchHeads.filter((_, place) => place !== 2);
    const envelopes = [...log.slice(0, 21), ...log.slice(70)];
    expect(await audit({ envelopes, batchHeads })).toMatchObject({
      fault: null,
      gaps: [{ from: 22, to: 70 }],
      isSound: false,
    });
    const unvouched = [...log.slice(0, 21), ...log.slice(60)];
    expect(await audit({ envelopes: unvouched, batchHeads })).toMatchObject({
      fault: { seq: 22, reason: 'missing' },
      gaps: [],
    });
    const cut = [...log.slice(0, 21), ...log.slice(70, 80)];
    expect(await audit({ envelopes: cut, batchHeads })).toMatchObject({
      fault: { seq: 81, reason: 'cut' },
      gaps: [{ from: 22, to: 70 }],
    });
  });

  it('finds a chain that was written anew, whoever had the server’s store', async () => {
    const other = await sealRun(
      identity,
      Array.from({ length: LENGTH }, () => heartbeat()),
      dayKey,
      createRandom('anew'),
    );
    expect(await audit({ envelopes: other })).toMatchObject({
      fault: { seq: 20, reason: 'rewritten' },
      otherThanSigned: BATCHES.map(([from, to]) => ({ from, to })),
    });
    const batchHeads = await Promise.all(BATCHES.map(([from, to]) => signedHead(other, from, to, stranger)));
    const found = await audit({ envelopes: other, batchHeads, receipts: [] });
    expect(found.badWords.map(({ reason }) => reason)).toEqual(BATCHES.map(() => 'batch-signature'));
    expect(found).toMatchObject({ signedUpTo: 0, receiptedUpTo: 0, isSound: false });
  });

  it('lists forks and what is gone from the quarantine', async () => {
    const fork = encodeSealedEnvelope({ ...parsed(at(log, 30)), sealed: new Uint8Array(144) });
    const quarantined = [{ seq: 30, hash: hashOf(fork) }];
    const receipts = [...exported.receipts, await receiptUpTo(log, 90, quarantined)];
    expect(await audit({ receipts, quarantined: [fork] })).toMatchObject({
      fault: null,
      forks: quarantined,
      lostFromQuarantine: [],
      isSound: false,
    });
    expect(await audit({ receipts })).toMatchObject({
      forks: [],
      lostFromQuarantine: quarantined,
      isSound: false,
    });
  });

  it('takes the signed head of a batch that ended in a fork as a word about the fork', async () => {
    const fork = encodeSealedEnvelope({ ...parsed(at(log, 90)), sealed: new Uint8Array(144) });
    const forked = [...log.slice(0, 89), fork];
    const quarantined = [{ seq: 90, hash: hashOf(fork) }];
    const found = await audit({
      quarantined: [fork],
      batchHeads: [...exported.batchHeads, await signedHead(forked, 90, 90)],
      receipts: [...exported.receipts, await receiptUpTo(log, 90, quarantined)],
    });
    expect(found).toMatchObject({ fault: null, forks: quarantined, badWords: [], otherThanSigned: [] });
  });

  it('believes no words but those of the right keys, about the right log', async () => {
    const [head = new Uint8Array(0)] = exported.batchHeads;
    const other = identityOf(1, 'westtor');
    const foreign = await signedHead(
      await sealRun(other, [heartbeat()], sealKeyOf(await keyPairOf('westtor'))),
      1,
      1,
      tablet,
      other,
    );
    const found = await audit({
      batchHeads: [head, foreign, await signedHead(log, 1, 5, stranger), new Uint8Array(3)],
      receipts: [await receiptUpTo(log, 90, [], unknownServer), new Uint8Array(3)],
    });
    expect(found.badWords).toEqual([
      { kind: 'batch', at: 1, reason: 'other-log' },
      { kind: 'batch', at: 2, reason: 'batch-signature' },
      { kind: 'batch', at: 3, reason: 'batch-cose' },
      { kind: 'receipt', at: 0, reason: 'receipt-signature' },
      { kind: 'receipt', at: 1, reason: 'receipt-cose' },
    ]);
    const unknown = await audit({}, { deviceKeysOf: () => [], receiptsElsewhere: [new Uint8Array(3)] });
    expect(unknown.badWords.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual([
      ...BATCHES.map(() => 'batch batch-no-key'),
      'receipt-elsewhere receipt-cose',
    ]);
  });

  it('takes the word of each key that the tablet ever had', async () => {
    const next = await testP256Device();
    const rotated = [...exported.batchHeads.slice(0, 2), await signedHead(log, 22, 70, next)];
    const deviceKeysOf = () => [stranger.publicKey, tablet.publicKey, next.publicKey];
    expect(await audit({ batchHeads: rotated }, { deviceKeysOf })).toEqual({ ...SOUND, signedUpTo: 70 });
    const before = (await audit({ batchHeads: rotated })).badWords;
    expect(before).toEqual([{ kind: 'batch', at: 2, reason: 'batch-signature' }]);
  });

  it('sees a session that met a number twice, outlived its day, or sealed too much', async () => {
    const session = parsed(at(log, 1)).session;
    const twice = encodeSealedEnvelope({ ...parsed(at(log, 5)), sealed: new Uint8Array(144) });
    const reasonOf = async (part: Partial<ExportedLog>) =>
      (await audit(part)).sessionMisuses.map(({ seq, reason }) => [seq, reason]);
    expect(await reasonOf({ quarantined: [twice] })).toEqual([[5, 'nonce-twice']]);
    expect(await reasonOf({ quarantined: [at(log, 5)] })).toEqual([]);
    const late = encodeSealedEnvelope({ ...parsed(at(log, 80)), session, day: '2026-03-03', seq: 95 });
    expect(await reasonOf({ quarantined: [late] })).toEqual([[95, 'two-days']]);
    const many = encodeSealedEnvelope({ ...parsed(at(log, 80)), session, seq: 95 });
    expect(await reasonOf({ quarantined: [many] })).toEqual([[95, 'too-many']]);
    const elsewhere = encodeSealedEnvelope({ ...parsed(at(log, 80)), session, seq: 95, epoch: 2 });
    expect(await reasonOf({ quarantined: [elsewhere] })).toEqual([[95, 'two-logs']]);
  });
});

function parsed(bytes: Bytes) {
  const result = parseSealedEnvelope(bytes);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
