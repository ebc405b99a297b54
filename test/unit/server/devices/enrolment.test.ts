// Enrolment over HTTP and a real database: several tablets in a row, over a restart, and every misuse of a code.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import { encodeInvitation, parseInvitation } from '../../../../src/core/identity/enrolment-code.ts';
import { encodeClaim } from '../../../../src/core/identity/enrolment-messages.ts';
import { OFFER_LIFE_SECONDS } from '../../../../src/core/identity/enrolment-offer.ts';
import { serverProof } from '../../../../src/core/identity/enrolment-proof.ts';
import {
  makeClaim,
  startEnrolment,
  takeAnswer,
  takeEnrolled,
} from '../../../../src/core/identity/enrolment-tablet.ts';
import { chooseEngine } from '../../../../src/core/signature/engine.ts';
import { claimOver, enrolOver, sendSigned } from '../../../support/enrolled-tablet.ts';
import { askAsOperator } from '../../../support/operator-fetch.ts';
import { closeTestCluster } from '../../../support/test-database.ts';
import { testEd25519Device, testP256Device } from '../../../support/test-device.ts';
import { startTestServer, type TestServer } from '../../../support/test-server.ts';
import { createTestStation } from '../../../support/test-station.ts';
import { TEST_SITE } from '../../../support/test-trust.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12);
const SITE = TEST_SITE.id;
const GATE = TEST_SITE.gates[0]?.id ?? '';
const ENROLMENTS = `/sites/${SITE}/enrolments`;

let server: TestServer;
let nowMs = NOW_MS;
let devices = 10;

const anyDevice = () => testEd25519Device(devices++);
const ask = (method: string, path: string, json?: unknown) =>
  askAsOperator(server.dataDir, method, path, json);

const post = (body: Bytes) =>
  fetch(`${server.origin}/api/enrolments/claim`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/cbor' },
    body,
  });

async function offer(): Promise<{ id: string; invitation: string; typed: string }> {
  const offered = await ask('POST', ENROLMENTS, { gate: GATE });
  expect(offered.status).toBe(201);
  return offered.json as { id: string; invitation: string; typed: string };
}

beforeAll(async () => {
  server = await startTestServer({ station: await createTestStation(NOW_MS / 1000), nowMs: () => nowMs });
});
afterAll(async () => {
  await server.close();
  await closeTestCluster();
});

describe('a tablet enrols', () => {
  it('by the code, the digits and the manager’s word, with either kind of key', async () => {
    for (const signer of [await anyDevice(), await testP256Device()]) {
      const tablet = await enrolOver(server, { site: SITE, gate: GATE }, signer);
      expect(tablet).toMatchObject({ site: SITE, gate: GATE, epoch: 1 });
      const answer = await sendSigned(
        server,
        tablet,
        { method: 'GET', target: `/api/sites/${SITE}/orders` },
        nowMs / 1000,
      );
      expect(answer.status).toBe(204);
    }
  });

  it('one after another, each under an id of its own', async () => {
    const [first, second] = [await offer(), await offer()];
    const signers = [await anyDevice(), await anyDevice()] as const;
    const claims = [
      await claimOver(server, first.invitation, signers[0]),
      await claimOver(server, second.invitation, signers[1]),
    ] as const;
    const confirmed = await Promise.all(
      [first, second].map(({ id }, at) =>
        ask('POST', `${ENROLMENTS}/${id}/confirm`, { digits: claims[at]?.claimed?.digits }),
      ),
    );
    const ids = confirmed.map(({ json }) => (json as { device: string }).device);
    expect(new Set(ids).size).toBe(2);
  });

  it('goes on after the server was restarted at any step', async () => {
    const restart = async () => {
      await server.stop();
      await server.startAgain();
    };
    const signer = await anyDevice();
    const { id, invitation } = await offer();
    await restart();
    const { claimed, word } = await claimOver(server, invitation, signer);
    await restart();
    expect((await word()).status).toBe(202);
    expect(await ask('GET', `${ENROLMENTS}/${id}`)).toMatchObject({
      json: { state: 'claimed', digits: claimed?.digits },
    });
    await ask('POST', `${ENROLMENTS}/${id}/confirm`, { digits: claimed?.digits });
    await restart();
    const answer = await word();
    expect(answer.status).toBe(200);
    if (claimed === null) throw new Error('refused');
    const enrolled = await takeEnrolled(
      claimed,
      new Uint8Array(await answer.arrayBuffer()),
      await chooseEngine(),
    );
    expect(enrolled).toMatchObject({ ok: true, value: { site: SITE, gate: GATE, epoch: 1 } });
    expect(await ask('GET', `${ENROLMENTS}/${id}`)).toMatchObject({
      json: { state: 'confirmed', digits: null },
    });
  });

  it('again under its own id, in an epoch that its log has not seen', async () => {
    const signer = await anyDevice();
    const first = await enrolOver(server, { site: SITE, gate: GATE }, signer);
    await server.query(
      `INSERT INTO device_head (site_id, device_id, epoch, seq, hash, gate, seen_at) VALUES ('${SITE}', '${first.device}', 5, 1, '', '', now())`,
    );
    const second = await enrolOver(server, { site: SITE, gate: GATE }, signer);
    expect(second).toMatchObject({ device: first.device, epoch: 6 });
  });

  it('is answered the same when its answer was lost', async () => {
    const signer = await anyDevice();
    const { invitation } = await offer();
    const first = await claimOver(server, invitation, signer);
    expect((await claimOver(server, invitation, signer)).claimed).toEqual(first.claimed);
  });

  it('keeps no code once it was used', async () => {
    const codes = await server.query("SELECT code FROM enrolment WHERE kind = 'confirmed'");
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.every(({ code }) => code === null)).toBe(true);
  });
});

