// What must not be signed or published, each by its code.

import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildRoot,
  buildSnapshot,
  buildTargets,
  type RootKeys,
} from '../../../../../src/core/trust/publish/build-metadata.ts';
import { checkStaged, STAGED_FAULTS } from '../../../../../src/core/trust/publish/check-staged.ts';
import { encodeDocument, FIRST_FILES } from '../../../../../src/core/trust/publish/edit-document.ts';
import {
  DAY_SECONDS,
  DESK_NOW_SECONDS,
  issuerEntry,
  issuerKey,
  TrustDesk,
} from '../../../../support/trust-desk.ts';

type Json = Record<string, unknown>;

let desk: TrustDesk;
beforeEach(async () => {
  desk = await TrustDesk.open();
  await desk.begin();
});

const faults = async () =>
  checkStaged(await desk.published(), await desk.staged(), desk.keys, desk.nowSeconds);
const codes = async () => [...new Set((await faults()).map(({ code }) => code))];

/** Changes a staged file as somebody with an editor would. */
function edit(role: 'root' | 'targets' | 'snapshot', change: (signed: Json) => void): void {
  const json = JSON.parse(new TextDecoder().decode(desk.stagedFolder.files.get(`${role}.json`)));
  change(json.signed);
  desk.stagedFolder.files.set(`${role}.json`, encodeDocument(json));
}

async function stageRoot(keys: RootKeys, version = 2): Promise<void> {
  const term = { version, expiresAt: DESK_NOW_SECONDS + 365 * DAY_SECONDS };
  desk.stagedFolder.files.set('root.json', await buildRoot(term, keys));
}

const stageRole = (role: string, threshold: number) =>
  edit('root', (signed) => {
    (signed.roles as Record<string, Json>)[role] = {
      ...(signed.roles as Record<string, Json>)[role],
      threshold,
    };
  });

const SCENES: Readonly<Record<(typeof STAGED_FAULTS)[number], () => Promise<void> | void>> = {
  'no-root': async () => {
    desk.publishedFolder.files.clear();
    await desk.stageFiles();
  },
  'wrong-version': () => stageRoot(desk.keysOf(['anna', 'ben', 'carol'], ['server']), 4),
  'not-consistent': async () => {
    await desk.stageRoot();
    edit('root', (signed) => {
      signed.consistent_snapshot = false;
    });
  },
  'low-threshold': async () => {
    await desk.stageRoot();
    stageRole('targets', 1);
  },
  'few-keys': () => stageRoot(desk.keysOf(['anna', 'ben'], ['server'])),
  'online-key-offline': () => stageRoot(desk.keysOf(['anna', 'ben', 'server'], ['server'])),
  ended: async () => {
    await desk.stageFiles();
    desk.nowSeconds += 7 * DAY_SECONDS;
  },
  'ends-too-late': async () => {
    await desk.stageFiles();
    edit('snapshot', (signed) => {
      signed.expires = '2026-03-09T09:00:00Z';
    });
  },
  'too-large': async () => {
    await desk.stageFiles((files) =>
      files.set('servers.json', encodeDocument({ format: 1, servers: [], much: 'x'.repeat(1024 * 1024) })),
    );
  },
  'targets-not-signed-anew': () => stageRoot(desk.keysOf(['dora', 'ben', 'carol'], ['server'])),
  'bad-target': async () => {
    await desk.stageFiles((files) => files.set('issuers.json', encodeDocument({ format: 2, issuers: [] })));
  },
  'short-notice': () =>
    desk.stageIssuer(
      issuerEntry('harbour', { keys: [issuerKey(1, { validFrom: DESK_NOW_SECONDS + DAY_SECONDS })] }),
    ),
};

describe('what is staged', () => {
  it.each(STAGED_FAULTS)('is refused as %s', async (code) => {
    await SCENES[code]();
    expect(await codes()).toContain(code);
    expect((await faults()).every(({ detail }) => detail.length > 0)).toBe(true);
  });

  it('has no fault when it is as the program makes it', async () => {
    await desk.stageRoot(desk.keysOf(['dora', 'ben', 'carol'], ['server-2']));
    await desk.stageIssuer(issuerEntry('harbour'));
    expect(await faults()).toEqual([]);
  });

  it('is not published with a fault, whoever has signed it', async () => {
    await SCENES['short-notice']();
    await desk.sign('anna', 'ben');
    expect(await desk.publish()).toMatchObject({
      error: { kind: 'faults', faults: [{ code: 'short-notice' }] },
    });
  });

  it.each(['root', 'targets', 'snapshot'])('gives %s to no fewer than two', async (role) => {
    await desk.stageRoot();
    stageRole(role, 1);
    expect(await faults()).toEqual([{ code: 'low-threshold', detail: `${role}: 1 instead of 2` }]);
  });

  it('counts a key once, under however many names', async () => {
    const { offline, online } = desk.keysOf(['anna', 'ben'], ['server']);
    const twice = [...offline, { holder: 'carol', publicKey: desk.signers.ben.publicKey }];
    await stageRoot({ offline: twice, online });
    // The same key has the same id, and an id may stand in a role but once.
    await expect(desk.staged()).rejects.toThrow('duplicate-key');
  });

  it('that names a snapshot of other targets is refused', async () => {
    const files = FIRST_FILES;
    const targets = { version: 2, expiresAt: DESK_NOW_SECONDS + DAY_SECONDS };
    await desk.stageFiles();
    desk.stagedFolder.files.set('targets.json', await buildTargets(targets, files));
    desk.stagedFolder.files.set('snapshot.json', buildSnapshot(targets, 1));
    expect(await codes()).toEqual(['wrong-version']);
  });

  it('and was broken off while it was written is refused', async () => {
    await desk.stageFiles();
    desk.stagedFolder.files.delete('snapshot.json');
    await expect(desk.staged()).rejects.toThrow('staged: not-found');
    await desk.stagedFolder.write('snapshot.json', new Uint8Array());
    await expect(desk.staged()).rejects.toThrow('staged/snapshot.json: not-json');
  });

  it('with a file that is not the one its targets name is refused', async () => {
    await desk.stageFiles();
    desk.stagedFolder.files.set(
      'files/issuers.json',
      encodeDocument({ format: 1, issuers: [issuerEntry('x')] }),
    );
    await expect(desk.staged()).rejects.toThrow('staged/files/issuers.json: wrong-');
  });
});
