// Status lists as the server hands them on: none that was not verified, none older than the last, at most one question at
// a time, and no issuer that answers too much, too slowly, or from elsewhere. The issuer is a real HTTP server.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8ToBytes } from '../../../../src/core/bytes/bytes.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { createSigner, type Signer } from '../../../../src/core/signature/signer.ts';
import { createStatusList, withStatuses } from '../../../../src/core/trust/status/status-list.ts';
import { MAX_TOKEN_BYTES, signStatusToken } from '../../../../src/core/trust/status/status-token.ts';
import type { ListedIssuer } from '../../../../src/core/trust/targets/targets.ts';
import { createListSource, type ListSource } from '../../../../src/server/trust/list-source.ts';
import { createTroubleBook } from '../../../../src/server/trust/trouble-book.ts';
import { MemoryFolder } from '../../../support/trust-desk.ts';

const NOW = Date.UTC(2026, 2, 2, 12) / 1000;
const HOUR = 3600;
const ISSUER = 'city';
const FETCH_LIMIT_MS = 300;

let issuer: Server;
let uri: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: IncomingMessage[];
let published: MemoryFolder;
let kept: MemoryFolder;
let said: string[];
let nowSeconds: number;
let signer: Signer;
let stranger: Signer;
let stopping: AbortController;

