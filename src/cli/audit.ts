// gatelight audit: a site's log as it was exported, held against what its tablets and its server signed. Offline, and
// without any private key.

import { readFile } from 'node:fs/promises';
import type { Bytes } from '../core/bytes/bytes.ts';
import { parseHex } from '../core/bytes/hex.ts';
import { errorText } from '../core/error-text.ts';
import { type DevicePublicKey, parseDeviceKey } from '../core/identity/device-key.ts';
import { type AuditKeys, auditLog, type LogAudit } from '../core/log/sealed/audit-log.ts';
import { parseSealedBatch } from '../core/log/sealed/batch.ts';
import { parseLogFile } from '../core/log/sealed/log-file.ts';
import { parseRecordsFile } from '../core/log/sealed/records-file.ts';
import { chooseEngine } from '../core/signature/engine.ts';
import { parseOptions } from './arguments.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

/** The larger, the less is known in the log's favour. */
const EXIT = { sound: 0, found: 20, unknown: 30 } as const;

export const auditCommand: Command = {
  name: 'audit',
  summary: "checks a site's exported log, offline and without private keys",
  usage: `gatelight audit FILE --keys FILE [--receipt-key HEX ...] [--records FILE ...]

Says of each tablet's log whether it is whole as far as anybody vouched for it, or which number is the first bad one and
why; which numbers are missing, which were put apart, and up to where tablet and server signed.

  FILE               GET /api/sites/SITE/log/export
  --keys FILE        the public keys of tablets and server, as in GET /api/sites/SITE/log/keys. Keep a copy of your own, or
                     compare it with one: a log that brings its own keys vouches for nothing
  --receipt-key HEX  a receipt key of the server; then those in the file of keys do not count. May be given several times
  --records FILE     the waiting records of a tablet, as it exports them: the receipt in it shows a server that was set back

Exit code: 0 sound, 20 something was found, 30 the file cannot be read or its signatures cannot be judged.`,
  async run(args, io) {
    const { values, positionals } = parseOptions(args, {
      keys: { type: 'string' },
      'receipt-key': { type: 'string', multiple: true },
      records: { type: 'string', multiple: true },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('one exported log is needed');
    if (values.keys === undefined) throw new UsageError('--keys is needed: the log itself brings none');
    const logs = parseLogFile(new Uint8Array(await readFile(file)));
    if (!logs.ok) {
      io.err(`${file} is no whole export of a log (${logs.error})`);
      return EXIT.unknown;
    }
    const held = await readKeys(values.keys);
    const receiptKeys = values['receipt-key']?.map((hex) => bytesOf('--receipt-key', hex));
    const keys: AuditKeys = {
      receiptKeys: receiptKeys ?? held.receiptKeys,
      deviceKeysOf: ({ device }) => held.keysByDevice.get(device) ?? [],
      receiptsElsewhere: await readReceipts(values.records ?? []),
    };
    const engine = await chooseEngine();
    let isSound = true;
    for (const log of logs.value) {
      const audit = await auditLog(log, keys, engine);
      printAudit(audit, io);
      isSound &&= audit.isSound;
    }
    io.out(`${logs.value.length} logs: ${isSound ? 'sound' : 'NOT SOUND'}`);
    return isSound ? EXIT.sound : EXIT.found;
  },
};

function printAudit(audit: LogAudit, io: CommandIo): void {
  const { identity, envelopes, fault, signedUpTo, receiptedUpTo } = audit;
  const state = fault !== null ? `BAD at ${fault.seq}: ${fault.reason}` : audit.isSound ? 'sound' : 'LOOK';
  io.out(
    `${identity.device} epoch ${identity.epoch}: ${state}; ${envelopes} records, signed up to ${signedUpTo}, receipted up to ${receiptedUpTo}`,
  );
  for (const line of findingsOf(audit)) io.out(`  ${line}`);
}

const spanOf = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  from === to ? `${from}` : `${from}-${to}`;

function findingsOf(audit: LogAudit): readonly string[] {
  return [
    ...audit.dropped.map((run) => `${spanOf(run)} dropped with ${run.day}`),
    ...audit.gaps.map((gap) => `${spanOf(gap)} missing: ${gap.reason}`),
    ...audit.putApart.map(({ seq }) => `${seq} was put apart when it came`),
    ...audit.forks.map(({ seq }) => `${seq} has another record beside it: a fork`),
    ...audit.lostFromQuarantine.map(({ seq }) => `${seq} was put apart, and is gone`),
    ...audit.otherThanSigned.map((batch) => `${spanOf(batch)} are not what the tablet signed`),
    ...audit.sessionMisuses.map(({ seq, reason }) => `${seq} misuses its session: ${reason}`),
    ...audit.badWords.map(({ kind, at, reason }) => `${kind} ${at + 1} counts for nothing: ${reason}`),
  ];
}

interface HeldKeys {
  readonly receiptKeys: readonly Bytes[];
  readonly keysByDevice: ReadonlyMap<string, readonly DevicePublicKey[]>;
}

async function readKeys(file: string): Promise<HeldKeys> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${errorText(error)}`);
  }
  const { receiptKeys, devices } = isRecord(json) ? json : {};
  if (!Array.isArray(receiptKeys) || !isRecord(devices))
    throw new UsageError(`${file} holds no keys of a log`);
  const keysByDevice = Object.entries(devices).map(([device, keys]) => {
    if (!Array.isArray(keys)) throw new UsageError(`${file} holds no keys of ${device}`);
    return [device, keys.map((hex) => deviceKeyOf(file, hex))] as const;
  });
  return {
    receiptKeys: receiptKeys.map((hex) => bytesOf(file, hex)),
    keysByDevice: new Map(keysByDevice),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function bytesOf(where: string, hex: unknown): Bytes {
  const bytes = typeof hex === 'string' ? parseHex(hex) : null;
  if (bytes?.ok !== true || bytes.value.length === 0)
    throw new UsageError(`${where}: "${String(hex)}" is no key in hexadecimal`);
  return bytes.value;
}

function deviceKeyOf(where: string, hex: unknown): DevicePublicKey {
  const key = parseDeviceKey(bytesOf(where, hex));
  if (!key.ok) throw new UsageError(`${where}: "${String(hex)}" is no tablet's key`);
  return key.value;
}

/** The last receipts that tablets were given: they come along with every batch. */
async function readReceipts(files: readonly string[]): Promise<readonly Bytes[]> {
  const receipts: Bytes[] = [];
  for (const file of files) {
    const batches = parseRecordsFile(new Uint8Array(await readFile(file)));
    if (!batches.ok) throw new UsageError(`${file} holds no records of a tablet (${batches.error})`);
    for (const bytes of batches.value) {
      const batch = parseSealedBatch(bytes);
      if (batch.ok && batch.value.lastReceipt !== null) receipts.push(batch.value.lastReceipt);
    }
  }
  return receipts;
}
