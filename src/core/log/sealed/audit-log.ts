// Audits a site's log as it was exported, without any private key: signatures, chains, gaps, forks, and the first number
// that is bad. What it can say nothing of is said too: records that no tablet signed or no server receipted.

import { type Bytes, isSameBytes, joinBytes } from '../../bytes/bytes.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { sha256 } from '../../bytes/sha256.ts';
import type { DevicePublicKey } from '../../identity/device-key.ts';
import type { Ed25519Engine } from '../../signature/engine.ts';
import type { Head, LogIdentity, Receipt } from '../envelope.ts';
import type { BatchHead } from './batch.ts';
import type { ChainFault, Witness } from './chain.ts';
import { type FollowedChain, followChain, type Gap } from './chain-gaps.ts';
import { isSameIdentity, parseSealedEnvelope, type SealedEnvelope } from './envelope.ts';
import { findSessionMisuse, type SessionMisuse } from './session-use.ts';
import { verifyWords, type WordFault } from './signed-words.ts';

/** One tablet's log of one epoch, as it lies on the server. */
export interface ExportedLog extends LogIdentity {
  /** By number. */
  readonly envelopes: readonly Bytes[];
  /** Forks. What was put apart for other reasons stands among the envelopes, under its number. */
  readonly quarantined: readonly Bytes[];
  /** The signed heads of the batches taken, and the receipts given, in any order. */
  readonly batchHeads: readonly Bytes[];
  readonly receipts: readonly Bytes[];
  /** The server's words on what it dropped with its day. */
  readonly dropped?: readonly Bytes[];
}

/** What an auditor brings along, from elsewhere than the export. */
export interface AuditKeys {
  readonly receiptKeys: readonly Bytes[];
  /** Every key that the tablet ever had, for it may be rotated within an epoch; none where it is not known. */
  deviceKeysOf(identity: LogIdentity): readonly DevicePublicKey[];
  /** Receipts that others hold: a tablet's last one shows that a server was set back. */
  readonly receiptsElsewhere: readonly Bytes[];
}

export interface LogAudit {
  readonly identity: LogIdentity;
  readonly envelopes: number;
  /** Null: whole as far as anybody has vouched for it. */
  readonly fault: ChainFault | null;
  /** Numbers that are not here, where somebody's word says that they went missing honestly or not. */
  readonly gaps: readonly Gap[];
  /** Numbers whose day is over. */
  readonly dropped: FollowedChain['dropped'];
  /** Under their number, and not taken as a record: unreadable when they came, or without the right link. */
  readonly putApart: readonly Head[];
  /** Other envelopes under numbers that the chain has. */
  readonly forks: readonly Head[];
  /** Put apart according to a receipt, and neither here nor in the chain. */
  readonly lostFromQuarantine: readonly Head[];
  readonly badWords: readonly WordFault[];
  /** Batches whose envelopes are here and are not those that were signed. */
  readonly otherThanSigned: readonly { readonly from: number; readonly to: number }[];
  readonly sessionMisuses: readonly SessionMisuse[];
  /** Nobody has signed, or receipted, anything after this number: what stood there could be gone. */
  readonly signedUpTo: number;
  readonly receiptedUpTo: number;
  readonly isSound: boolean;
}

export const auditLogs = async (
  logs: readonly ExportedLog[],
  keys: AuditKeys,
  engine: Ed25519Engine,
): Promise<readonly LogAudit[]> => {
  const audits: LogAudit[] = [];
  for (const log of logs) audits.push(await auditLog(log, keys, engine));
  return audits;
};

