import { describe, expect, it } from 'vitest';
import { type Bytes, joinBytes, utf8ToBytes } from '../../../../../src/core/bytes/bytes.ts';
import { encodeCbor } from '../../../../../src/core/bytes/cbor.ts';
import {
  encodeLogFileEnd,
  encodeLogFileHead,
  encodeLogHead,
  encodeLogPart,
  parseLogFile,
} from '../../../../../src/core/log/sealed/log-file.ts';
import { parseRecordsFile } from '../../../../../src/core/log/sealed/records-file.ts';
import { createRandom } from '../../../../fuzz/random.ts';
import { deviceOf } from './sealed-fixtures.ts';

const [a, b, c] = ['a', 'bb', 'ccc'].map(utf8ToBytes) as [Bytes, Bytes, Bytes];
const parts = [
  encodeLogFileHead('lindenhof'),
  encodeLogHead(deviceOf(1), 1),
  encodeLogPart('envelopes', [a, b]),
  encodeLogPart('envelopes', [c]),
  encodeLogPart('forks', []),
  encodeLogPart('batches', [b]),
  encodeLogPart('receipts', [c]),
  encodeLogPart('dropped', [a]),
  encodeLogHead(deviceOf(1), 2),
  encodeLogFileEnd(2),
];
const file = joinBytes(parts);
const refusalOf = (bytes: Bytes) => {
  const parsed = parseLogFile(bytes);
  return parsed.ok ? 'taken' : parsed.error;
};
const nothing = { envelopes: [], quarantined: [], batchHeads: [], receipts: [], dropped: [] };

describe('a log file', () => {
  it('is read as it was written, in parts of any size', () => {
    const log = { site: 'lindenhof', device: deviceOf(1) };
    expect(parseLogFile(file)).toEqual({
      ok: true,
      value: [
        {
          ...log,
          epoch: 1,
          envelopes: [a, b, c],
          quarantined: [],
          batchHeads: [b],
          receipts: [c],
          dropped: [a],
        },
        { ...log, epoch: 2, ...nothing },
      ],
    });
  });

  it('that was cut is refused, wherever it was', () => {
    for (let length = 1; length < file.length; length++)
      expect([length, refusalOf(file.slice(0, length))]).toEqual([length, 'log-file-cut']);
    expect(refusalOf(file.slice(0, 0))).toBe('log-file-form');
  });

  it.each([
    ['log-file-form', [encodeCbor(['gatelight-log-2', 'lindenhof'])]],
    ['log-file-form', [encodeCbor(['gatelight-log-1', 'No Site'])]],
    ['log-file-part', [parts[0], encodeLogPart('envelopes', [a])]],
    ['log-file-part', [parts[0], encodeLogHead('nobody', 1)]],
    ['log-file-part', [parts[0], encodeLogHead(deviceOf(1), 0)]],
    ['log-file-part', [parts[0], parts[1], encodeCbor(['names', [a]])]],
    ['log-file-part', [parts[0], parts[1], encodeCbor(['forks', ['text']])]],
    ['log-file-part', [...parts, parts[1]]],
    ['log-file-cut', [parts[0], parts[1], encodeLogFileEnd(2)]],
    ['log-file-cbor', [parts[0], Uint8Array.of(0xff)]],
  ] as const)('%s', (code, items) => {
    expect(refusalOf(joinBytes(items.map((item) => item ?? a)))).toBe(code);
  });

  it('never throws on damaged bytes', () => {
    const random = createRandom('log file');
    for (let run = 0; run < 2000; run++) {
      const damaged = file.slice();
      for (let at = 0; at < 1 + random.below(4); at++) damaged[random.below(file.length)] = random.below(256);
      expect(() => parseLogFile(damaged)).not.toThrow();
      expect(() => parseRecordsFile(damaged)).not.toThrow();
    }
  });
});

describe('a file of records', () => {
  const refusal = (value: Parameters<typeof encodeCbor>[0]) => {
    const parsed = parseRecordsFile(encodeCbor(value));
    return parsed.ok ? parsed.value : parsed.error;
  };
  it('is batches and their form, and nothing else', () => {
    expect(refusal(['gatelight-records-1', [a, b]])).toEqual([a, b]);
    expect(refusal(['gatelight-records-2', [a, b]])).toBe('records-file-form');
    expect(refusal(['gatelight-records-1', [a, 'b']])).toBe('records-file-form');
    expect(refusal(['gatelight-records-1', [a], null])).toBe('records-file-form');
    expect(refusal(['gatelight-records-1', a])).toBe('records-file-form');
  });
});
