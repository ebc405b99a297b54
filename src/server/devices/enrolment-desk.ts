// Enrolments from the server's side: a manager's offer, the tablet's claim, the digits that both show, the manager's word,
// and the server's signed word for the tablet. core/identity/enrolment-offer.ts has the rules; this keeps them going over
// restarts, and says one thing only to a tablet whose claim is not good.

import type { Bytes } from '../../core/bytes/bytes.ts';
import { encodeHex } from '../../core/bytes/hex.ts';
import { sha256 } from '../../core/bytes/sha256.ts';
import { deviceKeyId } from '../../core/identity/device-key.ts';
import { registerDevice } from '../../core/identity/device-register.ts';
import { signEnrolled } from '../../core/identity/enrolled-word.ts';
import { ENROLMENT_CODE_BYTES, encodeInvitation } from '../../core/identity/enrolment-code.ts';
import {
  type ClaimAnswer,
  type ConfirmRefusal,
  claimEnrolment,
  confirmEnrolment,
  type Enrolment,
  type EnrolmentClaim,
  isExpired,
  offerEnrolment,
} from '../../core/identity/enrolment-offer.ts';
import type { ServerIdentity } from '../../core/identity/enrolment-proof.ts';
import type { PublicOrigin } from '../../core/identity/public-origin.ts';
import { isSameSecret } from '../../core/identity/same-secret.ts';
import { encodeTypedCode } from '../../core/identity/typed-code.ts';
import { ok, type Result, refused } from '../../core/result.ts';
import type { Signer } from '../../core/signature/signer.ts';
import type { DeviceStore } from '../storage/device-store.ts';
import type { EnrolmentStore, StoredEnrolment } from '../storage/enrolment-store.ts';

export interface EnrolmentTools {
  readonly stores: { readonly enrolments: EnrolmentStore; readonly devices: DeviceStore };
  readonly publicOrigin: PublicOrigin;
  readonly trust: {
    readonly signers: { readonly receipt: Signer };
    readPublished(path: string): Promise<{ readonly bytes: Bytes } | null>;
  };
  randomBytes(count: number): Bytes;
  nowMs(): number;
}

export interface OfferedEnrolment {
  readonly id: string;
  /** For the QR code. */
  readonly invitation: string;
  /** For typing it by hand, together with the origin. */
  readonly typed: string;
  readonly origin: string;
  readonly expiresSeconds: number;
}

export interface EnrolmentState {
  readonly id: string;
  readonly state: 'offered' | 'claimed' | 'confirmed' | 'expired';
  readonly gate: string;
  /** Once it was claimed: what the tablet shows too. */
  readonly digits: string | null;
  /** Once it was confirmed. */
  readonly device: string | null;
  readonly expiresSeconds: number;
}

export type EnrolledWord =
  | { readonly kind: 'enrolled'; readonly word: Bytes }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused' };

export interface EnrolmentDesk {
  offer(site: string, gate: string): Promise<Result<OfferedEnrolment, 'enrolments-too-many'>>;
  /** One that confirms itself once it is claimed. */
  offerOpenly(site: string, gate: string): Promise<OfferedEnrolment>;
  look(site: string, id: string): Promise<EnrolmentState | null>;
  /** Offered or claimed, and not over: a console that was closed goes on with them. */
  underWay(site: string): Promise<readonly EnrolmentState[]>;
  cancel(site: string, id: string): Promise<boolean>;
  confirm(
    site: string,
    id: string,
    digits: string,
  ): Promise<Result<{ readonly device: string }, ConfirmRefusal | 'enrolment-unknown'>>;
  claim(claim: EnrolmentClaim): Promise<Result<ClaimAnswer, 'enrolment-refused'>>;
  /** For a tablet that has claimed: asked for as often as it likes. */
  word(claim: EnrolmentClaim): Promise<EnrolledWord>;
}

/** A manager enrols one tablet after another; this many may wait at a time. */
const MOST_LIVE_OFFERS = 32;
const ID_BYTES = 8;
const DEVICE_ID_BYTES = 16;

