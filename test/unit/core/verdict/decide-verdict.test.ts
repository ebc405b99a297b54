import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PassClaims } from '../../../../src/core/pass/pass.ts';
import { chooseEngine, type Ed25519Engine } from '../../../../src/core/signature/engine.ts';
import type { Issuer, Trust } from '../../../../src/core/trust/trust.ts';
import type { Now } from '../../../../src/core/verdict/clock.ts';
import { codeOfReason, REASONS } from '../../../../src/core/verdict/codes.ts';
import { decideVerdict, type History } from '../../../../src/core/verdict/decide-verdict.ts';
import { describeVerdict } from '../../../../src/core/verdict/describe.ts';
import { openReading } from '../../../../src/core/verdict/open-reading.ts';
import { createTestIssuer, TEST_NOW_SECONDS, type TestIssuer } from '../../../support/test-issuer.ts';
import { TEST_LIST, type TrustOverrides, testLists, testTrust } from '../../../support/test-trust.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const AT = TEST_NOW_SECONDS;
const SURE: Now = { wallMs: AT * 1000, floorMs: (AT - HOUR) * 1000, doubt: null };
const NEVER_SEEN: History = { lastSeen: null };
const PLACE = { gate: 'gate-1', direction: 'in' } as const;

let engine: Ed25519Engine;
let known: TestIssuer;
let stranger: TestIssuer;

beforeAll(async () => {
  engine = await chooseEngine();
  known = await createTestIssuer({ id: 'city', seed: 1 });
  stranger = await createTestIssuer({ id: 'elsewhere', seed: 2 });
});

interface Case {
  readonly pass?: Partial<PassClaims>;
  readonly text?: (text: string) => string;
  readonly by?: 'stranger';
  readonly trust?: TrustOverrides;
  readonly issuer?: Partial<Issuer>;
  /** Issuers beside the one that made the pass. */
  readonly others?: readonly Partial<Issuer>[];
  readonly history?: History;
  readonly now?: Partial<Now>;
}

async function judge(given: Case) {
  const { pass, text = (same) => same, by, trust, issuer, others = [], history = NEVER_SEEN, now } = given;
  const beside = others.map((other, at) => ({ ...known.issuer, id: `other-${at}`, keys: [], ...other }));
  const held: Trust = testTrust([...beside, { ...known.issuer, ...issuer }], trust);
  const issued = await (by === 'stranger' ? stranger : known).issue(pass);
  const opened = await openReading(text(issued), held, engine, AT);
  return { verdict: decideVerdict(opened, held, history, { ...SURE, ...now }, PLACE), trust: held };
}

const flipLast = (text: string) => {
  const at = text.length - 3;
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
};
const revoked = testLists([[4242, 'revoked']]);
const suspended = testLists([[4242, 'suspended']]);
const listAged = (seconds: number) => ({ issuer: { status: testLists([], { issuedAt: AT - seconds }) } });
const placed = (index: number): Case => ({
  issuer: { status: testLists() },
  pass: { id: { list: TEST_LIST, index } },
});
const neighbours = (status: 'revoked' | 'suspended'): Case => ({
  issuer: { status: testLists([4240, 4241, 4243, 4244].map((index) => [index, status])) },
});
const seen = (minutesAgo: number, direction: 'in' | 'out' = 'in'): History => ({
  lastSeen: { minute: Math.floor(AT / 60) - minutesAgo, gate: 'gate-2', direction },
});
const aged = (seconds: number) => ({ issuedAt: AT - seconds });