describe('a manager', () => {
  it('offers for gates of the site alone', async () => {
    expect(await ask('POST', ENROLMENTS, { gate: 'nowhere' })).toEqual({
      status: 400,
      json: { error: 'unknown-gate' },
    });
    expect((await ask('POST', ENROLMENTS, [])).json).toEqual({ error: 'unknown-gate' });
    expect((await ask('POST', '/sites/elsewhere/enrolments', { gate: GATE })).status).toBe(404);
  });

  it('confirms the digits that the tablet shows, once, and nothing else', async () => {
    const { id, invitation } = await offer();
    const confirm = (digits: string | undefined) => ask('POST', `${ENROLMENTS}/${id}/confirm`, { digits });
    expect((await confirm('000000')).json).toEqual({ error: 'enrolment-not-claimed' });
    const { claimed } = await claimOver(server, invitation, await anyDevice());
    const other = claimed?.digits === '123456' ? '123457' : '123456';
    expect((await confirm(other)).json).toEqual({ error: 'enrolment-other-digits' });
    expect((await confirm(undefined)).json).toEqual({ error: 'digits-missing' });
    expect((await confirm(claimed?.digits)).status).toBe(200);
    expect((await confirm(claimed?.digits)).json).toEqual({ error: 'enrolment-not-claimed' });
    expect((await ask('POST', `${ENROLMENTS}/nothing/confirm`, { digits: '000000' })).status).toBe(404);
  });

  it('sees what is under way, and offers so many at a time', async () => {
    const before = await ask('GET', ENROLMENTS);
    const held = (before.json as { enrolments: readonly { id: string }[] }).enrolments;
    const ids: string[] = [];
    for (let left = 32 - held.length; left > 0; left--) ids.push((await offer()).id);
    expect(await ask('POST', ENROLMENTS, { gate: GATE })).toEqual({
      status: 429,
      json: { error: 'enrolments-too-many' },
    });
    const after = (await ask('GET', ENROLMENTS)).json as { enrolments: readonly { id: string }[] };
    expect(after.enrolments).toHaveLength(32);
    expect(after.enrolments).toEqual(
      expect.arrayContaining(ids.map((id) => expect.objectContaining({ id, state: 'offered' }))),
    );
    for (const id of ids) expect((await ask('DELETE', `${ENROLMENTS}/${id}`)).status).toBe(204);
    expect(await ask('GET', ENROLMENTS)).toEqual(before);
  });

  it('takes an offer back, at its own site', async () => {
    const { id, invitation } = await offer();
    expect((await ask('DELETE', `/sites/elsewhere/enrolments/${id}`)).status).toBe(404);
    expect((await ask('DELETE', `${ENROLMENTS}/${id}`)).status).toBe(204);
    expect((await claimOver(server, invitation, await anyDevice())).error).toBe('enrolment-refused');
  });
});

