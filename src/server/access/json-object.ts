// A JSON object out of what a page or the operator's command sends: all that the routes of managers take.

import type { ApiContext } from './guarded-routes.ts';
import { readJson } from './read-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const MAX_JSON_BYTES = 65_536;

/** An object, or the refusal to answer with. */
export async function readJsonObject(c: ApiContext): Promise<JsonObject | Response> {
  const json = await readJson(c, MAX_JSON_BYTES);
  if (!json.ok) return json.error;
  const { value } = json;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : c.json({ error: 'not-an-object' }, 400);
}
