// Says which tablet a signed request comes from (RFC 9421), at the site that its path names. Whoever cannot sign for a
// known key gets one and the same refusal, after the same work: it says nothing about which tablets exist.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { parseHex } from '../../core/bytes/hex.ts';
import {
  type DeviceAlgorithm,
  type DevicePublicKey,
  parseDeviceKey,
  type VerifyDeviceSignature,
} from '../../core/identity/device-key.ts';
import { findDeviceKey, noteKeyUsed } from '../../core/identity/device-register.ts';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import type { RequestParams } from '../../core/identity/request-form.ts';
import { signTimeAnswer } from '../../core/identity/time-answer.ts';
import { type ReceivedRequest, readSignedFields, verifyRequest } from '../../core/identity/verify-request.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { DeviceStore, FoundByKey, StoredDevice } from '../storage/device-store.ts';
import type { Stores } from '../storage/stores.ts';
import type { ApiContext, Gatekeepers, TabletAtHand } from './guarded-routes.ts';

export interface TabletKeeperTools {
  readonly stores: Pick<Stores, 'devices' | 'nonces'>;
  readonly publicOrigin: PublicOrigin;
  readonly trust: { readonly signers: { readonly time: Signer } };
  readonly verifyDevice: VerifyDeviceSignature;
  nowMs(): number;
}

/** How often it is written down that a tablet was heard. */
const SEEN_EVERY_SECONDS = 60;

export const createTabletKeeper =
  (tools: TabletKeeperTools): Gatekeepers['tablet'] =>
  async (c) => {
    const { devices, nonces } = tools.stores;
    const site = c.req.param('site') ?? '';
    const nowSeconds = Math.floor(tools.nowMs() / 1000);
    const request = await readRequest(c);
    const named: { found: FoundByKey | null } = { found: null };
    const verified = await verifyRequest(request, {
      origin: tools.publicOrigin,
      nowSeconds,
      async findKey(keyId, algorithm) {
        const held = await devices.findByKey(site, keyId);
        named.found = held?.key.algorithm === algorithm ? held : null;
        return named.found?.key ?? DECOYS[algorithm];
      },
      verify: async (...asked) => (await tools.verifyDevice(...asked)) && named.found !== null,
    });
    if (!verified.ok) {
      const { code, params } = verified.error;
      return params === null ? refuse(c, 401, code) : answerTime(c, params, nowSeconds, tools);
    }
    const params = verified.value;
    if (named.found === null) throw new Error('a signature held that nobody made');
    const { device } = named.found;
    const key = findDeviceKey(device, params.keyId);
    if (!key.ok) return refuse(c, key.error === 'device-revoked' ? 403 : 401, key.error);
    const isNew = await nonces.remember(site, params, nowSeconds);
    if (!isNew.ok) return refuse(c, isNew.error === 'nonce-too-many' ? 429 : 401, isNew.error);
    await noteUse(device, params, nowSeconds, devices);
    return atHand(device, key.value.key, params, request.body);
  };

/**
 * Checks that a request names a key known at its site, before a byte of its body is waited for: nobody else can keep the
 * server reading. Who knows a key's id has seen the key, so that the early refusal tells a stranger nothing.
 */
export const createTabletKnock =
  ({ stores }: Pick<TabletKeeperTools, 'stores'>): NonNullable<Gatekeepers['knock']> =>
  async (c) => {
    const read = readSignedFields(headOf(c).fields);
    if (!read.ok) return refuse(c, 401, read.error);
    const { keyId, algorithm } = read.value.params;
    const held = await stores.devices.findByKey(c.req.param('site') ?? '', keyId);
    return held?.key.algorithm === algorithm ? null : refuse(c, 401, 'signature-wrong');
  };

/** After a minute some of its nonces are forgotten. */
const RETRY_SECONDS = 60;

const refuse = (c: ApiContext, status: 401 | 403 | 429, error: string): Response => {
  if (status === 429) c.header('Retry-After', String(RETRY_SECONDS));
  return c.json({ error }, status, NOT_KEPT);
};

const NOT_KEPT = { 'Cache-Control': 'no-store' };

/** Examples out of RFC 8032 and RFC 6979, to be verified against where there is no key: nothing that they sign counts. */
const DECOYS: Readonly<Record<DeviceAlgorithm, DevicePublicKey>> = {
  ed25519: decoy('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  'ecdsa-p256-sha256': decoy(
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  ),
};

function decoy(hex: string): DevicePublicKey {
  const bytes = parseHex(hex);
  const key = bytes.ok ? parseDeviceKey(bytes.value) : bytes;
  if (!key.ok) throw new Error(`no key: ${hex}`);
  return key.value;
}

interface WholeRequest extends ReceivedRequest {
  readonly body: Bytes;
}

const readRequest = async (c: ApiContext): Promise<WholeRequest> => ({
  ...headOf(c),
  body: new Uint8Array(await c.req.arrayBuffer()),
});

/** The line and the fields as they stood on the wire, doubled ones apart. */
function headOf(c: ApiContext): Omit<WholeRequest, 'body'> {
  const incoming = c.env?.incoming;
  if (incoming?.url === undefined) {
    const { pathname, search } = new URL(c.req.url);
    return { method: c.req.method, target: pathname + search, fields: [...c.req.raw.headers] };
  }
  const { rawHeaders } = incoming;
  const fields = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
  );
  return { method: incoming.method ?? '', target: incoming.url, fields };
}

async function answerTime(
  c: ApiContext,
  params: RequestParams,
  nowSeconds: number,
  { trust }: TabletKeeperTools,
): Promise<Response> {
  const time = await signTimeAnswer(params, nowSeconds, trust.signers.time);
  return c.body(time, 401, { 'Content-Type': 'application/cose', ...NOT_KEPT });
}

/** The first request under the next key ends the one before. */
async function noteUse(
  { site, device, next, lastSeenAtSeconds }: StoredDevice,
  { keyId }: RequestParams,
  nowSeconds: number,
  devices: DeviceStore,
): Promise<void> {
  if (next?.keyId === keyId)
    await devices.change(site, device, (held) => ({ ...held, ...noteKeyUsed(held, keyId) }));
  if (nowSeconds - (lastSeenAtSeconds ?? 0) >= SEEN_EVERY_SECONDS)
    await devices.noteSeen(site, device, nowSeconds);
}

const atHand = (
  { site, device, epoch, gate, wipe }: StoredDevice,
  key: DevicePublicKey,
  { keyId, nonce }: RequestParams,
  body: Bytes,
): TabletAtHand => ({ site, device, epoch, gate, key, keyId, nonce, body, isLeaving: wipe === 'ordered' });
