// A server at the other end of a bare page's line: it hands out trust, gives day keys, takes signed batches and opens what is
// in them, all by the real code. It is given no database and believes every request's signature.

import type { BrowserContext, Page, Request, Route } from '@playwright/test';
import type { Bytes } from '../../../src/core/bytes/bytes.ts';
import { encodeHex, parseHex } from '../../../src/core/bytes/hex.ts';
import { sha256 } from '../../../src/core/bytes/sha256.ts';
import {
  type DevicePublicKey,
  openDeviceVerifier,
  parseDeviceKey,
} from '../../../src/core/identity/device-key.ts';
import { signReceipt } from '../../../src/core/log/receipt.ts';
import type { GateRecord } from '../../../src/core/log/record.ts';
import { parseSealedBatch, type SealedBatch, verifySealedBatch } from '../../../src/core/log/sealed/batch.ts';
import { signDayKeys } from '../../../src/core/log/sealed/day-key-message.ts';
import { createSealKeyPair, type SealKeyPair } from '../../../src/core/log/sealed/day-keys.ts';
import { parseSealedEnvelope, type SealedEnvelope } from '../../../src/core/log/sealed/envelope.ts';
import { pseudonymKeyDays, sealKeyDays } from '../../../src/core/log/sealed/key-ends.ts';
import { createOpener } from '../../../src/core/log/sealed/opener.ts';
import { encodeSightings, type SharedSighting } from '../../../src/core/log/sealed/sightings-message.ts';
import { signTime } from '../../../src/core/trust/signed-time.ts';
import { siteDayAt } from '../../../src/core/trust/site-day.ts';
import { createTestIssuer, type TestIssuer } from '../../support/test-issuer.ts';
import { TEST_SITE } from '../../support/test-trust.ts';
import { TrustHouse } from '../../support/trust-house.ts';

const SITE = TEST_SITE.id;
export const DEVICE = '1'.repeat(32);

type Answer = { readonly status: number; readonly body?: Bytes };

export class SealedServer {
  readonly asked: string[] = [];
  readonly batches: SealedBatch[] = [];
  sightings: readonly SharedSighting[] = [];
  isDown = false;
  givesDayKeys = true;
  deviceKey: DevicePublicKey | null = null;
  readonly #pairsByDay = new Map<string, SealKeyPair>();
  readonly #pseudonymKeysByDay = new Map<string, Bytes>();

  private constructor(
    readonly house: TrustHouse,
    readonly issuer: TestIssuer,
  ) {}

