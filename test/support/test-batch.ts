// Scans and who makes them, for tests of the server.

import { createHash } from 'node:crypto';
import { type Bytes, utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import type { ScanRecord } from '../../src/core/log/record.ts';

/** 2026-03-02, 12:40 in Berlin: hour 8 of a day that begins at 4. */
export const TEST_MINUTE = Date.UTC(2026, 2, 2, 11, 40) / 60_000;
export const TEST_DAY = '2026-03-02';

export const hashOf = (bytes: Bytes): Bytes => new Uint8Array(createHash('sha256').update(bytes).digest());

export const deviceOf = (number: number): string => number.toString(16).padStart(32, '0');

export const scanOf = (overrides: Partial<ScanRecord> = {}): ScanRecord => ({
  kind: 'scan',
  minute: TEST_MINUTE,
  gate: 'gate-1',
  direction: 'in',
  verdict: 'admit',
  reason: 'ok',
  issuer: 'test-issuer',
  pseudonym: utf8ToBytes('pseudony'),
  isOwnKey: true,
  trustAgeHours: 1,
  ...overrides,
});
