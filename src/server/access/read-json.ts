// JSON that a person's page or the operator's command sends. Its type is asked for, because a form of another web page
// cannot send it without asking first; and it is read up to a limit, whatever its length claims to be.

import { ok, type Result, refused } from '../../core/result.ts';
import type { ApiContext } from './guarded-routes.ts';

/** The refusal is the answer to give. */
export async function readJson(c: ApiContext, maxBytes: number): Promise<Result<unknown, Response>> {
  const [type = ''] = (c.req.header('Content-Type') ?? '').split(';', 1);
  if (type.trim().toLowerCase() !== 'application/json') return refused(c.json({ error: 'not-json' }, 415));
  const text = await readText(c.req.raw.body, maxBytes);
  if (text === null) return refused(c.json({ error: 'body-too-large' }, 413));
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return refused(c.json({ error: 'not-json' }, 400));
  }
}

async function readText(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
