// The demo's issuer: its desk in `issuer/`, where passes are taken back, and its status list in `lists/`, signed anew
// every hour as an issuer does, so that tablets know how old their knowledge is.

import { join } from 'node:path';
import type { PassId } from '../../core/pass/pass.ts';
import type { RepositoryFolder } from '../../core/trust/publish/folder.ts';
import { readStatusFacts } from '../../core/trust/status/status-token.ts';
import { openFileFolder } from '../file-folder.ts';
import { beginList, drawFreePlaces, publishLists } from '../issuer/issuer-desk.ts';
import { DEMO_LIST } from './demo-documents.ts';
import { demoKeyPath } from './demo-keys.ts';

export interface DemoLists {
  readonly published: RepositoryFolder;
  readonly deskPath: string;
  readonly publishedPath: string;
  /** Publishes what is an hour old. */
  renew(): Promise<void>;
  drawPlaces(count: number): Promise<readonly PassId[]>;
}

const PUBLISH_AFTER_SECONDS = 3600;

/** The issuer's keys must be there. */
export async function openDemoLists(dataDir: string, nowSeconds: () => number): Promise<DemoLists> {
  const deskPath = join(dataDir, 'issuer');
  const publishedPath = join(dataDir, 'lists');
  const published = openFileFolder(publishedPath);
  await beginList(deskPath, { ...DEMO_LIST, keyPath: demoKeyPath(dataDir, 'status') });
  return {
    published,
    deskPath,
    publishedPath,
    async renew() {
      const token = await published.read(`${DEMO_LIST.issuer}/${DEMO_LIST.list}.cwt`);
      const issuedAt = token === null ? undefined : readStatusFacts(token, nowSeconds())?.issuedAt;
      // A clock that was set back leaves a list of the future.
      if (issuedAt !== undefined && Math.abs(nowSeconds() - issuedAt) < PUBLISH_AFTER_SECONDS) return;
      await publishLists(deskPath, publishedPath, nowSeconds());
    },
    drawPlaces: (count) => drawFreePlaces(deskPath, DEMO_LIST.list, count),
  };
}
