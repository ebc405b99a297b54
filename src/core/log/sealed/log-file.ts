// A site's logs as one file for an auditor: a CBOR sequence (RFC 8742), so that it can be written and read as it comes.
//
//   [ 'gatelight-log-1', site ]
//   then for each log  [ 'log', device, epoch ], and of it, in parts of any size and in this order:
//     [ 'envelopes', [ bytes ... ] ]     by number: records, and what was put apart in their place
//     [ 'forks', [ bytes ... ] ], [ 'batches', ... ], [ 'receipts', ... ], [ 'dropped', ... ]
//   [ 'end', how many logs ]
//
// No key is in it: a log that brings its own keys vouches for nothing.

import type { Bytes } from '../../bytes/bytes.ts';
import { type CborValue, encodeCbor, isCborArray, isCborBytes, parseCborSequence } from '../../bytes/cbor.ts';
import { ok, type Result, refused } from '../../result.ts';
import { isId } from '../../trust/ids.ts';
import { isDeviceId, isPositive } from '../identity.ts';
import type { ExportedLog } from './audit-log.ts';

const FORM = 'gatelight-log-1';
const PARTS = ['envelopes', 'forks', 'batches', 'receipts', 'dropped'] as const;
export type LogPart = (typeof PARTS)[number];

export const encodeLogFileHead = (site: string): Bytes => encodeCbor([FORM, site]);
export const encodeLogHead = (device: string, epoch: number): Bytes => encodeCbor(['log', device, epoch]);
export const encodeLogPart = (part: LogPart, items: readonly Bytes[]): Bytes => encodeCbor([part, items]);
export const encodeLogFileEnd = (logs: number): Bytes => encodeCbor(['end', logs]);

export const LOG_FILE_REFUSALS = ['log-file-cbor', 'log-file-form', 'log-file-part', 'log-file-cut'] as const;
export type LogFileRefusal = (typeof LOG_FILE_REFUSALS)[number];

type OpenLog = { readonly device: string; readonly epoch: number } & Record<LogPart, Bytes[]>;

/** 'log-file-cut': the end is missing, whatever was before it. */
export function parseLogFile(bytes: Bytes): Result<readonly ExportedLog[], LogFileRefusal> {
  const logs: OpenLog[] = [];
  let site: string | null = null;
  let isEnded = false;
  for (const item of parseCborSequence(bytes, { maxDepth: 2 })) {
    if (!item.ok) return refused(item.error === 'cbor-truncated' ? 'log-file-cut' : 'log-file-cbor');
    if (!isCborArray(item.value) || isEnded) return refused('log-file-part');
    const [kind, ...rest] = item.value;
    if (site === null) {
      if (kind !== FORM || rest.length !== 1 || !isId(rest[0])) return refused('log-file-form');
      site = rest[0];
    } else if (kind === 'end') {
      if (rest.length !== 1 || rest[0] !== logs.length) return refused('log-file-cut');
      isEnded = true;
    } else if (!takePart(logs, kind, rest)) return refused('log-file-part');
  }
  if (site === null) return refused('log-file-form');
  if (!isEnded) return refused('log-file-cut');
  const ofSite = site;
  return ok(logs.map((log) => toExported(ofSite, log)));
}

function takePart(logs: OpenLog[], kind: CborValue | undefined, rest: readonly CborValue[]): boolean {
  if (kind === 'log') {
    const [device, epoch] = rest;
    if (rest.length !== 2 || !isDeviceId(device) || !isPositive(epoch)) return false;
    logs.push({ device, epoch, envelopes: [], forks: [], batches: [], receipts: [], dropped: [] });
    return true;
  }
  const log = logs.at(-1);
  const part = PARTS.find((name) => name === kind);
  const [items] = rest;
  if (log === undefined || part === undefined || rest.length !== 1 || !isCborArray(items)) return false;
  for (const item of items) {
    if (!isCborBytes(item)) return false;
    log[part].push(item);
  }
  return true;
}

const toExported = (site: string, log: OpenLog): ExportedLog => ({
  site,
  device: log.device,
  epoch: log.epoch,
  envelopes: log.envelopes,
  quarantined: log.forks,
  batchHeads: log.batches,
  receipts: log.receipts,
  dropped: log.dropped,
});
