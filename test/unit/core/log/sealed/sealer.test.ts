import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../../src/core/bytes/hex.ts';
import { sealKeyOf } from '../../../../../src/core/log/sealed/day-keys.ts';
import { encodeRecord } from '../../../../../src/core/log/sealed/encode-record.ts';
import { parseSealedEnvelope, type SealedEnvelope } from '../../../../../src/core/log/sealed/envelope.ts';
import { createOpener, type FindSealKey } from '../../../../../src/core/log/sealed/opener.ts';
import { createSealer, nonceOf } from '../../../../../src/core/log/sealed/sealer.ts';
import { agreeOnKey, boxKeyPairOf, sealBox } from '../../../../../src/core/nacl/box.ts';
import { createRandom } from '../../../../fuzz/random.ts';
import { anyRecord } from './any-record.ts';
import { DAY, heartbeat, identityOf, keyPairOf, sealRun } from './sealed-fixtures.ts';

const pair = await keyPairOf();
const tomorrow = await keyPairOf('lindenhof', '2026-03-03');
const dayKey = sealKeyOf(pair);
const identity = identityOf();
const prev = new Uint8Array(32);
const parse = (bytes: Bytes): SealedEnvelope => {
  const parsed = parseSealedEnvelope(bytes);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const keysOfBoth: FindSealKey = (site, day, name) =>
  [pair, tomorrow].find(
    (key) => key.site === site && key.day === day && encodeHex(key.name) === encodeHex(name),
  ) ?? null;
const sealerOf = (seed: string) => {
  const random = createRandom(seed);
  return createSealer((length) => random.bytes(length));
};
const sessionOf = (bytes: Bytes) => encodeHex(parse(bytes).session);

describe('what is sealed', () => {
  it('opens with the private key of its day, and comes back as it went', () =>
    fc.assert(
      fc.property(anyRecord, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (record, seq) => {
        const { envelope } = sealerOf(`open ${seq}`).seal({ identity, seq, dayKey, atMs: 0, prev, record });
        expect(createOpener(keysOfBoth).open(parse(envelope))).toEqual({ ok: true, value: record });
      }),
      { numRuns: 50 },
    ));

  it('is a secretbox under the agreed key and 16 zeros before the number', () => {
    expect(encodeHex(nonceOf(2 ** 31 - 1))).toBe(`${'00'.repeat(20)}7fffffff`);
    const random = createRandom('known');
    const ephemeral = boxKeyPairOf(random.bytes(32));
    const { envelope } = sealerOf('known').seal({
      identity,
      seq: 7,
      dayKey,
      atMs: 0,
      prev,
      record: heartbeat(),
    });
    const shared = agreeOnKey(ephemeral.publicKey, pair.secretKey);
    if (shared === null) throw new Error('no key');
    expect(parse(envelope)).toEqual({
      ...identity,
      seq: 7,
      day: DAY,
      key: pair.name,
      session: ephemeral.publicKey,
      sealed: sealBox(encodeRecord(heartbeat()), nonceOf(7), shared),
      prev,
    });
  });

  it('shows nothing of the record: its gate and pseudonym are not in it', async () => {
    const pseudonym = utf8ToBytes('canary-8');
    const record = {
      ...heartbeat(),
      kind: 'scan',
      gate: 'canary-gate',
      verdict: 'admit',
      reason: 'ok',
      issuer: 'canary-issuer',
      pseudonym,
      isOwnKey: false,
      trustAgeHours: 0,
    } as const;
    for (const envelope of await sealRun(
      identity,
      Array.from({ length: 70 }, () => record),
      dayKey,
    ))
      expect(Buffer.from(envelope).toString('latin1')).not.toContain('canary');
  });
});

describe('an opener refuses', () => {
  const { envelope } = sealerOf('refusals').seal({
    identity,
    seq: 3,
    dayKey,
    atMs: 0,
    prev,
    record: heartbeat(),
  });
  const good = parse(envelope);
  const codeOf = (part: Partial<SealedEnvelope>, keys = keysOfBoth) => {
    const opened = createOpener(keys).open({ ...good, ...part });
    return opened.ok ? 'ok' : opened.error;
  };
  const shared = agreeOnKey(good.session, pair.secretKey) ?? new Uint8Array(32);

  it.each<[string, Partial<SealedEnvelope>, string]>([
    ['nothing', {}, 'ok'],
    ['a day without a key', { day: '2026-03-04' }, 'open-no-key'],
    ['another name of the key', { key: new Uint8Array(4) }, 'open-no-key'],
    ['a session key of small order', { session: new Uint8Array(32) }, 'open-session'],
    ['another session key', { session: pair.publicKey }, 'open-sealed'],
    ['another number', { seq: 4 }, 'open-sealed'],
    ['another day’s key', { day: tomorrow.day, key: tomorrow.name }, 'open-sealed'],
    ['a changed byte', { sealed: good.sealed.with(20, (good.sealed[20] ?? 0) ^ 1) as Bytes }, 'open-sealed'],
    [
      'what is sealed but no record',
      { sealed: sealBox(new Uint8Array(128), nonceOf(3), shared) },
      'record-cbor',
    ],
    [
      'what is sealed and too short',
      { sealed: sealBox(new Uint8Array(64), nonceOf(3), shared) },
      'record-size',
    ],
  ])('%s', (_name, part, code) => {
    expect(codeOf(part)).toBe(code);
  });

  it('everything once the key is destroyed, also what it opened before', () => {
    let isDestroyed = false;
    const opener = createOpener((...asked) => (isDestroyed ? null : keysOfBoth(...asked)));
    expect(opener.open(good).ok).toBe(true);
    isDestroyed = true;
    opener.forget();
    expect(opener.open(good)).toEqual({ ok: false, error: 'open-no-key' });
  });
});

describe('a session', () => {
  it('goes on from one committed record to the next', async () => {
    const sessions = (
      await sealRun(
        identity,
        Array.from({ length: 64 }, () => heartbeat()),
        dayKey,
      )
    ).map(sessionOf);
    expect(new Set(sessions).size).toBe(1);
    const longer = (
      await sealRun(
        identity,
        Array.from({ length: 65 }, () => heartbeat()),
        dayKey,
      )
    ).map(sessionOf);
    expect(new Set(longer).size).toBe(2);
  });

  it('ends when an append is not known to have committed', () => {
    const sealer = sealerOf('doubt');
    const first = sealer.seal({ identity, seq: 1, dayKey, atMs: 0, prev, record: heartbeat() });
    const again = sealer.seal({ identity, seq: 1, dayKey, atMs: 1, prev, record: heartbeat() });
    expect(sessionOf(again.envelope)).not.toBe(sessionOf(first.envelope));
    first.committed();
    const third = sealer.seal({ identity, seq: 2, dayKey, atMs: 2, prev, record: heartbeat() });
    expect(sessionOf(third.envelope)).not.toBe(sessionOf(again.envelope));
  });

  it('ends at lock, even if the last append commits after it', () => {
    const sealer = sealerOf('lock');
    const first = sealer.seal({ identity, seq: 1, dayKey, atMs: 0, prev, record: heartbeat() });
    sealer.endSession();
    first.committed();
    const second = sealer.seal({ identity, seq: 2, dayKey, atMs: 1, prev, record: heartbeat() });
    expect(sessionOf(second.envelope)).not.toBe(sessionOf(first.envelope));
  });

  it('is not begun with chance that repeats itself, nor for a day key that anybody could open', () => {
    const stuck = createSealer((length) => new Uint8Array(length).fill(7));
    stuck.seal({ identity, seq: 1, dayKey, atMs: 0, prev, record: heartbeat() });
    expect(() => stuck.seal({ identity, seq: 1, dayKey, atMs: 0, prev, record: heartbeat() })).toThrow(
      /same key twice/,
    );
    const weak = { ...dayKey, publicKey: new Uint8Array(32) };
    expect(() =>
      sealerOf('weak').seal({ identity, seq: 1, dayKey: weak, atMs: 0, prev, record: heartbeat() }),
    ).toThrow(/anybody/);
  });

  it('never lets a key meet a number twice, whatever is asked of it in whatever order', () => {
    const anyAsk = fc.record({
      seq: fc.integer({ min: 1, max: 6 }),
      epoch: fc.integer({ min: 1, max: 2 }),
      isTomorrow: fc.boolean(),
      atMs: fc.integer({ min: 0, max: 2_000_000 }),
      outcome: fc.constantFrom('commit', 'commit', 'commit', 'doubt', 'lock', 'commit-late'),
    });
    fc.assert(
      fc.property(fc.array(anyAsk, { maxLength: 40 }), fc.nat(), (asks, seed) => {
        const sealer = sealerOf(`order ${seed}`);
        const met = new Set<string>();
        let late: (() => void) | null = null;
        for (const { seq, epoch, isTomorrow, atMs, outcome } of asks) {
          const key = isTomorrow ? sealKeyOf(tomorrow) : dayKey;
          const sealing = sealer.seal({
            identity: { ...identity, epoch },
            seq,
            dayKey: key,
            atMs,
            prev,
            record: heartbeat(),
          });
          const pairMet = `${sessionOf(sealing.envelope)} ${seq}`;
          expect(met.has(pairMet)).toBe(false);
          met.add(pairMet);
          if (outcome === 'commit') sealing.committed();
          if (outcome === 'lock') sealer.endSession();
          late?.();
          late = outcome === 'commit-late' ? sealing.committed : null;
        }
      }),
      { numRuns: 60 },
    );
  });
});