describe('misuse of a code is refused alike', () => {
  const refusal = async (invitation: string, signer = anyDevice(), boundTo: string | null = null) => {
    const parsed = parseInvitation(invitation);
    if (!parsed.ok) throw new Error(parsed.error);
    const started = startEnrolment({ ...parsed.value, hashes: null }, (await signer).publicKey, 0);
    const answer = await post(encodeClaim(await makeClaim(started, boundTo)));
    const { 'content-length': length, ...headers } = Object.fromEntries(answer.headers);
    return { status: answer.status, length, names: Object.keys(headers), body: await answer.text() };
  };
  const wrongCode = (invitation: string): string => {
    const parsed = parseInvitation(invitation);
    if (!parsed.ok) throw new Error(parsed.error);
    return encodeInvitation({ ...parsed.value, code: parsed.value.code.map((byte) => byte ^ 1) });
  };

  it('second use, use after its end, use by another site’s tablet, and a code that nobody was given', async () => {
    const { invitation } = await offer();
    const nobodys = await refusal(wrongCode(invitation));
    expect(nobodys).toMatchObject({ status: 403, body: '{"error":"enrolment-refused"}' });
    expect(await refusal(invitation, anyDevice(), 'elsewhere')).toEqual(nobodys);

    const user = await anyDevice();
    const { claimed } = await claimOver(server, invitation, user);
    expect(claimed).not.toBeNull();
    expect(await refusal(invitation)).toEqual(nobodys);

    const late = await offer();
    nowMs += OFFER_LIFE_SECONDS * 1000;
    expect(await refusal(late.invitation)).toEqual(nobodys);
    expect(await refusal(invitation, Promise.resolve(user))).toEqual(nobodys);
    expect(await ask('GET', `${ENROLMENTS}/${late.id}`)).toMatchObject({ json: { state: 'expired' } });
  });

  it('a word is given to nobody but the tablet that claimed', async () => {
    const { invitation } = await offer();
    const stranger = await claimOver(server, wrongCode(invitation), await anyDevice());
    expect((await stranger.word()).status).toBe(403);
  });

  it('is slowed down when there is much of it', async () => {
    const claim = () => post(new Uint8Array(3));
    const answers = [];
    for (let at = 0; at < 130; at++) answers.push((await claim()).status);
    expect(new Set(answers)).toEqual(new Set([400, 429]));
    expect(answers.at(-1)).toBe(429);
    nowMs += 60_000;
    expect((await claim()).status).toBe(400);
  });
});

describe('somebody in between', () => {
  it('who does not know the code gets nowhere, on either side', async () => {
    const { invitation } = await offer();
    const [tablet, own] = [await anyDevice(), await anyDevice()];
    const parsed = parseInvitation(invitation);
    if (!parsed.ok) throw new Error(parsed.error);
    const started = startEnrolment({ ...parsed.value, hashes: null }, tablet.publicKey, 0);
    const { proof } = await makeClaim(started, null);
    const swapped = await post(encodeClaim({ tablet: own.publicKey, proof, boundTo: null }));
    expect(swapped.status).toBe(403);
  });

  it('who knows it shows the tablet other digits than the manager sees, however often it tries', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, invitation } = await offer();
      const parsed = parseInvitation(invitation);
      if (!parsed.ok) throw new Error(parsed.error);
      const { code, origin } = parsed.value;
      const [tablet, own] = [await anyDevice(), await anyDevice()];
      // Towards the server it is the tablet, towards the tablet, whose code was typed by hand, it is the server.
      await claimOver(server, invitation, own);
      const identity = { key: own.publicKey.bytes, rootHash: parsed.value.rootHash };
      const answer = { server: identity, proof: await serverProof(code, identity) };
      const typed = await takeAnswer(
        startEnrolment({ origin, code, hashes: null }, tablet.publicKey, 0),
        answer,
        0,
      );
      if (!typed.ok) throw new Error(typed.error);
      const { json } = await ask('GET', `${ENROLMENTS}/${id}`);
      expect((json as { digits: string }).digits).not.toBe(typed.value.digits);
      const refused = await ask('POST', `${ENROLMENTS}/${id}/confirm`, { digits: typed.value.digits });
      expect(refused.json).toEqual({ error: 'enrolment-other-digits' });
      // A QR code names the server's key beforehand.
      const scanned = await takeAnswer(
        startEnrolment({ origin, code, hashes: parsed.value }, tablet.publicKey, 0),
        answer,
        0,
      );
      expect(scanned).toEqual({ ok: false, error: 'server-other-key' });
    }
  });
});

describe('GET /api/enrolments/open', () => {
  it('gives nothing where the server is in service', async () => {
    const answer = await fetch(`${server.origin}/api/enrolments/open`);
    expect(await answer.json()).toEqual({ invitation: null });
  });

  it('gives a fresh code that confirms itself where the server is for trying things out', async () => {
    const station = await createTestStation(NOW_MS / 1000);
    const demo = await startTestServer({ station, isEnrolmentOpen: true, nowMs: () => NOW_MS });
    try {
      const open = async () => {
        const answer = await fetch(`${demo.origin}/api/enrolments/open`);
        return ((await answer.json()) as { invitation: string }).invitation;
      };
      const [first, second] = [await open(), await open()];
      expect(first).not.toBe(second);
      const { claimed, word } = await claimOver(demo, first, await anyDevice());
      if (claimed === null) throw new Error('refused');
      const answer = await word();
      const enrolled = await takeEnrolled(
        claimed,
        new Uint8Array(await answer.arrayBuffer()),
        await chooseEngine(),
      );
      expect(enrolled).toMatchObject({ ok: true, value: { gate: GATE, epoch: 1 } });
    } finally {
      await demo.close();
    }
  });
});
