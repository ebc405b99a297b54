// What stops the start and what does not; what goes wrong later is said once and changes nothing; the timestamp stays
// young by a clock that is wound by hand; settings get a version each time they change, and only then.

import { beforeEach, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeHex } from '../../../../src/core/bytes/hex.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner } from '../../../../src/core/signature/signer.ts';
import { parseMetadata } from '../../../../src/core/trust/tuf/parse-metadata.ts';
import {
  openSiteTrust,
  type SiteTrust,
  type SiteTrustParts,
} from '../../../../src/server/trust/site-trust.ts';
import { createTestStation, type TestStation } from '../../../support/test-station.ts';

const NOW = Date.UTC(2026, 2, 2, 12) / 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;

let station: TestStation;
let nowSeconds: number;
let said: string[];

beforeEach(async () => {
  nowSeconds = NOW;
  said = [];
  station = await createTestStation(NOW);
});

const open = async (parts: Partial<SiteTrustParts> = {}): Promise<SiteTrust> => {
  const own = said;
  return openSiteTrust(
    { ...station.parts, ...parts },
    { engine: await chooseEngine(), nowSeconds: () => nowSeconds, say: (line) => void own.push(line) },
  );
};

const published = () => station.house.desk.publishedFolder;
const timestampOf = (bytes = published().files.get('timestamp.json')) => {
  const timestamp = bytes === undefined ? null : parseMetadata(bytes, 'timestamp');
  if (timestamp?.ok !== true) throw new Error('no timestamp');
  return timestamp.value.signed;
};
const withoutOnlineKey = (): Partial<SiteTrustParts> => ({
  repository: { ...station.parts.repository, online: null },
});
const lookAfter = async (trust: SiteTrust, seconds: number) => {
  nowSeconds += seconds;
  await trust.look();
};

