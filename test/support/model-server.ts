// The simplest server that keeps the log's promises: one map a chain. The real server's own tests are elsewhere; this
// one is the other end for the sync engine, with faults that can be switched on.

import type { Bytes } from '../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../src/core/bytes/hex.ts';
import { sha256 } from '../../src/core/bytes/sha256.ts';
import { signReceipt } from '../../src/core/log/receipt.ts';
import { parseSealedBatch } from '../../src/core/log/sealed/batch.ts';
import { parseSealedEnvelope } from '../../src/core/log/sealed/envelope.ts';
import type { Signer } from '../../src/core/signature/signer.ts';
import type { Net, NetAnswer } from '../../src/sync/ports.ts';

export type Fault =
  | 'none'
  | 'unreachable'
  | 'answer-lost'
  | 'captive-portal'
  | 'error-500'
  | 'error-400'
  | 'busy-503'
  | 'too-large-413'
  | 'receipt-of-another-key'
  | 'truncated-answer';

const HTML = new TextEncoder().encode('<html><title>Sign in to Station WiFi</title></html>');
const answer = (status: number, body: Bytes, retryAfterMs: number | null = null): NetAnswer => ({
  kind: 'answer',
  status,
  retryAfterMs,
  body,
});

export class ModelServer implements Net {
  /** 'device/epoch/seq' -> hash in hexadecimal. */
  readonly held = new Map<string, string>();
  readonly quarantined: string[] = [];
  /** What happens to the coming requests, in order; then 'none'. */
  readonly faults: Fault[] = [];
  requests = 0;

  constructor(
    readonly signer: Signer,
    readonly otherSigner: Signer,
    readonly isBad: (seq: number) => boolean = () => false,
  ) {}

  async sendBatch(_site: string, bytes: Bytes): Promise<NetAnswer> {
    this.requests += 1;
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'unreachable') return { kind: 'unreachable' };
    if (fault === 'captive-portal') return answer(200, HTML);
    if (fault === 'error-500') return answer(500, HTML);
    if (fault === 'error-400') return answer(400, HTML);
    if (fault === 'busy-503') return answer(503, HTML, 120_000);
    if (fault === 'too-large-413') return answer(413, HTML);
    const signed = await this.#take(
      bytes,
      fault === 'receipt-of-another-key' ? this.otherSigner : this.signer,
    );
    if (fault === 'answer-lost') return { kind: 'unreachable' };
    return answer(200, fault === 'truncated-answer' ? signed.slice(0, -7) : signed);
  }

  async #take(bytes: Bytes, signer: Signer): Promise<Bytes> {
    const parsed = parseSealedBatch(bytes);
    if (!parsed.ok) throw new Error(`the tablet sent a broken batch: ${parsed.error}`);
    const { head: signed, envelopes } = parsed.value;
    const { site, device, epoch, from, to } = signed;
    const listed: { seq: number; hash: Bytes }[] = [];
    let head: Bytes = new Uint8Array(32);
    for (const [at, envelope] of envelopes.entries()) {
      const seq = from + at;
      const hash = await sha256(envelope);
      const key = `${device}/${epoch}/${seq}`;
      const before = this.held.get(key);
      const isFork = before !== undefined && before !== encodeHex(hash);
      const isUnreadable = this.isBad(seq) || !parseSealedEnvelope(envelope).ok;
      if (isFork || isUnreadable) {
        listed.push({ seq, hash });
        this.quarantined.push(key);
      }
      if (!isFork) this.held.set(key, encodeHex(hash));
      head = isFork ? new Uint8Array(32).fill(0xee) : hash;
    }
    const receipt = { site, device, epoch, upTo: to, head, quarantined: listed, serverTime: 1_772_355_600 };
    return signReceipt(receipt, signer);
  }
}