export function createEnrolmentDesk(tools: EnrolmentTools): EnrolmentDesk {
  const { enrolments } = tools.stores;
  const nowSeconds = () => Math.floor(tools.nowMs() / 1000);

  const addOffer = async (site: string, gate: string, isOpen: boolean): Promise<OfferedEnrolment> => {
    const id = encodeHex(tools.randomBytes(ID_BYTES));
    const code = tools.randomBytes(ENROLMENT_CODE_BYTES);
    const server = await readServerIdentity(tools);
    const enrolment = offerEnrolment({ id, site, gate, code }, nowSeconds());
    await enrolments.add(enrolment, isOpen);
    const serverKeyHash = await sha256(server.key);
    const origin = tools.publicOrigin;
    return {
      id,
      invitation: encodeInvitation({ origin, code, serverKeyHash, rootHash: server.rootHash }),
      typed: encodeTypedCode(code),
      origin: origin.text,
      expiresSeconds: enrolment.expiresSeconds,
    };
  };

  const confirm: EnrolmentDesk['confirm'] = async (site, id, digits) => {
    let answer: Awaited<ReturnType<EnrolmentDesk['confirm']>> = refused('enrolment-unknown');
    await enrolments.confirm(
      site,
      id,
      async (held, before) => {
        const now = nowSeconds();
        if (held.kind === 'confirmed') {
          answer = refused('enrolment-not-claimed');
          return null;
        }
        const device = before?.device ?? encodeHex(tools.randomBytes(DEVICE_ID_BYTES));
        const epoch = (before?.epoch ?? 0) + 1;
        const confirmed = confirmEnrolment(held, { digits, device, epoch }, now);
        answer = confirmed.ok ? ok({ device }) : confirmed;
        if (!confirmed.ok) return null;
        const registered = await registerDevice({ site, device, key: confirmed.value.tablet }, before, now);
        return {
          confirmed: confirmed.value,
          device: {
            ...registered,
            gate: held.gate,
            enrolledAtSeconds: now,
            lastSeenAtSeconds: before?.lastSeenAtSeconds ?? null,
            wipe: 'none',
            isPinResetOrdered: false,
          },
        };
      },
      deviceKeyId,
    );
    return answer;
  };

  const findClaimed = async ({ tablet, proof }: EnrolmentClaim): Promise<StoredEnrolment | null> => {
    const held = await enrolments.byTablet(tablet);
    return held.find((one) => one.proof !== null && isSameSecret(one.proof, proof)) ?? null;
  };

  return {
    async offer(site, gate) {
      const live = await enrolments.countLive(site, nowSeconds());
      return live < MOST_LIVE_OFFERS ? ok(await addOffer(site, gate, false)) : refused('enrolments-too-many');
    },
    offerOpenly: (site, gate) => addOffer(site, gate, true),
    async look(site, id) {
      const found = await enrolments.find(site, id);
      return found === null ? null : stateOf(found.enrolment, nowSeconds());
    },
    async underWay(site) {
      const held = await enrolments.list(site);
      const states = held.flatMap(({ enrolment, isOpen }) =>
        isOpen ? [] : [stateOf(enrolment, nowSeconds())],
      );
      return states.filter(({ state }) => state !== 'expired');
    },
    cancel: (site, id) => enrolments.remove(site, id),
    confirm,
    async claim(claim) {
      const held = await enrolments.unconfirmed();
      const server = await readServerIdentity(tools);
      const claimed = await claimEnrolment(
        held.map(({ enrolment }) => enrolment),
        claim,
        server,
        nowSeconds(),
      );
      if (!claimed.ok) return refused('enrolment-refused');
      const isFirst = await enrolments.claim(claimed.value.claimed, claim.proof);
      if (!isFirst) return refused('enrolment-refused');
      return ok(claimed.value.answer);
    },
    async word(claim) {
      const found = await findClaimed(claim);
      if (found === null || isExpired(found.enrolment, nowSeconds())) return { kind: 'refused' };
      const { site, id, ...claimed } = found.enrolment;
      // Only now, when the tablet is known to have its answer: nobody is there to begin it anew.
      if (found.isOpen && claimed.kind === 'claimed') await confirm(site, id, claimed.digits);
      const { enrolment } = (found.isOpen ? await findClaimed(claim) : null) ?? found;
      if (enrolment.kind !== 'confirmed') return { kind: 'waiting' };
      const word = await signEnrolled(enrolment, enrolment.tablet, tools.trust.signers.receipt);
      return { kind: 'enrolled', word };
    },
  };
}

const stateOf = (enrolment: Enrolment, nowSeconds: number): EnrolmentState => ({
  id: enrolment.id,
  state: isExpired(enrolment, nowSeconds) ? 'expired' : enrolment.kind,
  gate: enrolment.gate,
  digits: enrolment.kind === 'claimed' ? enrolment.digits : null,
  device: enrolment.kind === 'confirmed' ? enrolment.device : null,
  expiresSeconds: enrolment.expiresSeconds,
});

/** What the server shows of itself: the key of its receipts, and with which root trust begins. */
async function readServerIdentity({ trust }: EnrolmentTools): Promise<ServerIdentity> {
  const root = await trust.readPublished(FIRST_ROOT);
  if (root === null) throw new Error(`${FIRST_ROOT} is not published`);
  return { key: trust.signers.receipt.publicKey, rootHash: await sha256(root.bytes) };
}

const FIRST_ROOT = '1.root.json';
