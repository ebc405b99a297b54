// A tablet that seals and signs for tests of the server, and a server's ingest over any storage that opens what it sends.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { type DeviceSigner, openDeviceVerifier } from '../../src/core/identity/device-key.ts';
import type { LogIdentity, Receipt } from '../../src/core/log/envelope.ts';
import { verifyReceipt } from '../../src/core/log/receipt.ts';
import type { GateRecord } from '../../src/core/log/record.ts';
import { signBatch } from '../../src/core/log/sealed/batch.ts';
import {
  createSealKeyPair,
  type SealKey,
  type SealKeyPair,
  sealKeyOf,
} from '../../src/core/log/sealed/day-keys.ts';
import { hashBeforeFirst } from '../../src/core/log/sealed/envelope.ts';
import { createSealer } from '../../src/core/log/sealed/sealer.ts';
import { chooseEngine } from '../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../src/core/signature/signer.ts';
import type { Site } from '../../src/core/trust/trust.ts';
import type { LogRules } from '../../src/server/ingest/current-days.ts';
import type { IngestTools } from '../../src/server/ingest/ingest-tools.ts';
import { ingestBatch } from '../../src/server/ingest.ts';
import type { Storage } from '../../src/server/storage/port.ts';
import { createRandom } from '../fuzz/random.ts';
import { deviceOf, hashOf, TEST_DAY, TEST_MINUTE } from './test-batch.ts';
import { testEd25519Device } from './test-device.ts';

export const SEALED_SITE: Site = {
  id: 'lindenhof',
  name: 'Lindenhof',
  timeZone: 'Europe/Berlin',
  dayStartMinutes: 240,
  gates: [
    { id: 'gate-1', name: 'Gate 1' },
    { id: 'gate-2', name: 'Gate 2' },
  ],
};

export const testSealKey = (day: string, site = SEALED_SITE.id): Promise<SealKeyPair> =>
  createSealKeyPair(site, day, createRandom('seal key', site, day).bytes(32));

export interface SealedTablet {
  readonly identity: LogIdentity;
  readonly signer: DeviceSigner;
  /** Number n at place n - 1. */
  readonly envelopes: Bytes[];
  /** Seals one more record, behind the last one. */
  add(record: GateRecord, day?: string): Promise<Bytes>;
  /** As on the wire: envelopes `from` to `to`. */
  batch(from: number, to?: number, lastReceipt?: Bytes | null): Promise<Bytes>;
}

export async function createSealedTablet(
  number: number,
  { site = SEALED_SITE.id, epoch = 1, seed = '' } = {},
): Promise<SealedTablet> {
  const identity = { site, device: deviceOf(number), epoch };
  return sealAs(
    identity,
    await testEd25519Device(number),
    async (day) => sealKeyOf(await testSealKey(day, site)),
    seed,
  );
}

/** The log of that tablet, by that key, sealed to whatever `sealKeyFor` gives. */
export async function sealAs(
  identity: LogIdentity,
  signer: DeviceSigner,
  sealKeyFor: (day: string) => Promise<SealKey>,
  seed = '',
): Promise<SealedTablet> {
  const random = createRandom('tablet', identity.device, identity.epoch, identity.site, seed);
  const sealer = createSealer((length) => random.bytes(length));
  const envelopes: Bytes[] = [];
  let prev = await hashBeforeFirst(identity);
  return {
    identity,
    signer,
    envelopes,
    async add(record, day = TEST_DAY) {
      const seq = envelopes.length + 1;
      const dayKey = await sealKeyFor(day);
      const sealing = sealer.seal({ identity, seq, dayKey, atMs: seq * 10_000, prev, record });
      sealing.committed();
      prev = hashOf(sealing.envelope);
      envelopes.push(sealing.envelope);
      return sealing.envelope;
    },
    batch: (from, to = envelopes.length, lastReceipt = null) =>
      signBatch(identity, from, envelopes.slice(from - 1, to), lastReceipt, signer),
  };
}

export interface SealedServer {
  readonly receiptSigner: Signer;
  readonly tools: IngestTools;
  /** Days whose key is gone. */
  readonly ended: Set<string>;
  nowMs: number;
  rules: LogRules;
  enrol(tablet: SealedTablet): void;
  /** The receipt with its bytes; throws the refusal's code. */
  take(batch: Bytes): Promise<Receipt & { readonly bytes: Bytes; readonly added: number }>;
}

export async function createSealedServer(storage: Storage): Promise<SealedServer> {
  const engine = await chooseEngine();
  const receiptSigner = await createSigner(new Uint8Array(32).fill(41));
  const tablets = new Map<string, DeviceSigner['publicKey']>();
  const pairs = new Map<string, SealKeyPair>();
  for (const day of ['2026-03-01', TEST_DAY, '2026-03-03']) pairs.set(day, await testSealKey(day));
  const server: SealedServer = {
    receiptSigner,
    ended: new Set(),
    nowMs: TEST_MINUTE * 60_000,
    rules: { seenBeforeWindowSeconds: 600, retentionDays: 7 },
    tools: {
      storage,
      engine,
      trust: {
        inUse: { server: { receiptKeys: [receiptSigner.publicKey] } },
        signers: { receipt: receiptSigner },
      },
      sealed: {
        deviceKeysOf: async ({ device }) => {
          const key = tablets.get(device);
          return key === undefined ? [] : [key];
        },
        verifyDevice: openDeviceVerifier(engine),
        findSealKey: (_, day, name) => {
          const pair = server.ended.has(day) ? undefined : pairs.get(day);
          return pair !== undefined && encodeHex(pair.name) === encodeHex(name) ? pair : null;
        },
        rulesOf: () => server.rules,
      },
      nowMs: () => server.nowMs,
    },
    enrol: ({ identity, signer }) => void tablets.set(identity.device, signer.publicKey),
    async take(batch) {
      const answer = await ingestBatch(SEALED_SITE, batch, server.tools);
      if (answer.kind !== 'receipt') throw new Error(answer.code);
      const receipt = await verifyReceipt(answer.bytes, [receiptSigner.publicKey], engine);
      if (!receipt.ok) throw new Error(receipt.error);
      return { ...receipt.value, bytes: answer.bytes, added: answer.added };
    },
  };
  return server;
}