beforeEach(async () => {
  [signer, stranger] = (await Promise.all(
    [1, 2].map((seed) => createSigner(new Uint8Array(32).fill(seed))),
  )) as [Signer, Signer];
  asked = [];
  said = [];
  nowSeconds = NOW;
  stopping = new AbortController();
  published = new MemoryFolder();
  kept = new MemoryFolder();
  answer = (_, response) => void response.writeHead(404).end();
  issuer = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', () => resolve()));
  uri = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/status/0`;
});
afterEach(() => {
  issuer.closeAllConnections();
  issuer.close();
});

const open = async (): Promise<ListSource> =>
  createListSource({
    published,
    kept,
    engine: await chooseEngine(),
    troubles: createTroubleBook((line) => void said.push(line)),
    nowSeconds: () => nowSeconds,
    fetchLimitMs: FETCH_LIMIT_MS,
    stopping: stopping.signal,
  });

const issuers = (keys: readonly Bytes[] = [signer.publicKey]): readonly ListedIssuer[] => [
  {
    id: ISSUER,
    name: { en: 'City' },
    appeal: { en: 'Desk' },
    scope: 'all',
    isTest: false,
    isSmall: false,
    keys: [],
    statusLists: [{ list: 0, uri, keys }],
    rulesets: [],
  },
];

interface TokenOptions {
  readonly issuedAt?: number;
  readonly revoked?: number;
  readonly by?: Signer;
  readonly uri?: string;
  readonly expiresAt?: number;
  readonly ttlSeconds?: number;
}

const tokenOf = ({ issuedAt = NOW, revoked = 5, by = signer, ...facts }: TokenOptions = {}) =>
  signStatusToken(
    { uri, issuedAt, list: withStatuses(createStatusList(1024, 2), [[revoked, 'revoked']]), ...facts },
    by,
    deflateSync,
  );

const give = (token: Bytes, etag?: string) => {
  answer = (request, response) => {
    if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, etag === undefined ? {} : { ETag: etag }).end(token);
  };
};

const answerBy = (next: typeof answer): void => {
  answer = next;
};

const readFrom = async (source: ListSource, keys?: readonly Bytes[]) =>
  (await source.read(issuers(keys), ISSUER, 0))?.bytes ?? null;

describe('a list that its issuer publishes on this machine', () => {
  it('is handed out, and the newer one as soon as it lies there; the issuer is never asked', async () => {
    const [first, second] = [await tokenOf(), await tokenOf({ issuedAt: NOW + 1, revoked: 6 })];
    const source = await open();
    await published.write('city/0.cwt', first);
    expect(await readFrom(source)).toEqual(first);
    await published.write('city/0.cwt', second);
    expect(await readFrom(source)).toEqual(second);
    await source.refresh(issuers());
    expect(asked).toHaveLength(0);
  });

  it.each([
    ['older', () => tokenOf({ issuedAt: NOW - 1 }), /status-rollback/],
    ['another one of the same second', () => tokenOf({ revoked: 6 }), /status-fork/],
    ['signed by another', () => tokenOf({ issuedAt: NOW + 1, by: stranger }), /status-unknown-key/],
    [
      'of another address',
      () => tokenOf({ issuedAt: NOW + 1, uri: 'https://a.example/' }),
      /status-other-uri/,
    ],
    ['of the day after tomorrow', () => tokenOf({ issuedAt: NOW + 48 * HOUR }), /status-issued-in-future/],
    ['noise', async () => utf8ToBytes('noise'), /status list 0 of city was not taken/],
    ['too large', async () => new Uint8Array(MAX_TOKEN_BYTES + 1), /status-too-large/],
  ] as const)(
    'is not taken when it is %s: the last good one stays, and it is said once',
    async (_, make, words) => {
      const good = await tokenOf();
      await published.write('city/0.cwt', good);
      const source = await open();
      await readFrom(source);
      await published.write('city/0.cwt', await make());
      expect(await readFrom(source)).toEqual(good);
      await source.refresh(issuers());
      expect(said).toEqual([expect.stringMatching(words)]);
      expect(asked).toHaveLength(0);
    },
  );

  it.each([
    ['as it was', false],
    ['with an end that has passed', true],
  ])(
    'that is older than the one handed out before a restart is not handed out, kept %s',
    async (_, hasEnded) => {
      const newer = await tokenOf({ issuedAt: NOW, ...(hasEnded ? { expiresAt: NOW + HOUR } : {}) });
      await published.write('city/0.cwt', newer);
      await readFrom(await open());
      nowSeconds += 2 * HOUR;
      await published.write('city/0.cwt', await tokenOf({ issuedAt: NOW - 1 }));
      const source = await open();
      expect(await readFrom(source)).toEqual(hasEnded ? null : newer);
      expect(said).toEqual([expect.stringMatching(/status-rollback/)]);
    },
  );

  it('signed by a key that is no longer named is not handed out, and one by the new key is', async () => {
    const old = await tokenOf();
    await published.write('city/0.cwt', old);
    const source = await open();
    expect(await readFrom(source)).toEqual(old);
    expect(await readFrom(source, [stranger.publicKey])).toBeNull();
    await published.write('city/0.cwt', await tokenOf({ issuedAt: NOW - 1, by: stranger }));
    expect(await readFrom(source, [stranger.publicKey])).toBeNull();
    const next = await tokenOf({ issuedAt: NOW + 1, by: stranger });
    await published.write('city/0.cwt', next);
    expect(await readFrom(source, [stranger.publicKey])).toEqual(next);
  });
});

describe('a list that is fetched', () => {
  it('is kept over a restart, and known by its ETag until its ttl has passed', async () => {
    const token = await tokenOf({ ttlSeconds: 600 });
    give(token, '"one"');
    const source = await open();
    expect(await readFrom(source)).toEqual(token);
    nowSeconds += 599;
    await source.refresh(issuers());
    expect(asked).toHaveLength(1);
    nowSeconds += 1;
    await source.refresh(issuers());
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"one"']);
    expect(asked[0]?.headers.accept).toBe('application/statuslist+cwt');

    issuer.closeAllConnections();
    answer = (_, response) => void response.writeHead(500).end();
    expect(await readFrom(await open())).toEqual(token);
  });

  it('is asked for again after an hour where it names no ttl, and comes anew', async () => {
    give(await tokenOf());
    const source = await open();
    await readFrom(source);
    const next = await tokenOf({ issuedAt: NOW + HOUR, revoked: 6 });
    give(next);
    nowSeconds += HOUR - 1;
    await source.refresh(issuers());
    expect(asked).toHaveLength(1);
    nowSeconds += 1;
    await source.refresh(issuers());
    expect(await readFrom(source)).toEqual(next);
  });

  it('is asked for once, however many ask at the same time', async () => {
    const token = await tokenOf();
    answer = (_, response) => void setTimeout(() => response.writeHead(200).end(token), 50);
    const source = await open();
    const all = await Promise.all([1, 2, 3, 4].map(() => readFrom(source)));
    expect(all).toEqual([token, token, token, token]);
    expect(asked).toHaveLength(1);
  });

  it('that an issuer withholds is asked for again after five minutes, not at every request', async () => {
    const source = await open();
    for (let at = 0; at < 3; at++) expect(await readFrom(source)).toBeNull();
    expect(asked).toHaveLength(1);
    expect(said).toEqual([expect.stringMatching(/status 404/)]);
    give(await tokenOf());
    nowSeconds += 300;
    expect(await readFrom(source)).not.toBeNull();
  });

  it.each<readonly [string, () => Promise<void>, RegExp]>([
    ['older', async () => give(await tokenOf({ issuedAt: NOW - 1 })), /status-rollback/],
    [
      'wrongly signed',
      async () => give(await tokenOf({ issuedAt: NOW + 1, by: stranger })),
      /status-unknown-key/,
    ],
    [
      'without end',
      async () => {
        answer = (_, response) => {
          const more = () => response.write(new Uint8Array(64 * 1024), more);
          response.writeHead(200);
          more();
        };
      },
      /over \d+ bytes/,
    ],
    [
      'trickling',
      async () => {
        answer = (_, response) => {
          response.writeHead(200);
          const timer = setInterval(() => response.write('x'), 20);
          response.once('close', () => clearInterval(timer));
        };
      },
      /no whole answer in/,
    ],
    ['silent', async () => answerBy(() => {}), /no whole answer in/],
    [
      'a way to another host',
      async () => {
        answer = (_, response) => void response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end();
      },
      /status 302, and redirects are not followed/,
    ],
    ['a hung-up', async () => answerBy((request) => void request.socket.destroy()), /was not taken/],
  ])('whose next answer is %s stays as it was', async (_, spoil, words) => {
    const good = await tokenOf();
    give(good);
    const source = await open();
    expect(await readFrom(source)).toEqual(good);
    await spoil();
    nowSeconds += HOUR;
    await source.refresh(issuers());
    expect(await readFrom(source)).toEqual(good);
    expect(said).toEqual([expect.stringMatching(words)]);
    expect(kept.files.get('city/0.cwt')).toEqual(good);
  });

  it('keeps nobody waiting while a slow issuer is asked for the next one', async () => {
    const good = await tokenOf();
    give(good);
    const source = await open();
    await readFrom(source);
    answer = () => {};
    nowSeconds += HOUR;
    const refreshing = source.refresh(issuers());
    expect(await Promise.race([readFrom(source), refreshing])).toEqual(good);
    await refreshing;
  });

  it('is neither waited for nor kept once the server stops', async () => {
    const source = await open();
    answer = () => stopping.abort();
    await source.refresh(issuers());
    expect([await kept.list(), said]).toEqual([[], []]);
  });
});
