// Seven ways to tamper with a log, each at 1,000 places that a seed draws: every one found, under its own name, at the
// right number. The log is sealed, signed in batches and receipted by the code that tablets and servers use.

import { describe, expect, it } from 'vitest';
import { type Bytes, isSameBytes } from '../../../../../src/core/bytes/bytes.ts';
import type { Head } from '../../../../../src/core/log/envelope.ts';
import {
  type ChainFaultReason,
  verifyChain,
  type Witness,
} from '../../../../../src/core/log/sealed/chain.ts';
import { sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import { encodeSealedEnvelope, parseSealedEnvelope } from '../../../../../src/core/log/sealed/envelope.ts';
import { createRandom, type Random } from '../../../../fuzz/random.ts';
import { hashOf, heartbeat, identityOf, keyPairOf, sealRun } from './sealed-fixtures.ts';

const RUNS = 1000;
const LENGTH = 40;
/** Where batches end. */
const BATCH_ENDS = [7, 15, 16, 31, LENGTH];

const dayKey = sealKeyOf(await keyPairOf());
const identity = identityOf(1);
const records = Array.from({ length: LENGTH }, (_, at) => heartbeat(29_540_000 + at));
const log = await sealRun(identity, records, dayKey);
const ofOther = await sealRun(identityOf(2), records, dayKey);
const ofOtherEpoch = await sealRun(identityOf(1, 'lindenhof', 2), records, dayKey);

const headAt = (envelopes: readonly Bytes[], seq: number): Head => {
  const bytes = envelopes[seq - 1];
  if (bytes === undefined) throw new Error(`no envelope ${seq}`);
  return { seq, hash: hashOf(bytes) };
};
const ownWords: readonly Witness[] = BATCH_ENDS.map((seq) => ({ ...headAt(log, seq), held: 'own' }));
const verify = (envelopes: readonly Bytes[], witnesses: readonly Witness[] = ownWords) =>
  verifyChain({ identity, envelopes, witnesses, quarantined: [], after: null });
const whole = (seq = LENGTH) => ({ ok: true, value: headAt(log, seq) });

interface Tampered {
  readonly envelopes: readonly Bytes[];
  readonly witnesses?: readonly Witness[];
  /** The first number that is no longer what it was. */
  readonly seq: number;
}

const place = (random: Random, from = 0, to = LENGTH): number => from + random.below(to - from);
const flip = (bytes: Bytes, bit: number): Bytes =>
  bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))) as Bytes;
const at = (envelopes: readonly Bytes[], index: number): Bytes => envelopes[index] ?? new Uint8Array(0);

const FORGERIES: readonly ((random: Random, index: number) => Bytes)[] = [
  (random) => at(log, random.below(LENGTH)),
  (random) => random.bytes(random.below(320)),
  (random, index) => forge(random, index + 1, hashBefore(index)),
  (random, index) => forge(random, index + 1, random.bytes(32)),
  (random, index) => forge(random, index, hashBefore(index)),
  (random) => forge(random, 1 + random.below(2 * LENGTH), random.bytes(32)),
];
const hashBefore = (index: number): Bytes =>
  index === 0 ? parsed(at(log, 0)).prev : headAt(log, index).hash;

/** What anybody can make who knows the public key. */
const forge = (random: Random, seq: number, prev: Bytes): Bytes =>
  encodeSealedEnvelope({ ...parsed(at(log, 0)), seq: Math.max(1, seq), sealed: random.bytes(144), prev });
