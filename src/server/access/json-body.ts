// The JSON of a request, bounded before it is read.

import type { ApiContext } from './guarded-routes.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const MAX_JSON_BYTES = 65_536;

/** An object, or the refusal to answer with. */
export async function readJsonObject(c: ApiContext): Promise<JsonObject | Response> {
  const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return c.json({ error: 'not-json' }, 415);
  const text = await readText(c.req.raw.body);
  if (text === null) return c.json({ error: 'body-too-large' }, 413);
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  } catch {}
  return c.json({ error: 'bad-json' }, 400);
}

/** Null for more than is taken. */
async function readText(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > MAX_JSON_BYTES) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
