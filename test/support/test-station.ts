// A whole station for tests that need a server: a house that publishes (trust-house.ts), one issuer with its status list,
// the settings that a manager edits, and all of it as the server's parts. In memory; its keys exist in tests only.

import { utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import type { Signer } from '../../src/core/signature/signer.ts';
import type { Policy, Site } from '../../src/core/trust/trust.ts';
import type { SiteTrustParts } from '../../src/server/trust/site-trust.ts';
import { createTestIssuer, type TestIssuer } from './test-issuer.ts';
import { type StatusChanges, TEST_LIST, TEST_POLICY, TEST_SITE } from './test-trust.ts';
import { MemoryFolder } from './trust-desk.ts';
import { TrustHouse } from './trust-house.ts';

export interface TestStation {
  /** Publishes more: set `house.desk.nowSeconds`, change what it holds, and `house.publish()`. */
  readonly house: TrustHouse;
  readonly issuer: TestIssuer;
  /** Holds settings.json, and settings.cose once a server has signed it. */
  readonly settingsFolder: MemoryFolder;
  /** Where the issuer publishes: 'test-issuer/7.cwt'. */
  readonly listsFolder: MemoryFolder;
  /** What the server handed out last. */
  readonly keptFolder: MemoryFolder;
  readonly receiptSigner: Signer;
  /** What startServer and openSiteTrust take. */
  readonly parts: SiteTrustParts;
  editSettings(policy?: Partial<Policy>, site?: Partial<Site>): Promise<void>;
  /** The issuer's list, all valid but for these, as of then. */
  publishList(changes?: StatusChanges, issuedAt?: number): Promise<void>;
}

/** Published at that moment, with nothing in it that begins later or has ended. */
export async function createTestStation(
  nowSeconds: number,
  policy: Partial<Policy> = {},
): Promise<TestStation> {
  const [house, issuer] = await Promise.all([TrustHouse.open(), createTestIssuer()]);
  const { receipt, settings, time } = house.signers;
  house.desk.nowSeconds = nowSeconds;
  house.issuersById.set(issuer.issuer.id, house.entryOf(issuer));
  await house.desk.stageRoot();
  await house.publish();

  const settingsFolder = new MemoryFolder();
  const listsFolder = new MemoryFolder();
  const keptFolder = new MemoryFolder();
  const station: TestStation = {
    house,
    issuer,
    settingsFolder,
    listsFolder,
    keptFolder,
    receiptSigner: receipt,
    parts: {
      repository: {
        folder: house.desk.publishedFolder,
        name: 'published',
        online: house.desk.signers.server,
      },
      settings: {
        readEdited: () => settingsFolder.read('settings.json'),
        writeEdited: (bytes) => settingsFolder.write('settings.json', bytes),
        editedName: 'settings.json',
        folder: settingsFolder,
      },
      lists: { published: listsFolder, kept: keptFolder },
      signers: { receipt, settings, time },
    },
    editSettings: (more = {}, site = {}) =>
      settingsFolder.write(
        'settings.json',
        utf8ToBytes(
          JSON.stringify({
            format: 1,
            site: { ...TEST_SITE, ...site },
            policy: { ...TEST_POLICY, ...policy, ...more },
          }),
        ),
      ),
    async publishList(changes = [], issuedAt = house.nowSeconds) {
      const { id } = issuer.issuer;
      await house.publishList(id, changes, issuedAt);
      const token = house.hand().listsByPlace.get(`${id}/${TEST_LIST}`);
      if (token === undefined) throw new Error('the list was not published');
      await listsFolder.write(`${id}/${TEST_LIST}.cwt`, token);
    },
  };
  await station.editSettings();
  await station.publishList();
  return station;
}
