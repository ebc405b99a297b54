// A repository that recovers from a fast-forward: a client holds timestamp and snapshot with versions far too high, and
// the next two roots name new keys beside the old ones. If the client forgot on the way that keys were rotated, what it
// holds would still look well signed, and every refresh to come would be refused as a rollback.

import { utf8ToBytes } from '../../src/core/bytes/bytes.ts';
import { createTufSigner, TufRepository } from './tuf-repository.ts';

export const OLD_FILES = new Map([
  ['issuers.json', utf8ToBytes('{"issuers":["city"]}')],
  ['policies.json', utf8ToBytes('{"policies":[]}')],
]);
export const NEW_FILES = new Map([
  ['issuers.json', utf8ToBytes('{"issuers":["city","county"]}')],
  ['policies.json', utf8ToBytes('{"policies":[]}')],
  ['rulesets/one.json', utf8ToBytes('{"rules":[]}')],
]);

export async function openFastForwarded(): Promise<TufRepository> {
  const repository = await TufRepository.open();
  for (const [name, bytes] of OLD_FILES) await repository.addFile(name, bytes);
  repository.drafts.snapshot.version = 1_000_000;
  repository.drafts.timestamp.version = 1_000_000;
  await repository.publishAll();
  return repository;
}

export async function rotateAndRecover(repository: TufRepository): Promise<void> {
  const { timestamp, snapshot } = repository.signers;
  repository.appoint('timestamp', [...timestamp, await createTufSigner(12)], 1);
  repository.appoint('snapshot', [...snapshot, await createTufSigner(22)], 1);
  await repository.publish('root');
  repository.appoint('root', await Promise.all([1, 2, 4].map(createTufSigner)), 2);
  await repository.publish('root');
  for (const [name, bytes] of NEW_FILES) await repository.addFile(name, bytes);
  repository.drafts.snapshot.version = 2;
  repository.drafts.timestamp.version = 2;
  await repository.publishAll();
}