describe('the start is stopped', () => {
  const damage = (name: RegExp, edit: (text: string) => string) => {
    const [found] = [...published().files].filter(([path]) => name.test(path)).slice(-1);
    if (found === undefined) throw new Error(`no ${name}`);
    published().files.set(found[0], utf8ToBytes(edit(new TextDecoder().decode(found[1]))));
  };

  it.each([
    ['nothing is published', () => published().files.clear(), /published .*1\.root\.json/],
    [
      'a file is not the one that was signed',
      () => damage(/issuers\.json/, (text) => text.replace('Test', 'Tent')),
      /issuers\.json: wrong-hash/,
    ],
    [
      'a role is signed by too few',
      () => damage(/2\.targets\.json/, (text) => text.replace(/"sig": "../, '"sig": "00')),
      /targets\.json: too-few-signatures/,
    ],
    [
      'settings are no settings: file, place, reason',
      () => station.editSettings({ seenBeforeWindowSeconds: -1 }),
      /settings\.json: policy\.seenBeforeWindowSeconds: /,
    ],
    [
      'settings bring a version of their own',
      () => station.settingsFolder.write('settings.json', utf8ToBytes('{"version": 7}')),
      /settings\.json: version: the server gives it/,
    ],
    [
      'there are no settings',
      () => station.settingsFolder.remove('settings.json'),
      /there is no settings\.json/,
    ],
    [
      'the settings handed out last cannot be read',
      () => station.settingsFolder.write('settings.cose', utf8ToBytes('noise')),
      /settings\.cose cannot be read/,
    ],
    [
      'servers.json does not know the site',
      () => station.editSettings({}, { id: 'elsewhere' }),
      /servers\.json knows no site "elsewhere"/,
    ],
  ] as const)('where %s', async (_, spoil, message) => {
    await spoil();
    await expect(open(withoutOnlineKey())).rejects.toThrow(message);
  });

  it('where documents disagree, and says file, place and reason', async () => {
    await station.house.publishUnchecked((files) =>
      files.set('servers.json', utf8ToBytes('{"format": 1, "servers": [{"site": "Lindenhof"}]}')),
    );
    await expect(open()).rejects.toThrow(/servers\.json: bad-target: servers\.0\.site: /);
  });

  it.each(['receipt', 'settings', 'time'] as const)(
    'where servers.json names another %s key',
    async (name) => {
      const stranger = await createSigner(new Uint8Array(32).fill(99));
      const opening = open({ signers: { ...station.parts.signers, [name]: stranger } });
      await expect(opening).rejects.toThrow(/servers\.json names other .*lindenhof/);
    },
  );
});

describe('what has ended in time', () => {
  it('does not stop the start: records are still taken', async () => {
    nowSeconds += 400 * DAY;
    const trust = await open(withoutOnlineKey());
    await trust.look();
    expect(trust.site.id).toBe('lindenhof');
    expect(said.filter((line) => line.includes('.json has ended')).map((line) => line.split(' ')[0])).toEqual(
      ['root.json', 'timestamp.json', 'snapshot.json', 'targets.json'],
    );
  });

  it('is said in the last quarter of its life, once a day', async () => {
    const trust = await open();
    const lines = (name: string) => said.filter((line) => line.startsWith(name));
    await lookAfter(trust, 7 * DAY * 0.75 - 60);
    expect(said).toEqual([]);
    await lookAfter(trust, 120);
    await lookAfter(trust, 60);
    expect(lines('snapshot.json')).toEqual([expect.stringMatching(/ends in 1 d .*gatelight trust renew/)]);
    await lookAfter(trust, DAY);
    expect(lines('snapshot.json')).toHaveLength(2);
    await lookAfter(trust, DAY);
    expect(lines('snapshot.json').at(-1)).toMatch(/has ended/);
    expect(lines('timestamp.json')).toEqual([]);
  });
});

describe('the timestamp', () => {
  it('is signed anew at the start only when it is over 50 minutes old', async () => {
    const { version } = timestampOf();
    nowSeconds = NOW + 50 * 60 - 1;
    await open();
    expect(timestampOf().version).toBe(version);
    nowSeconds += 1;
    await open();
    expect(timestampOf()).toMatchObject({ version: version + 1, expiresAt: nowSeconds + DAY });
  });

  it('is never over an hour old while it is looked at every minute, also after a long sleep', async () => {
    const trust = await open();
    for (const minutes of [...Array.from({ length: 130 }, () => 1), 9 * 60, 1]) {
      await lookAfter(trust, minutes * 60);
      expect(nowSeconds - (timestampOf().expiresAt - DAY)).toBeLessThan(HOUR);
    }
    expect(await trust.readPublished('timestamp.json')).toMatchObject({
      bytes: published().files.get('timestamp.json'),
    });
  });

  it('is signed anew when the clock was set back', async () => {
    const trust = await open();
    const { version } = timestampOf();
    await lookAfter(trust, -DAY);
    expect(timestampOf()).toMatchObject({ version: version + 1, expiresAt: nowSeconds + DAY });
  });

  it('is signed once, whoever looks at the same time', async () => {
    const trust = await open();
    const { version } = timestampOf();
    nowSeconds += 2 * HOUR;
    await Promise.all([trust.look(), trust.look(), trust.readPublished('timestamp.json'), trust.look()]);
    expect(timestampOf().version).toBe(version + 1);
  });

  it('is left alone by a server without the online key', async () => {
    const trust = await open(withoutOnlineKey());
    const before = published().files.get('timestamp.json');
    await lookAfter(trust, 3 * DAY);
    expect(published().files.get('timestamp.json')).toBe(before);
  });

  it('is not signed by a key that the root does not name, which is said once', async () => {
    const stranger = await createSigner(new Uint8Array(32).fill(99));
    const trust = await open({ repository: { ...station.parts.repository, online: stranger } });
    await lookAfter(trust, 2 * HOUR);
    await lookAfter(trust, 60);
    expect(said).toEqual([expect.stringMatching(/timestamp was not signed: not-the-online-key/)]);
  });

  it('is signed at once where the newest root does not know who signed it', async () => {
    await open();
    const { desk } = station.house;
    await desk.stageRoot(desk.keysOf(['anna', 'ben', 'carol'], ['server-2']));
    await desk.sign('anna', 'ben');
    const next = [...desk.stagedFolder.files].find(([name]) => name === 'root.json');
    published().files.set('3.root.json', next?.[1] ?? utf8ToBytes(''));
    const online = desk.signers['server-2'];
    const trust = await open({ repository: { ...station.parts.repository, online } });
    expect(await trust.readPublished('3.root.json')).not.toBeNull();
    expect(said).toEqual([]);
  });
});

describe('a later publication', () => {
  it('that cannot be used is said once, and the one before stays in use', async () => {
    const trust = await open();
    const before = await trust.readPublished('timestamp.json');
    await station.house.publishUnchecked((files) => files.set('issuers.json', utf8ToBytes('{}')));
    expect(await trust.readPublished('timestamp.json')).toEqual(before);
    await lookAfter(trust, 60);
    expect(said).toEqual([expect.stringMatching(/issuers\.json: .*stays in use/)]);
    await station.house.publish();
    expect(await trust.readPublished('timestamp.json')).not.toEqual(before);
    await station.house.publishUnchecked((files) => files.set('issuers.json', utf8ToBytes('{}')));
    await trust.readPublished('timestamp.json');
    expect(said).toHaveLength(2);
  });

  it('may not be an older one that was put back', async () => {
    const trust = await open();
    const old = new Map(published().files);
    nowSeconds += 2 * HOUR;
    await trust.look();
    const newest = timestampOf().version;
    published().files.set('timestamp.json', old.get('timestamp.json') ?? utf8ToBytes(''));
    const handed = await trust.readPublished('timestamp.json');
    expect(timestampOf(handed?.bytes).version).toBe(newest);
    expect(said).toEqual([expect.stringMatching(/version \d+ came after \d+/)]);
  });

  it('with other keys for this server is said', async () => {
    const trust = await open();
    station.house.servers = [
      station.house.serverEntry({ receiptKeys: [encodeHex(new Uint8Array(32).fill(9))] }),
    ];
    await station.house.publish();
    await trust.look();
    await trust.look();
    expect(said).toEqual([expect.stringMatching(/servers\.json names other keys .*receipt/)]);
  });
});

describe('settings', () => {
  const version = (trust: SiteTrust) => trust.inUse.settings.version;

  it('stay byte for byte over a restart', async () => {
    const first = await (await open()).readSettings();
    nowSeconds += 3 * DAY;
    expect(await (await open()).readSettings()).toEqual(first);
  });

  it('are signed anew when their content changes, with the next version, and with no restart', async () => {
    const trust = await open();
    expect(version(trust)).toBe(NOW);
    nowSeconds += 60;
    await station.editSettings({ seenBeforeWindowSeconds: 60 }, { name: 'Elsewhere' });
    await trust.readSettings();
    expect(trust.inUse.settings).toMatchObject({ version: nowSeconds, issuedAt: nowSeconds });
    expect(trust.site.name).toBe('Elsewhere');
    await station.editSettings();
    await trust.readSettings();
    expect(version(trust)).toBe(nowSeconds + 1);
  });

  it('of a server that was restored from an old copy go on from what tablets have seen', async () => {
    await open();
    const old = await station.settingsFolder.read('settings.cose');
    nowSeconds += DAY;
    await station.editSettings({}, { name: 'Elsewhere' });
    const seen = version(await open());
    if (old === null) throw new Error('the signed settings are kept');
    await station.settingsFolder.write('settings.cose', old);
    nowSeconds += DAY;
    await station.editSettings({}, { name: 'Elsewhere again' });
    expect(version(await open())).toBeGreaterThan(seen);
  });

  it('that say the same in other words are the same', async () => {
    const trust = await open();
    const text = new TextDecoder().decode(station.settingsFolder.files.get('settings.json'));
    const { policy, site } = JSON.parse(text);
    await station.settingsFolder.write(
      'settings.json',
      utf8ToBytes(JSON.stringify({ policy, site: { gates: site.gates, ...site } }, null, 4)),
    );
    await trust.readSettings();
    expect(version(trust)).toBe(NOW);
  });

  it('that went wrong are said once; those before stay in use, and their version is not used up', async () => {
    const trust = await open();
    const before = await trust.readSettings();
    await station.settingsFolder.write('settings.json', utf8ToBytes('{"site": '));
    expect(await trust.readSettings()).toEqual(before);
    await trust.look();
    expect(said).toEqual([expect.stringMatching(/settings\.json: .*no JSON.*stay in use/)]);
    await station.editSettings({}, { name: 'Elsewhere' });
    await trust.readSettings();
    expect(version(trust)).toBe(NOW + 1);
  });

  it('never become those of another site', async () => {
    station.house.servers = [station.house.serverEntry(), station.house.serverEntry({ site: 'elsewhere' })];
    await station.house.publish();
    const trust = await open();
    await station.editSettings({}, { id: 'elsewhere' });
    await trust.readSettings();
    expect([trust.site.id, said.length]).toEqual(['lindenhof', 1]);
  });

  it('go on in version when their key changes', async () => {
    await open();
    station.house.servers = [station.house.serverEntry({ settingsKeys: station.house.keys('settings-2') })];
    await station.house.publish();
    const settings = station.house.signers['settings-2'];
    const trust = await open({ signers: { ...station.parts.signers, settings } });
    expect(version(trust)).toBe(NOW + 1);
  });

  it('beyond the bounds are said at the start and at each change, and again when the bounds change', async () => {
    await station.editSettings({ seenBeforeWindowSeconds: 13 * HOUR });
    const trust = await open();
    await trust.look();
    expect(said).toEqual([
      expect.stringMatching(/"standard": policy\.seenBeforeWindowSeconds: 43200 instead of 46800/),
    ]);
    await station.editSettings();
    await trust.look();
    expect([said.length, trust.inUse.clippings]).toEqual([1, []]);
    station.house.policies = station.house.policies.map((bounds) => ({
      ...bounds,
      maxSeenBeforeWindowSeconds: 60,
    }));
    await station.house.publish();
    await trust.look();
    expect(trust.inUse.clippings).toMatchObject([{ place: 'policy.seenBeforeWindowSeconds', used: '60' }]);
    expect([said.length, version(trust)]).toEqual([2, NOW + 1]);
  });
});

describe('a station that renews itself', () => {
  it('goes on when that fails, and says so once', async () => {
    const trust = await open({ renew: () => Promise.reject(new Error('no room on the disk')) });
    await lookAfter(trust, 2 * HOUR);
    expect(nowSeconds - (timestampOf().expiresAt - DAY)).toBe(0);
    expect(said).toEqual(['trust was not renewed: no room on the disk']);
  });
});