  static async open(context: BrowserContext): Promise<SealedServer> {
    const [house, issuer] = [await TrustHouse.open(), await createTestIssuer({ id: 'city' })];
    house.issuersById.set('city', house.entryOf(issuer));
    await house.publish();
    await house.publishList('city');
    const server = new SealedServer(house, issuer);
    await context.route('**/api/**', (route) => server.#serve(route));
    await context.clock.setFixedTime(house.nowSeconds * 1000);
    return server;
  }

  get today(): string {
    return siteDayAt(this.house.nowSeconds * 1000, TEST_SITE);
  }

  /** Makes the page's tablet an enrolled one, as an enrolment leaves it. */
  async enrol(page: Page): Promise<void> {
    const key = await page.evaluate(
      async ({ site, device, rootHash, serverKey }) => {
        const database = await window.log.openDatabase();
        const key = await window.log.makeDeviceKey(Date.now() / 1000);
        await window.log.writeFact(database, 'identity', {
          origin: location.origin,
          site,
          gate: 'gate-1',
          device,
          serverKey: new Uint8Array(serverKey),
          rootHash: new Uint8Array(rootHash),
          key,
          nextKey: null,
          isRevoked: false,
          isWiping: false,
        });
        await window.log.writePosition(database, { site, device, epoch: 1 });
        database.close();
        return [...key.publicKey];
      },
      {
        site: SITE,
        device: DEVICE,
        rootHash: [...(await this.house.rootHash())],
        serverKey: [...this.house.signers.receipt.publicKey],
      },
    );
    const parsed = parseDeviceKey(new Uint8Array(key));
    if (!parsed.ok) throw new Error(parsed.error);
    this.deviceKey = parsed.value;
  }

  async sealPair(day: string): Promise<SealKeyPair> {
    const pair =
      this.#pairsByDay.get(day) ??
      (await createSealKeyPair(SITE, day, crypto.getRandomValues(new Uint8Array(32))));
    this.#pairsByDay.set(day, pair);
    return pair;
  }

  pseudonymKey(day: string): Bytes {
    const key = this.#pseudonymKeysByDay.get(day) ?? crypto.getRandomValues(new Uint8Array(32));
    this.#pseudonymKeysByDay.set(day, key);
    return key;
  }

  envelopes(): readonly SealedEnvelope[] {
    return this.batches.flatMap(({ envelopes }) => envelopes.flatMap(readable));
  }

  /** What the batches hold, opened. Throws on what does not open. */
  records(): readonly GateRecord[] {
    const opener = createOpener((_site, day) => this.#pairsByDay.get(day) ?? null);
    return this.envelopes().map((envelope) => {
      const opened = opener.open(envelope);
      if (!opened.ok) throw new Error(`record ${envelope.seq}: ${opened.error}`);
      return opened.value;
    });
  }

  async #serve(route: Route): Promise<void> {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    this.asked.push(`${request.method()} ${pathname}`);
    if (this.isDown) return route.abort();
    const answer = await this.#answer(pathname, searchParams, request);
    return route.fulfill({ status: answer.status, ...(answer.body && { body: Buffer.from(answer.body) }) });
  }

  async #answer(path: string, query: URLSearchParams, request: Request): Promise<Answer> {
    const body: Bytes = new Uint8Array(request.postDataBuffer() ?? []);
    switch (path) {
      case '/api/time':
        return this.#time(query);
      case `/api/sites/${SITE}/day-keys`:
        return this.#dayKeys(body, nonceOf(request));
      case `/api/sites/${SITE}/batches`:
        return this.#take(body);
      case `/api/sites/${SITE}/sightings`:
        return { status: 200, body: encodeSightings(this.#sightingsAfter(query.get('after'))) };
      default:
        return this.#file(path);
    }
  }

  #sightingsAfter(after: string | null) {
    const from = Number(after ?? 0);
    return { cursor: String(this.sightings.length), sightings: this.sightings.slice(from) };
  }

  async #time(query: URLSearchParams): Promise<Answer> {
    const nonce = parseHex(query.get('nonce') ?? '');
    if (!nonce.ok) return { status: 400 };
    return {
      status: 200,
      body: await signTime(nonce.value, this.house.nowSeconds, this.house.signers.time),
    };
  }

  async #dayKeys(toTablet: Bytes, nonce: Bytes): Promise<Answer> {
    if (!this.givesDayKeys) return { status: 503 };
    const pairs = await Promise.all(sealKeyDays(this.today).map((day) => this.sealPair(day)));
    const keys = {
      sealKeys: pairs.map(({ day, publicKey }) => ({ day, publicKey })),
      pseudonymKeys: pseudonymKeyDays(this.today).map((day) => ({ day, key: this.pseudonymKey(day) })),
    };
    const chance = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const address = { site: SITE, device: DEVICE, nonce };
    return {
      status: 200,
      body: await signDayKeys(address, keys, toTablet, chance, this.house.signers.receipt),
    };
  }

  /** Takes what the tablet signed, whatever numbers it has. */
  async #take(body: Bytes): Promise<Answer> {
    const batch = parseSealedBatch(body);
    if (!batch.ok || this.deviceKey === null) return { status: 400 };
    const verify = openDeviceVerifier(this.house.engine);
    const verified = await verifySealedBatch(batch.value, [this.deviceKey], verify);
    if (!verified.ok) return { status: 400 };
    this.batches.push(batch.value);
    const { site, device, epoch, to, head } = verified.value;
    const serverTime = this.house.nowSeconds;
    const receipt = { site, device, epoch, upTo: to, head, quarantined: [], serverTime };
    return { status: 200, body: await signReceipt(receipt, this.house.signers.receipt) };
  }

  #file(path: string): Answer {
    const { files, settings, listsByPlace } = this.house.hand();
    const isSettings = path === '/api/settings' || path === `/api/sites/${SITE}/settings`;
    const found = isSettings
      ? settings
      : (listsByPlace.get(path.replace('/api/status/', '')) ??
        files.get(path.replace('/api/trust/', '')) ??
        null);
    return found === null ? { status: 404 } : { status: 200, body: found };
  }
}

const readable = (bytes: Bytes): readonly SealedEnvelope[] => {
  const parsed = parseSealedEnvelope(bytes);
  return parsed.ok ? [parsed.value] : [];
};

function nonceOf(request: Request): Bytes {
  const [, base64 = ''] = /;nonce="([^"]+)"/.exec(request.headers()['signature-input'] ?? '') ?? [];
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

export const hashHex = async (bytes: Bytes): Promise<string> => encodeHex(await sha256(bytes));
