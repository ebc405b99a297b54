import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { type DayMac, PSEUDONYM_BYTES, pseudonymOf } from '../../../../src/core/log/pseudonym.ts';

const macUnder =
  (key: string): DayMac =>
  async (message) =>
    new Uint8Array(createHmac('sha256', key).update(message).digest());
const PASS = { list: 0x0102, index: 0x030405 };
const hexOf = async (issuer: string, pass: typeof PASS, key: string) =>
  encodeHex(await pseudonymOf(issuer, pass, macUnder(key)));

it('is the first 8 bytes of the HMAC over issuer, zero and place', async () => {
  const whole = createHmac('sha256', 'monday').update('city\0\u0001\u0002\u0003\u0004\u0005').digest('hex');
  expect(await hexOf('city', PASS, 'monday')).toBe(whole.slice(0, 2 * PSEUDONYM_BYTES));
});

it('is another under the key of another day or tablet', async () => {
  expect(await hexOf('city', PASS, 'monday')).not.toBe(await hexOf('city', PASS, 'tuesday'));
});

it('is another for another pass, and for the same place at another issuer', async () => {
  const all = await Promise.all([
    hexOf('city', PASS, 'monday'),
    hexOf('city', { ...PASS, index: PASS.index + 1 }, 'monday'),
    hexOf('city', { ...PASS, list: PASS.list + 1 }, 'monday'),
    hexOf('cit', PASS, 'monday'),
  ]);
  expect(new Set(all).size).toBe(all.length);
});
