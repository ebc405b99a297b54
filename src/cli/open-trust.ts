// The signed trust document from a file or a server, verified. Errors are sentences for the one who typed the command.

import { readFile } from 'node:fs/promises';
import type { Bytes } from '../core/bytes/bytes.ts';
import { encodeHex, parseHex } from '../core/bytes/hex.ts';
import { type Result, refused } from '../core/result.ts';
import type { Ed25519Engine } from '../core/signature/engine.ts';
import { MAX_TRUST_LENGTH, type VerifiedTrust, verifyTrustDocument } from '../core/trust/trust-document.ts';
import { UsageError } from './command.ts';

const ANSWER_WITHIN_MS = 10_000;

export function rootOption(hex: string | undefined): Bytes | null {
  if (hex === undefined) return null;
  const bytes = parseHex(hex);
  if (!bytes.ok || bytes.value.length !== 32)
    throw new UsageError('--root takes a public key of 64 hex digits');
  return bytes.value;
}

export async function openTrust(
  source: string,
  root: Bytes | null,
  engine: Ed25519Engine,
): Promise<Result<VerifiedTrust, string>> {
  let text: string;
  try {
    text = /^https?:\/\//i.test(source) ? await fetchTrust(source) : await readFile(source, 'utf8');
  } catch (error) {
    return refused(`no trust from ${source}: ${accidentText(error)}. Name a file or a server with --trust.`);
  }
  const verified = await verifyTrustDocument(text, root, engine);
  if (verified.ok) return verified;
  const { code, place } = verified.error;
  const why = code === 'trust-root' && root !== null ? `, it is not signed by ${encodeHex(root)}` : '';
  return refused(`the trust document of ${source} cannot be used: ${code} at ${place}${why}`);
}

/** A server's bare address means its trust document. */
async function fetchTrust(source: string): Promise<string> {
  const url = new URL(source);
  if (url.pathname === '/') url.pathname = '/api/trust';
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const text = await answer.text();
  return text.slice(0, MAX_TRUST_LENGTH + 1);
}

function accidentText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
