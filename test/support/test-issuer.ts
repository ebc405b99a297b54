// An issuer that really signs, the same for the same seed. Its keys exist in tests only.

import { signPass } from '../../src/core/pass/gl1.ts';
import type { PassClaims } from '../../src/core/pass/pass.ts';
import { createSigner, SEED_BYTES, type Signer } from '../../src/core/signature/signer.ts';
import type { Issuer, Ruleset } from '../../src/core/trust/trust.ts';

/** 2026-03-01T09:00:00Z: the time at which passes of a test issuer are one hour old and good for a day. */
export const TEST_NOW_SECONDS = 1_772_355_600;

export interface TestIssuer {
  readonly issuer: Issuer;
  readonly signer: Signer;
  /** The text of a pass that really is signed: green, issued an hour before TEST_NOW_SECONDS, unless overridden. */
  issue(overrides?: Partial<PassClaims>): Promise<string>;
}

export interface TestIssuerOptions {
  readonly id?: string;
  /** Any number; another number is another key. */
  readonly seed?: number;
}

export const TEST_RULESET_NUMBER = 1;

/** Its reasons: 1 "no symptoms", 2 "waiting for a result", 3 "a positive result". */
const RULESET: Ruleset = {
  name: 'Building health rules',
  version: 1,
  reasonsByNumber: new Map([
    [1, { text: { en: 'No symptoms reported' }, next: { en: 'Let them in' } }],
    [2, { text: { en: 'Waiting for a test result' }, next: { en: 'Ask for the result' } }],
    [
      3,
      { text: { en: 'A positive result in the last 7 days' }, next: { en: 'Point them to the help desk' } },
    ],
  ]),
};

export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const signer = await createSigner(seedOf(options.seed ?? 1));
  const issuer: Issuer = {
    id: options.id ?? 'test-issuer',
    name: { en: 'Test issuer' },
    appeal: { en: 'Health desk, ground floor' },
    keys: [
      {
        publicKey: signer.publicKey,
        algorithm: 'Ed25519',
        validFrom: 1_735_689_600,
        validUntil: 1_893_456_000,
      },
    ],
    rulesetsByNumber: new Map([[TEST_RULESET_NUMBER, RULESET]]),
    status: 'none',
    isSmall: false,
  };
  return { issuer, signer, issue: (overrides = {}) => signPass(testClaims(overrides), signer) };
}

export function testClaims(overrides: Partial<PassClaims> = {}): PassClaims {
  const issuedAt = overrides.issuedAt ?? TEST_NOW_SECONDS - 3600;
  return {
    issuedAt,
    expiresAt: issuedAt + 86_400,
    id: { list: 7, index: 4242 },
    colour: 'green',
    ruleset: TEST_RULESET_NUMBER,
    reason: 1,
    ...overrides,
  };
}

function seedOf(number: number): Uint8Array<ArrayBuffer> {
  const seed = new Uint8Array(SEED_BYTES).fill(0x54);
  new DataView(seed.buffer).setUint32(0, number);
  return seed;
}