// One row for every line of the table, and the rows on both sides of every limit.
const TABLE: readonly [string, Case, string, string][] = [
  ['a good green pass', {}, 'admit', 'ok'],
  ['a web address', { text: () => 'https://example.org/' }, 'unverifiable', 'not-a-pass'],
  ['an empty text', { text: () => '' }, 'unverifiable', 'not-a-pass'],
  ['a cut pass', { text: (text) => text.slice(0, -4) }, 'unverifiable', 'malformed'],
  ['trust of exactly 7 days', { trust: aged(7 * DAY) }, 'check', 'trust-stale'],
  ['trust a second over 7 days', { trust: aged(7 * DAY + 1) }, 'unverifiable', 'trust-expired'],
  ['dead trust and a forged pass', { trust: aged(8 * DAY), text: flipLast }, 'unverifiable', 'trust-expired'],
  ['a key nobody trusts', { by: 'stranger' }, 'unverifiable', 'unknown-issuer'],
  ['an issuer without a key', { issuer: { keys: [] } }, 'unverifiable', 'unknown-issuer'],
  ['a changed signature', { text: flipLast }, 'refuse', 'bad-signature'],
  ['ends this second', { pass: { expiresAt: AT } }, 'refuse', 'expired'],
  ['ends in one second', { pass: { expiresAt: AT + 1 } }, 'admit', 'ok'],
  ['ended, clock in doubt', { pass: { expiresAt: AT - 1 }, now: { doubt: 'ahead' } }, 'check', 'expired'],
  ['starts this second', { pass: { notBefore: AT } }, 'admit', 'ok'],
  ['starts in one second', { pass: { notBefore: AT + 1 } }, 'refuse', 'not-yet-valid'],
  [
    'starts later, clock in doubt',
    { pass: { notBefore: AT + 9 }, now: { doubt: 'behind' } },
    'check',
    'not-yet-valid',
  ],
  ['issued a minute ahead of us', { pass: { issuedAt: AT + 60, expiresAt: AT + DAY } }, 'admit', 'ok'],
  ['issued in the future', { pass: { issuedAt: AT + 61, expiresAt: AT + DAY } }, 'refuse', 'not-yet-valid'],
  [
    'an expired pass, clock set back by as much as is let pass',
    { pass: { expiresAt: AT - 1 }, now: { wallMs: (AT - 300) * 1000, floorMs: AT * 1000 } },
    'refuse',
    'expired',
  ],
  [
    'an expired pass, clock set back by a day',
    { pass: { expiresAt: AT - 1 }, now: { wallMs: (AT - DAY) * 1000, floorMs: AT * 1000 } },
    'check',
    'expired',
  ],
  [
    'a clock 5 minutes behind the floor',
    { now: { wallMs: AT * 1000, floorMs: (AT + 300) * 1000 } },
    'admit',
    'ok',
  ],
  [
    'a clock a moment further behind, before the second look',
    { now: { wallMs: AT * 1000 - 1, floorMs: (AT + 300) * 1000 } },
    'check',
    'clock-behind',
  ],
  ['no status list held', { issuer: { status: new Map([[TEST_LIST, null]]) } }, 'check', 'status-unknown'],
  [
    'a list that the issuer does not publish',
    { issuer: { status: testLists() }, pass: { id: { list: 8, index: 1 } } },
    'check',
    'status-unknown',
  ],
  ['the last place of a list', placed(8191), 'admit', 'ok'],
  ['a place beyond the list', placed(8192), 'check', 'status-unknown'],
  ['the furthest place there is', placed(2 ** 24 - 1), 'check', 'status-unknown'],
  ['its neighbours taken back', neighbours('revoked'), 'admit', 'ok'],
  ['its neighbours paused', neighbours('suspended'), 'admit', 'ok'],
  ['a list of exactly 7 days', listAged(7 * DAY), 'check', 'trust-stale'],
  ['a list a second over 7 days', listAged(7 * DAY + 1), 'unverifiable', 'trust-expired'],
  ['a list of exactly 72 h', listAged(72 * HOUR), 'admit', 'ok'],
  ['a list a second over 72 h', listAged(72 * HOUR + 1), 'check', 'trust-stale'],
  [
    'a revoked pass on a stale list',
    { issuer: { status: testLists([[4242, 'revoked']], { issuedAt: AT - 4 * DAY }) } },
    'refuse',
    'revoked',
  ],
  [
    'a list that is dead, of another issuer than the pass',
    { others: [{ status: testLists([], { issuedAt: AT - 8 * DAY }) }] },
    'admit',
    'ok',
  ],
  ['taken back', { issuer: { status: revoked } }, 'refuse', 'revoked'],
  ['paused', { issuer: { status: suspended } }, 'check', 'suspended'],
  ['taken back and red', { issuer: { status: revoked }, pass: { colour: 'red' } }, 'refuse', 'revoked'],
  ['yellow', { pass: { colour: 'yellow', reason: 2 } }, 'check', 'yellow'],
  ['red', { pass: { colour: 'red', reason: 3 } }, 'refuse', 'red'],
  [
    'red where red is checked',
    {
      pass: { colour: 'red' },
      trust: { policy: { byColour: { green: 'admit', yellow: 'admit', red: 'check' } } },
    },
    'check',
    'red',
  ],
  [
    'yellow where yellow goes in',
    {
      pass: { colour: 'yellow' },
      trust: { policy: { byColour: { green: 'admit', yellow: 'admit', red: 'refuse' } } },
    },
    'admit',
    'ok',
  ],
  ['at the age limit', { trust: { policy: { maxPassAgeSeconds: HOUR } } }, 'admit', 'ok'],
  ['over the age limit', { trust: { policy: { maxPassAgeSeconds: HOUR - 1 } } }, 'check', 'too-old'],
  [
    'over a hard age limit',
    { trust: { policy: { maxPassAgeSeconds: 1, tooOld: 'refuse' } } },
    'refuse',
    'too-old',
  ],
  // 09:00 UTC on 1 March is 10:00 in Berlin: minute 600.
  [
    'as the door opens',
    { trust: { policy: { hours: [{ from: 600, to: 660, directions: ['in'] }] } } },
    'admit',
    'ok',
  ],
  [
    'as the door closes',
    { trust: { policy: { hours: [{ from: 540, to: 600, directions: ['in'] }] } } },
    'refuse',
    'outside-hours',
  ],
  [
    'open the other way only',
    { trust: { policy: { hours: [{ from: 0, to: 1440, directions: ['out'] }] } } },
    'refuse',
    'outside-hours',
  ],
  [
    'open over midnight',
    { trust: { policy: { hours: [{ from: 1380, to: 1440 + 601, directions: ['in'] }] } } },
    'admit',
    'ok',
  ],
  [
    'closed, softly',
    { trust: { policy: { outsideHours: 'check', hours: [{ from: 0, to: 1, directions: ['in'] }] } } },
    'check',
    'outside-hours',
  ],
  ['seen 14 minutes ago', { history: seen(14) }, 'check', 'seen-before'],
  ['seen 15 minutes ago', { history: seen(15) }, 'admit', 'ok'],
  ['seen going the other way', { history: seen(1, 'out') }, 'admit', 'ok'],
  ['seen before and red', { history: seen(1), pass: { colour: 'red' } }, 'refuse', 'red'],
  ['trust of exactly 72 h', { trust: aged(72 * HOUR) }, 'admit', 'ok'],
  ['trust a second over 72 h', { trust: aged(72 * HOUR + 1) }, 'check', 'trust-stale'],
  [
    'ages that try to lengthen',
    {
      trust: {
        ...aged(8 * DAY),
        policy: { ages: { freshSeconds: DAY, ageingSeconds: DAY, staleSeconds: 99 * DAY } },
      },
    },
    'unverifiable',
    'trust-expired',
  ],
  ['clock behind', { now: { doubt: 'behind' } }, 'check', 'clock-behind'],
  ['clock ahead', { now: { doubt: 'ahead' } }, 'check', 'clock-ahead'],
];

