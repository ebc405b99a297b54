// What the tablets record: scans that carry a mark, so that it shows wherever one lies open.

import { type Bytes, concatBytes } from '../../src/core/bytes/bytes.ts';
import type { GateRecord } from '../../src/core/log/record.ts';
import type { Chance } from './chance.ts';

const MARK = Buffer.from('CNRY');
const ISSUER = 'canary-issuer';

export const scanAt = (wallMs: number, chance: Chance): GateRecord => ({
  kind: 'scan',
  // A clock that is decades off is told by a minute that no record may name.
  minute: Math.max(0, Math.floor(wallMs / 60_000)),
  gate: 'gate-1',
  direction: 'in',
  verdict: 'admit',
  reason: 'ok',
  issuer: ISSUER,
  pseudonym: concatBytes(new Uint8Array(MARK), chance.bytes(4)),
  isOwnKey: false,
  trustAgeHours: 1,
});

/** Whether something of a record lies open in these bytes. */
export function isOpen(bytes: Bytes): boolean {
  const looked = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return looked.includes(MARK) || looked.includes(ISSUER);
}
