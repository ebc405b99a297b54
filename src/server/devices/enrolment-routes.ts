// Enrolment as it travels: managers offer and confirm, tablets that nobody knows yet claim and ask for their word.

import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { readAtMost } from '../../core/bytes/read-at-most.ts';
import { encodeClaimAnswer, MAX_CLAIM_BYTES, parseClaim } from '../../core/identity/enrolment-messages.ts';
import type { Gate } from '../../core/trust/trust.ts';
import type { GuardedRoutes } from '../access/guarded-routes.ts';
import { createRateLimit } from '../access/rate-limit.ts';
import { createEnrolmentDesk, type EnrolmentDesk, type EnrolmentTools } from './enrolment-desk.ts';

export interface EnrolmentRouteTools extends EnrolmentTools {
  /** Whether tablets enrol by themselves: for trying things out, never in service. */
  readonly isEnrolmentOpen: boolean;
  findSite(id: string): { readonly id: string; readonly gates: readonly Gate[] } | null;
  /** For a tablet that names none. */
  firstSite(): { readonly id: string; readonly gates: readonly Gate[] };
}

/** Of this server, however many ask: no code is guessed by it, and no processor kept busy. */
const CLAIMS_A_MINUTE = 120;
/** Tablets whose digits are being compared ask every few seconds. */
const WORDS_A_MINUTE = 1200;
const RETRY_SECONDS = 5;
const MAX_JSON_BYTES = 1024;
const NOT_KEPT = { 'Cache-Control': 'no-store' };

export function addEnrolmentRoutes(routes: GuardedRoutes, tools: EnrolmentRouteTools): EnrolmentDesk {
  const desk = createEnrolmentDesk(tools);
  addManagersRoutes(routes, tools, desk);
  addTabletsRoutes(routes, tools, desk);
  return desk;
}

function addManagersRoutes(routes: GuardedRoutes, tools: EnrolmentRouteTools, desk: EnrolmentDesk): void {
  routes.person('manager', 'POST', '/sites/:site/enrolments', async (c) => {
    const site = tools.findSite(c.req.param('site'));
    if (site === null) return c.json({ error: 'unknown-site' }, 404);
    const gate = await textField(c, 'gate');
    if (gate === null || !site.gates.some(({ id }) => id === gate))
      return c.json({ error: 'unknown-gate' }, 400);
    const offered = await desk.offer(site.id, gate);
    return offered.ok ? c.json(offered.value, 201, NOT_KEPT) : c.json({ error: offered.error }, 429);
  });

  routes.person('manager', 'GET', '/sites/:site/enrolments', async (c) => {
    const site = tools.findSite(c.req.param('site'));
    if (site === null) return c.json({ error: 'unknown-site' }, 404);
    return c.json({ enrolments: await desk.underWay(site.id) }, 200, NOT_KEPT);
  });

  routes.person('manager', 'GET', '/sites/:site/enrolments/:id', async (c) => {
    const state = await desk.look(c.req.param('site'), c.req.param('id'));
    return state === null ? unknownEnrolment(c) : c.json(state, 200, NOT_KEPT);
  });

  routes.person('manager', 'DELETE', '/sites/:site/enrolments/:id', async (c) =>
    (await desk.cancel(c.req.param('site'), c.req.param('id'))) ? c.body(null, 204) : unknownEnrolment(c),
  );

  routes.person('manager', 'POST', '/sites/:site/enrolments/:id/confirm', async (c) => {
    const digits = await textField(c, 'digits');
    if (digits === null) return c.json({ error: 'digits-missing' }, 400);
    const confirmed = await desk.confirm(c.req.param('site'), c.req.param('id'), digits);
    if (confirmed.ok) return c.json(confirmed.value, 200, NOT_KEPT);
    return confirmed.error === 'enrolment-unknown'
      ? unknownEnrolment(c)
      : c.json({ error: confirmed.error }, 409);
  });
}

function addTabletsRoutes(routes: GuardedRoutes, tools: EnrolmentRouteTools, desk: EnrolmentDesk): void {
  const mayClaim = createRateLimit(CLAIMS_A_MINUTE, tools.nowMs);
  const mayAsk = createRateLimit(WORDS_A_MINUTE, tools.nowMs);
  const limit = bodyLimit({
    maxSize: MAX_CLAIM_BYTES,
    onError: (c) => c.json({ error: 'body-too-large' }, 413),
  });

  routes.anyone('POST', '/enrolments/claim', limit, async (c) => {
    if (!mayClaim()) return busy(c);
    const claim = await readClaim(c);
    if (claim instanceof Response) return claim;
    const answer = await desk.claim(claim);
    if (!answer.ok) return c.json({ error: answer.error }, 403, NOT_KEPT);
    return c.body(encodeClaimAnswer(answer.value), 200, { 'Content-Type': 'application/cbor', ...NOT_KEPT });
  });

  routes.anyone('POST', '/enrolments/word', limit, async (c) => {
    if (!mayAsk()) return busy(c);
    const claim = await readClaim(c);
    if (claim instanceof Response) return claim;
    const answer = await desk.word(claim);
    switch (answer.kind) {
      case 'enrolled':
        return c.body(answer.word, 200, { 'Content-Type': 'application/cose', ...NOT_KEPT });
      case 'waiting':
        return c.body(null, 202, NOT_KEPT);
      case 'refused':
        return c.json({ error: 'enrolment-refused' }, 403, NOT_KEPT);
    }
  });

  routes.anyone('GET', '/enrolments/open', async (c) => {
    if (!tools.isEnrolmentOpen) return c.json({ invitation: null }, 200, NOT_KEPT);
    if (!mayClaim()) return busy(c);
    const wished = tools.findSite(c.req.query('site') ?? '');
    const { id, gates } = wished ?? tools.firstSite();
    const gate = gates.find((one) => one.id === c.req.query('gate')) ?? gates[0];
    if (gate === undefined) return c.json({ invitation: null }, 200, NOT_KEPT);
    const { invitation } = await desk.offerOpenly(id, gate.id);
    return c.json({ invitation }, 200, NOT_KEPT);
  });
}

async function readClaim(c: Context) {
  // A form of another web page cannot send this type without asking first, and is not answered when it asks.
  if (c.req.header('Content-Type') !== 'application/cbor') return c.json({ error: 'not-cbor' }, 415);
  const claim = parseClaim(new Uint8Array(await c.req.arrayBuffer()));
  return claim.ok ? claim.value : c.json({ error: claim.error }, 400, NOT_KEPT);
}

/** Null for whatever is no JSON object with that text in it. */
async function textField(c: Context, name: string): Promise<string | null> {
  const bytes = await readAtMost(c.req.raw.body, MAX_JSON_BYTES);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))?.[name];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

const unknownEnrolment = (c: Context): Response => c.json({ error: 'enrolment-unknown' }, 404, NOT_KEPT);

const busy = (c: Context): Response =>
  c.json({ error: 'busy' }, 429, { 'Retry-After': String(RETRY_SECONDS) });
