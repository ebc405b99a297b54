// Settings as managers change them: what they send is checked whole, with the place and the reason of what is wrong, and
// against the bounds of the site's class. What was beyond a bound before, by an operator's hand, is not held against them.

import { type Bytes, utf8ToBytes } from '../../core/bytes/bytes.ts';
import { ok, type Result } from '../../core/result.ts';
import { clipPolicy } from '../../core/trust/settings/clip-policy.ts';
import type { SiteSettings } from '../../core/trust/settings/settings.ts';
import type { PolicyBounds } from '../../core/trust/targets/targets.ts';
import type { Clipping, Gate } from '../../core/trust/trust.ts';
import { parseEdited } from '../trust/next-settings.ts';
import { refuseSite, type SiteRefusal } from './site-refusal.ts';

/** What a manager chooses; version and time are the server's. */
export type Draft = Pick<SiteSettings, 'site' | 'policy'>;

export const encodeDraft = ({ site, policy }: Draft): Bytes =>
  utf8ToBytes(`${JSON.stringify({ format: 1, site, policy }, null, 2)}\n`);

/** `content`: JSON of anything. */
export function parseDraft(content: unknown): Result<Draft, SiteRefusal> {
  const settings = parseEdited(utf8ToBytes(JSON.stringify(content ?? null)));
  if (settings.ok) return ok({ site: settings.value.site, policy: settings.value.policy });
  const { place, reason } = settings.error;
  return refuseSite('bad-settings', reason, { place });
}

/** Checks that nothing goes beyond the bounds that did not before. */
export function checkBounds(
  draft: Draft,
  bounds: PolicyBounds,
  before: readonly Clipping[],
): Result<Draft, SiteRefusal> {
  const isOld = ({ place, asked }: Clipping) =>
    before.some((clipping) => clipping.place === place && clipping.asked === asked);
  const beyond = clipPolicy(draft.policy, bounds).clippings.filter((clipping) => !isOld(clipping));
  const [first] = beyond;
  if (first === undefined) return ok(draft);
  const reason = `the bounds of class "${bounds.class}" allow ${first.used}, not ${first.asked}`;
  return refuseSite('beyond-bounds', reason, { place: first.place, beyond });
}

export type EditGates = (gates: readonly Gate[]) => Result<readonly Gate[], SiteRefusal>;

/** Without an id it gets the next free one: gate-1, gate-2 ... */
export const addGate =
  (name: unknown, id: unknown): EditGates =>
  (gates) => {
    const taken = (one: string) => gates.some((gate) => gate.id === one);
    if (typeof id === 'string' && taken(id)) return refuseSite('gate-taken', `there is a gate "${id}"`);
    return ok([...gates, { id: id ?? nextFree(taken), name } as Gate]);
  };

export const renameGate =
  (id: string, name: unknown): EditGates =>
  (gates) => {
    const at = gates.findIndex((gate) => gate.id === id);
    return at < 0 ? noGate(id) : ok(gates.with(at, { id, name } as Gate));
  };

export const removeGate =
  (id: string): EditGates =>
  (gates) => {
    const others = gates.filter((gate) => gate.id !== id);
    return others.length === gates.length ? noGate(id) : ok(others);
  };

const noGate = (id: string) => refuseSite('unknown-gate', `there is no gate "${id}"`);

function nextFree(isTaken: (id: string) => boolean): string {
  for (let number = 1; ; number++) if (!isTaken(`gate-${number}`)) return `gate-${number}`;
}
