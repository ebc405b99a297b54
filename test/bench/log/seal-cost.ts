// What the sealed log costs in time and bytes: sealing one record after another, opening, verifying a chain, and a batch of
// 500. The store and the network are not in it. Run: node test/support/run-script.mjs test/bench/log/seal-cost.ts [--records N]

import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { type DeviceSigner, openDeviceVerifier } from '../../../src/core/identity/device-key.ts';
import { MAX_BATCH_RECORDS } from '../../../src/core/log/envelope.ts';
import type { GateRecord } from '../../../src/core/log/record.ts';
import { parseSealedBatch, signBatch, verifySealedBatch } from '../../../src/core/log/sealed/batch.ts';
import { verifyChain } from '../../../src/core/log/sealed/chain.ts';
import { createSealKeyPair, sealKeyOf } from '../../../src/core/log/sealed/day-keys.ts';
import { hashBeforeFirst, parseSealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import { createOpener } from '../../../src/core/log/sealed/opener.ts';
import { createSealer } from '../../../src/core/log/sealed/sealer.ts';
import { chooseEngine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';

const DAY = '2026-03-02';
const IDENTITY = { site: 'north-station', device: '0123456789abcdef0123456789abcdef', epoch: 1 };
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const hashOf = (bytes: Bytes): Bytes => new Uint8Array(createHash('sha256').update(bytes).digest());

const scan = (minute: number): GateRecord => ({
  kind: 'scan',
  minute,
  gate: 'gate-1',
  direction: 'in',
  verdict: 'admit',
  reason: 'ok',
  issuer: 'city',
  pseudonym: random(8),
  isOwnKey: false,
  trustAgeHours: 1,
});

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { records: { type: 'string', default: '50000' } } });
  const count = Number(values.records);
  if (!Number.isInteger(count) || count < MAX_BATCH_RECORDS) {
    console.error(`--records: a whole number of at least ${MAX_BATCH_RECORDS}`);
    return 2;
  }
  const pair = await createSealKeyPair(IDENTITY.site, DAY, random(32));
  const { envelopes, tookUs } = await seal(count, sealKeyOf(pair));
  const bytes = envelopes.reduce((sum, { length }) => sum + length, 0);
  console.log(`${count} records, ${(bytes / count).toFixed(1)} bytes each, ${(bytes / 1e6).toFixed(1)} MB`);
  printTimes('seal one record (with its hash)', tookUs);

  const opener = createOpener(() => pair);
  await printPer('open one', count, () => {
    for (const envelope of envelopes) {
      const parsed = parseSealedEnvelope(envelope);
      if (!parsed.ok || !opener.open(parsed.value).ok) throw new Error('a record that does not open');
    }
  });
  await printPer('verify the chain, an envelope', count, async () => {
    const evidence = { identity: IDENTITY, envelopes, witnesses: [], quarantined: [], after: null };
    if (!(await verifyChain(evidence)).ok) throw new Error('a chain that does not verify');
  });
  await benchBatch(envelopes.slice(0, MAX_BATCH_RECORDS));
  return 0;
}

async function seal(count: number, dayKey: ReturnType<typeof sealKeyOf>) {
  const sealer = createSealer(random);
  const envelopes: Bytes[] = [];
  const tookUs: number[] = [];
  let prev = await hashBeforeFirst(IDENTITY);
  for (let seq = 1; seq <= count; seq++) {
    const record = scan(29_540_000 + Math.floor(seq / 30));
    const startedAt = performance.now();
    const sealing = sealer.seal({ identity: IDENTITY, seq, dayKey, atMs: seq * 2000, prev, record });
    prev = hashOf(sealing.envelope);
    sealing.committed();
    tookUs.push(1000 * (performance.now() - startedAt));
    envelopes.push(sealing.envelope);
  }
  return { envelopes, tookUs };
}

async function newTablet(): Promise<DeviceSigner> {
  const { publicKey, sign } = await createSigner(random(32));
  return { publicKey: { algorithm: 'ed25519', bytes: publicKey }, sign };
}

async function benchBatch(envelopes: readonly Bytes[]): Promise<void> {
  const [verify, signer] = [openDeviceVerifier(await chooseEngine()), await newTablet()];
  let batch: Bytes = new Uint8Array(0);
  await printPer('sign a batch, an envelope', envelopes.length, async () => {
    batch = await signBatch(IDENTITY, 1, envelopes, null, signer);
  });
  console.log(
    `  ${(batch.length / envelopes.length).toFixed(1)} bytes a record on their way, 500 in a batch`,
  );
  await printPer('verify a batch, an envelope', envelopes.length, async () => {
    const parsed = parseSealedBatch(batch);
    if (!parsed.ok || !(await verifySealedBatch(parsed.value, [signer.publicKey], verify)).ok)
      throw new Error('a batch that does not verify');
  });
}

function printTimes(what: string, tookUs: readonly number[]): void {
  const sorted = tookUs.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
  const mean = tookUs.reduce((sum, us) => sum + us, 0) / tookUs.length;
  console.log(`  ${what}: mean ${mean.toFixed(0)} µs, median ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`);
}

async function printPer(what: string, count: number, run: () => void | Promise<void>): Promise<void> {
  const startedAt = performance.now();
  await run();
  console.log(`  ${what}: ${((1000 * (performance.now() - startedAt)) / count).toFixed(1)} µs`);
}
