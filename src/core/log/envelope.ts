// Who writes a log, where it stands, and the server's word that it has it. What lies in between is sealed/.

import type { Bytes } from '../bytes/bytes.ts';

/** Who writes: one tablet's one unbroken run of sequence numbers. */
export interface LogIdentity {
  readonly site: string;
  /** 32 hex digits, drawn at random on the tablet. */
  readonly device: string;
  readonly epoch: number;
}

/** The last record of a chain: its seq and the SHA-256 of its envelope as it travels. Seq 0 with no bytes: none yet. */
export interface Head {
  readonly seq: number;
  readonly hash: Bytes;
}

/** The server's word that it has everything up to and including upTo. Carried in a COSE_Sign1. */
export interface Receipt extends LogIdentity {
  /** The `to` of the batch it answers. */
  readonly upTo: number;
  /** The hash the server holds under upTo; another than the tablet's own means a fork there. */
  readonly head: Bytes;
  /** Records kept apart, each under its own hash: forks and what could not be read. */
  readonly quarantined: readonly { readonly seq: number; readonly hash: Bytes }[];
  /** Whole seconds since 1970. */
  readonly serverTime: number;
}

/** At most this many envelopes in a batch. */
export const MAX_BATCH_RECORDS = 500;
/** At most this many bytes in a batch: 500 of the largest envelopes and their frame. */
export const MAX_BATCH_BYTES = 600 * 1024;