function parsed(bytes: Bytes) {
  const result = parseSealedEnvelope(bytes);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Then two envelopes side by side claim one number, which is the first bad one. */
function isDoubleOfOneBefore(forged: Bytes, index: number): boolean {
  const result = parseSealedEnvelope(forged);
  return result.ok && result.value.seq === index && !isSameBytes(result.value.prev, hashBefore(index));
}

async function rewrittenFrom(seq: number, length = LENGTH): Promise<readonly Bytes[]> {
  const other = records.slice(0, length).map((record, index) => (index < seq - 1 ? record : heartbeat(1)));
  const anew = await sealRun(identity, other, dayKey, createRandom('run', identity.device, identity.epoch));
  const tail: Bytes[] = [];
  let prev = hashBefore(seq - 1);
  for (const bytes of anew.slice(seq - 1)) {
    tail.push(encodeSealedEnvelope({ ...parsed(bytes), prev }));
    prev = hashOf(tail.at(-1) ?? bytes);
  }
  return [...log.slice(0, seq - 1), ...tail];
}

const TAMPERINGS: Readonly<
  Record<string, readonly [ChainFaultReason, (random: Random) => Tampered | Promise<Tampered>]>
> = {
  'flips a bit': [
    'altered',
    (random) => {
      const index = place(random);
      const envelope = at(log, index);
      return {
        envelopes: log.with(index, flip(envelope, random.below(8 * envelope.length))),
        seq: index + 1,
      };
    },
  ],
  'deletes one': [
    'missing',
    (random) => {
      const index = place(random, 0, LENGTH - 1);
      return { envelopes: log.toSpliced(index, 1), seq: index + 1 };
    },
  ],
  'swaps two': [
    'swapped',
    (random) => {
      const index = place(random, 0, LENGTH - 1);
      const other = random.chance(0.3) ? index + 1 : place(random, index + 1);
      return { envelopes: log.with(index, at(log, other)).with(other, at(log, index)), seq: index + 1 };
    },
  ],
  'inserts one': [
    'inserted',
    (random) => {
      const index = place(random);
      let forged = random.pick(FORGERIES)(random, index);
      // The neighbour's copy is at either side the same list.
      if (isSameBytes(forged, at(log, index))) forged = forge(random, index + 1, random.bytes(32));
      const envelopes = log.toSpliced(index, 0, forged);
      return { envelopes, seq: isDoubleOfOneBefore(forged, index) ? index : index + 1 };
    },
  ],
  'cuts the receipted end': [
    'cut',
    (random) => {
      const length = place(random);
      return { envelopes: log.slice(0, length), seq: length + 1 };
    },
  ],
  'splices two tablets': [
    'spliced',
    (random) => {
      const index = place(random);
      const foreign = random.pick([ofOther, ofOtherEpoch]);
      const envelopes = random.pick([
        [...log.slice(0, index), ...foreign.slice(index)],
        log.with(index, at(foreign, random.below(LENGTH))),
        log.toSpliced(index, 0, at(foreign, random.below(LENGTH))),
      ]);
      return { envelopes, seq: index + 1 };
    },
  ],
  'restores an old backup': [
    'restored',
    async (random) => {
      const backup = 1 + random.below(LENGTH - 1);
      const own = ownWords.filter(({ seq }) => seq <= backup);
      const later: Witness = {
        ...headAt(log, 1 + backup + random.below(LENGTH - backup)),
        held: 'elsewhere',
      };
      const isWrittenOn = random.chance(0.1);
      const envelopes = isWrittenOn
        ? await rewrittenFrom(backup + 1, place(random, later.seq, LENGTH + 1))
        : log.slice(0, backup);
      return { envelopes, witnesses: [...own, later], seq: isWrittenOn ? later.seq : backup + 1 };
    },
  ],
};

describe('a chain that nobody touched', () => {
  it('is whole, with and without words about it, and from any point on', async () => {
    expect(await verify(log)).toEqual(whole());
    expect(await verify(log, [])).toEqual(whole());
    expect(await verify(log, [...ownWords, { ...headAt(log, 20), held: 'elsewhere' }])).toEqual(whole());
    const rest = {
      identity,
      envelopes: log.slice(16),
      witnesses: ownWords,
      quarantined: [],
      after: headAt(log, 16),
    };
    expect(await verifyChain(rest)).toEqual(whole());
  });

  it('may hold what could not be read when it came, where a receipt lists it', async () => {
    const torn = new Uint8Array(50).fill(0xff);
    const next = encodeSealedEnvelope({ ...parsed(at(log, 10)), prev: hashOf(torn) });
    const envelopes = [...log.slice(0, 9), torn, next];
    const quarantined = [{ seq: 10, hash: hashOf(torn) }];
    const evidence = { identity, envelopes, witnesses: [], quarantined, after: null };
    expect(await verifyChain(evidence)).toEqual({ ok: true, value: { seq: 11, hash: hashOf(next) } });
    expect(await verifyChain({ ...evidence, quarantined: [] })).toEqual({
      ok: false,
      error: { seq: 10, reason: 'altered' },
    });
  });
});

describe(`at ${RUNS} places each, it is found who`, () => {
  it.each(Object.entries(TAMPERINGS))(
    '%s',
    async (name, [reason, tamper]) => {
      const wrong: unknown[] = [];
      for (let run = 0; run < RUNS; run++) {
        const { envelopes, witnesses, seq } = await tamper(createRandom('tamper', name, run));
        const verified = await verify(envelopes, witnesses);
        const found = verified.ok ? { seq: 0, reason: 'whole' } : verified.error;
        if (found.reason !== reason || found.seq !== seq)
          wrong.push({ run, expected: { seq, reason }, found });
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );
});

describe('whoever writes the log anew', () => {
  it.each([1, 8, 16, 17, 30])('from number %i on is found at the next signed word', async (seq) => {
    const found = await verify(await rewrittenFrom(seq));
    const end = BATCH_ENDS.find((last) => last >= seq) ?? 0;
    expect(found).toEqual({ ok: false, error: { seq: end, reason: 'rewritten' } });
  });

  it('cannot be found where nobody has vouched yet', async () => {
    const word = ownWords.slice(0, 2);
    expect((await verify(await rewrittenFrom(16), word)).ok).toBe(true);
    expect((await verify(log.slice(0, 20), word)).ok).toBe(true);
  });
});

it('finds any number of changes at once, under some name', async () => {
  for (let run = 0; run < 300; run++) {
    const random = createRandom('several', run);
    let envelopes: readonly Bytes[] = log;
    for (let change = 0; change < 2 + random.below(4); change++) {
      const [index, other] = [random.below(envelopes.length), random.below(envelopes.length)];
      envelopes = random.pick([
        () => envelopes.toSpliced(index, 1 + random.below(3)),
        () => envelopes.with(index, at(envelopes, other)),
        () => envelopes.toSpliced(index, 0, at(ofOther, other % LENGTH)),
        () => envelopes.with(index, flip(at(envelopes, index), random.below(8 * 200))),
      ])();
    }
    const isSame =
      envelopes.length === LENGTH && envelopes.every((bytes, index) => isSameBytes(bytes, at(log, index)));
    expect([run, (await verify(envelopes)).ok]).toEqual([run, isSame]);
  }
});
