// The whole way of a status list: written and signed by the issuer, then read, verified and held as a tablet does.

import { constants, deflateSync } from 'node:zlib';
import { openWebCryptoEngine } from '../../../src/core/signature/engine.ts';
import { createSigner } from '../../../src/core/signature/signer.ts';
import {
  createStatusList,
  MAX_INDICES,
  type StatusList,
  statusAt,
  withStatuses,
} from '../../../src/core/trust/status/status-list.ts';
import {
  type HeldStatusList,
  signStatusToken,
  verifyStatusToken,
} from '../../../src/core/trust/status/status-token.ts';
import type { Contestant } from './contestant.ts';
import type { Population } from './population.ts';

const ISSUED_AT = 1_772_355_600;
const uriOf = (list: number): string => `https://issuer.example/status/${list}`;

export interface PublishedLists {
  readonly contestant: Contestant;
  /** Sizes and times, to be printed. */
  readonly lines: readonly string[];
}

export async function publishLists({ lists }: Population): Promise<PublishedLists> {
  const signer = await createSigner(new Uint8Array(32).fill(1));
  const engine = openWebCryptoEngine();
  const packed: StatusList[] = [];
  const [sizes, verifyMs]: [number[], number[]] = [[], []];
  let huffmanBytes = 0;
  for (const [number, { revokedIndices }] of lists.entries()) {
    const list = withStatuses(
      createStatusList(MAX_INDICES, 1),
      revokedIndices.map((index) => [index, 'revoked'] as const),
    );
    const facts: HeldStatusList = {
      uri: uriOf(number),
      issuedAt: ISSUED_AT,
      expiresAt: ISSUED_AT + 604_800,
      ttlSeconds: 3600,
      list,
    };
    const token = await signStatusToken(facts, signer, (bytes) => deflateSync(bytes, { level: 9 }));
    sizes.push(token.length);
    huffmanBytes += (
      await signStatusToken(facts, signer, (bytes) =>
        deflateSync(bytes, { level: 9, strategy: constants.Z_HUFFMAN_ONLY }),
      )
    ).length;
    const startedAtMs = performance.now();
    const verified = await verifyStatusToken(
      token,
      { uri: uriOf(number), keys: [signer.publicKey], held: null, nowSeconds: ISSUED_AT + 60 },
      engine,
    );
    verifyMs.push(performance.now() - startedAtMs);
    if (!verified.ok) throw new Error(`list ${number} is refused: ${verified.error}`);
    packed.push(verified.value.list);
  }
  return {
    contestant: contestantOf(packed, sum(sizes)),
    lines: describeSizes(sizes, verifyMs, huffmanBytes),
  };
}

function contestantOf(packed: readonly StatusList[], sentBytes: number): Contestant {
  return {
    name: 'status lists, signed',
    sentBytes,
    heldBytes: sum(packed.map((list) => list.packed.buffer.byteLength)),
    isRevoked(place) {
      const list = packed[Math.floor(place / MAX_INDICES)];
      if (list === undefined) throw new Error(`no list for place ${place}`);
      const status = statusAt(list, place % MAX_INDICES);
      if (status === 'out-of-range') throw new Error(`no status for place ${place}`);
      return status === 'revoked';
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function describeSizes(
  sizes: readonly number[],
  verifyMs: readonly number[],
  huffmanBytes: number,
): string[] {
  const sorted = verifyMs.toSorted((a, b) => a - b);
  return [
    `signed bytes of a list: ${Math.min(...sizes)} to ${Math.max(...sizes)}, together ${sum(sizes)}`,
    `the same lists by Huffman codes alone (deflateSync, Z_HUFFMAN_ONLY): ${huffmanBytes}`,
    `verify and inflate a list: median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms`,
  ];
}
