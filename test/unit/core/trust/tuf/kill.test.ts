// A refresh through a rotation of keys, killed at every write and removal: `npm run kill:trust` does the same to real
// processes and a real folder.

import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredName } from '../../../../../src/core/trust/tuf/ports.ts';
import { readHeld, refreshHeld } from '../../../../../src/core/trust/tuf/refresh-held.ts';
import { Killed, type KillPoint, TufMemoryStore } from '../../../../support/tuf-memory-store.ts';
import { TUF_NOW_SECONDS as NOW, type TufRepository } from '../../../../support/tuf-repository.ts';
import {
  NEW_FILES,
  OLD_FILES,
  openFastForwarded,
  rotateAndRecover,
} from '../../../../support/tuf-rotation.ts';
import { openTestClient, refreshOutcome, type TestClient } from '../../../../support/tuf-test-client.ts';

let repository: TufRepository;
let before: TestClient;
let undisturbed: TufMemoryStore;

type Held = ReadonlyMap<StoredName, Uint8Array<ArrayBuffer>>;
const over = (held: Held, kill: KillPoint | null = null): TestClient => ({
  ...before,
  store: new TufMemoryStore(held, kill),
});

beforeAll(async () => {
  repository = await openFastForwarded();
  before = await openTestClient(repository);
  if (!(await refreshHeld(before, NOW)).ok) throw new Error('the first refresh was refused');
  await rotateAndRecover(repository);
  const client = over(before.store.held);
  if (!(await refreshHeld(client, NOW)).ok) throw new Error('the second refresh was refused');
  undisturbed = client.store;
});

/** What is left behind by a refresh that was killed there. */
async function kill(held: Held, point: KillPoint): Promise<TufMemoryStore> {
  const client = over(held, point);
  await expect(refreshHeld(client, NOW)).rejects.toThrow(Killed);
  return client.store;
}

async function filesInUse(held: Held): Promise<unknown> {
  return (await readHeld(over(held)))?.filesByName;
}

const allPoints = (): KillPoint[] =>
  undisturbed.changes.flatMap((_, at) => [
    { change: at + 1, when: 'before' } as const,
    { change: at + 1, when: 'after' } as const,
  ]);

describe('a refresh through a rotation', () => {
  it('changes what it holds in this order', () => {
    expect(undisturbed.changes).toEqual([
      'write rotation',
      'write root',
      'remove timestamp',
      'remove snapshot',
      'remove rotation',
      'write root',
      'write timestamp',
      'write snapshot',
      'write targets',
      'write held',
    ]);
  });

  it('verifies and refreshes again, wherever it is killed', async () => {
    for (const point of allPoints()) {
      const { held } = await kill(before.store.held, point);
      const isOver = point.change === undisturbed.changes.length && point.when === 'after';
      expect(await filesInUse(held), JSON.stringify(point)).toEqual(isOver ? NEW_FILES : OLD_FILES);
      const again = over(held);
      expect((await refreshHeld(again, NOW)).ok, JSON.stringify(point)).toBe(true);
      expect(again.store.held, JSON.stringify(point)).toEqual(undisturbed.held);
    }
  });

  it('also when it is killed a second time on the way back', async () => {
    for (const first of allPoints().filter(({ when }) => when === 'after')) {
      const { held } = await kill(before.store.held, first);
      for (let change = 1; ; change++) {
        const second = over(held, { change, when: 'after' });
        const outcome = await refreshHeld(second, NOW).catch((error: unknown) => error);
        if (!(outcome instanceof Killed)) break;
        const third = over(second.store.held);
        expect((await refreshHeld(third, NOW)).ok, `${first.change}, ${change}`).toBe(true);
        expect(third.store.held, `${first.change}, ${change}`).toEqual(undisturbed.held);
      }
    }
  });

  it('forgets no version while the root that ends it is not held yet', async () => {
    const { held } = await kill(before.store.held, { change: 1, when: 'after' });
    expect([...held.keys()]).toContain('rotation');
    const withholding = await openFastForwarded();
    withholding.drafts.timestamp.version = 5;
    await withholding.publish('timestamp');
    const client = { ...over(held), fetch: withholding.fetch };
    expect(await refreshOutcome(client)).toBe('timestamp.json: rollback');
  });
});