describe('the table of verdicts', () => {
  it.each(TABLE)('%s', async (_name, given, kind, reason) => {
    const { verdict } = await judge(given);
    expect([verdict.kind, verdict.reason]).toEqual([kind, reason]);
  });

  it('reaches every reason there is', () => {
    expect(new Set(TABLE.map(([, , , reason]) => reason))).toEqual(new Set(REASONS));
  });
});

describe('the words for a verdict', () => {
  it.each(TABLE)('says what is, and what to do: %s', async (_name, given) => {
    const { verdict, trust } = await judge(given);
    const said = describeVerdict(verdict, { language: 'en', trust, nowMs: AT * 1000 });
    expect(said.word).not.toBe('');
    expect(said.reason).not.toMatch(/undefined|NaN|\{|Invalid/);
    expect(said.code).toMatch(/^\d\d$/);
    if (verdict.kind !== 'admit') expect(said.next).toMatch(/^[A-Z]/);
    if (verdict.kind === 'refuse') expect(said.appeal).toBe('Health desk, ground floor');
  });

  it('gives every reason its own number', () => {
    expect(new Set(REASONS.map(codeOfReason)).size).toBe(REASONS.length);
  });

  it('names times by the clock of the site', async () => {
    const { verdict, trust } = await judge({ pass: { issuedAt: AT - 9000, expiresAt: AT - 80 * 60 } });
    const said = describeVerdict(verdict, { language: 'en', trust, nowMs: AT * 1000 });
    expect(said.reason).toBe('Ended today at 08:40');
  });

  it('says the rule of the issuer for its colour, with its version', async () => {
    const { verdict, trust } = await judge({ pass: { colour: 'yellow', reason: 2 } });
    const said = describeVerdict(verdict, { language: 'pt-BR', trust, nowMs: AT * 1000 });
    expect([said.reason, said.next, said.rule]).toEqual([
      'Yellow: Waiting for a test result',
      'Ask for the result',
      'Building health rules v1',
    ]);
  });
});

describe('whatever the facts are', () => {
  const anyCase = fc.record({
    colour: fc.constantFrom('green', 'yellow', 'red'),
    lifeSeconds: fc.integer({ min: 1, max: 10 * DAY }),
    ageSeconds: fc.integer({ min: -DAY, max: 10 * DAY }),
    trustAgeSeconds: fc.integer({ min: -DAY, max: 20 * DAY }),
    wallSeconds: fc.integer({ min: AT - 400 * DAY, max: AT + 400 * DAY }),
    doubt: fc.constantFrom(null, 'behind', 'ahead'),
  } as const);

  it('admits only inside the pass, on live trust, with a clock that is believed', () =>
    fc.assert(
      fc.asyncProperty(
        anyCase,
        async ({ colour, lifeSeconds, ageSeconds, trustAgeSeconds, wallSeconds, doubt }) => {
          const issuedAt = AT - ageSeconds;
          const expiresAt = issuedAt + lifeSeconds;
          const { verdict } = await judge({
            pass: { colour, issuedAt, expiresAt },
            trust: aged(trustAgeSeconds),
            now: { wallMs: wallSeconds * 1000, doubt },
          });
          const judgedAt = Math.max(wallSeconds, SURE.floorMs / 1000);
          if (verdict.kind !== 'admit') return;
          expect(colour).toBe('green');
          expect(judgedAt).toBeLessThan(expiresAt);
          expect(judgedAt).toBeGreaterThanOrEqual(issuedAt - 60);
          expect(judgedAt - (AT - trustAgeSeconds)).toBeLessThanOrEqual(72 * HOUR);
          expect(doubt).toBeNull();
          expect(wallSeconds).toBeGreaterThanOrEqual(SURE.floorMs / 1000 - 300);
        },
      ),
      { numRuns: 300 },
    ));
});
