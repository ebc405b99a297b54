// Which site a command means, and the server's door to it: named by --site, or the only one that the server has.

import { UsageError } from './command.ts';
import { jsonOf, type Operator, openOperator } from './operator.ts';

export interface SiteAtHand {
  /** Asks by a path below the site: "devices". Throws a sentence where the server refuses. */
  ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    content?: Parameters<Operator['ask']>[2],
  ): Promise<unknown>;
}

export const SITE_OPTIONS = { data: { type: 'string', default: 'data' }, site: { type: 'string' } } as const;

export const SITE_USAGE = `  --data DIR       the data folder of the running server (./data)
  --site ID        the site; may be left out where the server has one alone`;

export async function openSite(options: {
  readonly data: string;
  readonly site?: string | undefined;
}): Promise<SiteAtHand> {
  const operator = await openOperator(options.data);
  const site = options.site ?? (await onlySite(operator));
  return {
    ask: async (method, path, content) =>
      jsonOf(await operator.ask(method, `/sites/${encodeURIComponent(site)}/${path}`, content)),
  };
}

async function onlySite(operator: Operator): Promise<string> {
  const { sites } = jsonOf(await operator.ask('GET', '/sites')) as { sites: readonly { id: string }[] };
  const [first] = sites;
  if (first !== undefined && sites.length === 1) return first.id;
  throw new UsageError(`say which site with --site: ${sites.map(({ id }) => id).join(', ')}`);
}