export async function auditLog(log: ExportedLog, keys: AuditKeys, engine: Ed25519Engine): Promise<LogAudit> {
  const { site, device, epoch } = log;
  const identity = { site, device, epoch };
  const wordKeys = { deviceKeys: keys.deviceKeysOf(identity), receiptKeys: keys.receiptKeys };
  const words = await verifyWords(identity, log, wordKeys, engine);
  const receiptsElsewhere = { batchHeads: [], receipts: keys.receiptsElsewhere };
  const elsewhere = await verifyWords(identity, receiptsElsewhere, wordKeys, engine);

  const listed = words.receipts.flatMap(({ quarantined }) => quarantined);
  const entries = await Promise.all(log.envelopes.map(entryOf));
  const apart = await Promise.all(log.quarantined.map(entryOf));
  const held = new Set(entries.map(({ hash }) => encodeHex(hash)));
  const forkedBatches = new Set(
    words.batches.filter(({ to, head }) => isListed(listed, to, head) && !held.has(encodeHex(head))),
  );
  const ownBatches = words.batches.filter((batch) => !forkedBatches.has(batch));
  const witnesses: readonly Witness[] = [
    ...ownBatches.map(({ to, head }): Witness => ({ seq: to, hash: head, held: 'own' })),
    ...words.receipts.map(({ upTo, head }): Witness => ({ seq: upTo, hash: head, held: 'own' })),
    ...elsewhere.receipts.map(({ upTo, head }): Witness => ({ seq: upTo, hash: head, held: 'elsewhere' })),
  ];
  const chain = await followChain({
    chain: { identity, envelopes: log.envelopes, witnesses, quarantined: listed, after: null },
    batches: ownBatches,
    dropped: words.dropped,
  });

  const audit = {
    identity,
    envelopes: log.envelopes.length,
    ...chain,
    putApart: withoutDoubles(listed).filter(({ hash }) => held.has(encodeHex(hash))),
    forks: forksIn(identity, entries, apart),
    lostFromQuarantine: withoutDoubles(listed).filter(
      ({ hash }) => ![...apart, ...entries].some((entry) => isSameBytes(entry.hash, hash)),
    ),
    badWords: [...words.faults, ...badElsewhere(elsewhere.faults)],
    otherThanSigned: await otherThanSigned(ownBatches, entries, words.receipts),
    sessionMisuses: findSessionMisuse(readable(withoutDoubleEntries([...entries, ...apart]))),
    signedUpTo: Math.max(0, ...ownBatches.map(({ to }) => to)),
    receiptedUpTo: Math.max(0, ...words.receipts.map(({ upTo }) => upTo)),
  };
  return { ...audit, isSound: isSound(audit) };
}

/** What others hold may be about any log; only what is no good receipt at all is a fault. */
const badElsewhere = (faults: readonly WordFault[]): readonly WordFault[] =>
  faults
    .filter(({ reason }) => reason !== 'other-log')
    .map((fault) => ({ ...fault, kind: 'receipt-elsewhere' }));

const isSound = (audit: Omit<LogAudit, 'isSound'>): boolean =>
  audit.fault === null &&
  [
    audit.gaps,
    audit.putApart,
    audit.forks,
    audit.lostFromQuarantine,
    audit.badWords,
    audit.otherThanSigned,
    audit.sessionMisuses,
  ].every((list) => list.length === 0);

interface Entry {
  readonly hash: Bytes;
  readonly envelope: SealedEnvelope | null;
}

async function entryOf(bytes: Bytes): Promise<Entry> {
  const parsed = parseSealedEnvelope(bytes);
  return { hash: await sha256(bytes), envelope: parsed.ok ? parsed.value : null };
}

function forksIn(identity: LogIdentity, entries: readonly Entry[], apart: readonly Entry[]): readonly Head[] {
  const hashesBySeq = new Map(entries.map(({ hash, envelope }) => [envelope?.seq, hash]));
  return apart.flatMap(({ hash, envelope }) => {
    if (envelope === null || !isSameIdentity(envelope, identity)) return [];
    const held = hashesBySeq.get(envelope.seq);
    return held === undefined || isSameBytes(held, hash) ? [] : [{ seq: envelope.seq, hash }];
  });
}

/** A batch of a tablet that had forked is signed with what was put apart of it: its receipt lists that. */
async function otherThanSigned(
  batches: readonly BatchHead[],
  entries: readonly Entry[],
  receipts: readonly Receipt[],
): Promise<LogAudit['otherThanSigned']> {
  const placesBySeq = new Map(entries.map(({ envelope }, at) => [envelope?.seq, at]));
  const others: { readonly from: number; readonly to: number }[] = [];
  for (const { from, to, envelopesHash } of batches) {
    const first = placesBySeq.get(from);
    const span = first === undefined ? [] : entries.slice(first, first + to - from + 1);
    if (span.length !== to - from + 1) continue;
    const asListed = receipts
      .filter(({ upTo, quarantined }) => upTo === to && quarantined.length > 0)
      .map(({ quarantined }) =>
        span.map(({ hash }, at) => quarantined.find(({ seq }) => seq === from + at)?.hash ?? hash),
      );
    const isSigned = await Promise.all(
      [span.map(({ hash }) => hash), ...asListed].map(async (hashes) =>
        isSameBytes(await sha256(joinBytes(hashes)), envelopesHash),
      ),
    );
    if (!isSigned.includes(true)) others.push({ from, to });
  }
  return others;
}

const readable = (entries: readonly Entry[]): readonly SealedEnvelope[] =>
  entries.flatMap(({ envelope }) => (envelope === null ? [] : [envelope]));

const withoutDoubleEntries = (entries: readonly Entry[]): readonly Entry[] => [
  ...new Map(entries.map((entry) => [encodeHex(entry.hash), entry])).values(),
];

const withoutDoubles = (heads: readonly Head[]): readonly Head[] => [
  ...new Map(heads.map((head) => [encodeHex(head.hash), head])).values(),
];

const isListed = (heads: readonly Head[], seq: number, hash: Bytes): boolean =>
  heads.some((head) => head.seq === seq && isSameBytes(head.hash, hash));
