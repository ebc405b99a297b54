// The enrolment of a tablet against a server that really claims, confirms and signs: how it goes well, each way it ends
// otherwise, and that a kill at any operation leaves a tablet that goes on.

import { describe, expect, test } from 'vitest';
import { type House, Killed, ORIGIN, openHouse, START_SECONDS } from './enrolment-house.ts';

/** The manager confirms while the tablet waits. */
const confirmWhenClaimed = (house: House) => {
  house.onWait = async () => {
    house.nowSeconds += 2;
    if (house.enrolment.kind === 'claimed') await house.confirm();
  };
};

describe('enrols', () => {
  test.each(['scanned', 'typed'] as const)('by a code that was %s', async (kind) => {
    const house = await openHouse();
    confirmWhenClaimed(house);
    const desk = house.open();
    const seen: string[] = [];
    desk.subscribe((state) => seen.push(state.kind));
    await desk.begin(await house.invited(kind));
    expect(desk.state).toEqual({ kind: 'done', gate: 'east' });
    expect([...new Set(seen)]).toEqual(['idle', 'asking', 'claimed', 'done']);
    expect(house.disk.identity?.confirmed).toMatchObject({ site: 'lindenhof', gate: 'east', epoch: 1 });
    expect(house.disk.enrolment).toBeNull();
  });

  test('shows the digits that the server knows', async () => {
    const house = await openHouse();
    const desk = house.open();
    house.onWait = async () => {
      const { enrolment } = house;
      if (enrolment.kind !== 'claimed') return;
      expect(desk.state).toMatchObject({ kind: 'claimed', digits: enrolment.digits });
      await house.confirm();
    };
    await desk.begin(await house.invited());
    expect(desk.state.kind).toBe('done');
  });

  test('over a network that comes and goes, and says when it is not there', async () => {
    const house = await openHouse();
    house.isOffline = true;
    const reached: boolean[] = [];
    const desk = house.open();
    desk.subscribe((state) => 'isReached' in state && reached.push(state.isReached));
    let waits = 0;
    house.onWait = async () => {
      house.nowSeconds += 2;
      house.isOffline = ++waits % 3 === 0;
      if (house.enrolment.kind === 'claimed' && waits > 6) await house.confirm();
    };
    await desk.begin(await house.invited());
    expect(desk.state.kind).toBe('done');
    expect(reached).toContain(false);
  });

  test('though a login page answered 200 to everything for a while', async () => {
    const house = await openHouse();
    let isPortal = true;
    house.bend = (_question, answer) =>
      isPortal && answer.kind === 'answer'
        ? { ...answer, status: 200, body: new TextEncoder().encode('<html>') }
        : answer;
    const desk = house.open();
    house.onWait = async () => {
      isPortal = false;
      if (desk.state.kind === 'claimed') await house.confirm();
    };
    await desk.begin(await house.invited());
    expect(desk.state.kind).toBe('done');
  });
});

describe('ends, with its reason and nothing left behind', () => {
  const endOf = async (prepare: (house: House) => void | Promise<void>) => {
    const house = await openHouse();
    await prepare(house);
    const desk = house.open();
    await desk.begin(await house.invited());
    expect(house.disk.enrolment).toBeNull();
    expect(house.disk.identity).toBeNull();
    return desk.state.kind === 'ended' ? desk.state.end : desk.state;
  };

  test('when the server takes no such code', async () => {
    const end = await endOf((house) => {
      house.enrolment = { ...house.enrolment, code: new Uint8Array(16) } as House['enrolment'];
    });
    expect(end).toEqual({ why: 'refused', boundTo: null });
  });

  test('when records of another site wait, whose name it says', async () => {
    const end = await endOf((house) => {
      house.disk.waitingOf = 'elsewhere';
    });
    expect(end).toEqual({ why: 'refused', boundTo: 'elsewhere' });
  });

  test('when nobody confirms within ten minutes', async () => {
    expect(await endOf(() => undefined)).toEqual({ why: 'expired' });
  });

  test('when no server is reached within ten minutes', async () => {
    const end = await endOf((house) => {
      house.isOffline = true;
    });
    expect(end).toEqual({ why: 'expired' });
  });

  test('when the manager took the offer back', async () => {
    const end = await endOf((house) => {
      house.bend = (question, answer) =>
        question === 'word' && answer.kind === 'answer' ? { ...answer, status: 403 } : answer;
    });
    expect(end).toEqual({ why: 'refused', boundTo: null });
  });

  test('when another server answers', async () => {
    const other = await openHouse();
    const stranger = await other.invited();
    const house = await openHouse();
    const desk = house.open();
    const hashes = {
      serverKeyHash: new Uint8Array(32),
      rootHash: stranger.hashes?.rootHash ?? new Uint8Array(32),
    };
    await desk.begin({ ...(await house.invited()), hashes });
    expect(desk.state).toEqual({ kind: 'ended', end: { why: 'wrong-server', code: 'server-other-key' } });
    expect(house.disk.enrolment).toBeNull();
  });

  test('when the code is of another address, and asks nobody', async () => {
    const house = await openHouse();
    const desk = house.open();
    const origin = { text: 'https://other.example', authority: 'other.example' };
    await desk.begin({ ...(await house.invited()), origin });
    expect(desk.state).toEqual({ kind: 'ended', end: { why: 'other-origin', origin: origin.text } });
    expect(house.operations).toBe(0);
    expect(ORIGIN).not.toBe(origin.text);
  });
});

test('a cancel in the middle leaves nothing, and what comes after it changes nothing', async () => {
  const house = await openHouse();
  const desk = house.open();
  house.onWait = async () => {
    if (house.enrolment.kind === 'claimed') {
      await house.confirm();
      await desk.cancel();
    }
  };
  await desk.begin(await house.invited());
  expect(desk.state.kind).toBe('idle');
  expect([house.disk.enrolment, house.disk.identity]).toEqual([null, null]);
});

test('a second try of the same code is the same tablet to the server', async () => {
  const house = await openHouse();
  const first = house.open();
  house.onWait = async () => {
    if (first.state.kind === 'claimed') await first.cancel();
  };
  await first.begin(await house.invited());
  confirmWhenClaimed(house);
  const second = house.open();
  await second.begin(await house.invited());
  expect(second.state.kind).toBe('done');
});

test('killed at any operation, before it or after it, the tablet goes on and ends enrolled once', async () => {
  const whole = await openHouse();
  confirmWhenClaimed(whole);
  await whole.open().begin(await whole.invited());
  expect(whole.operations).toBeGreaterThan(5);
  for (let at = 1; at <= whole.operations; at++) {
    for (const when of ['before', 'after'] as const) {
      const house = await openHouse();
      confirmWhenClaimed(house);
      house.kill = { at, when };
      const died = await house
        .open()
        .begin(await house.invited())
        .then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
      expect(died, `${when} ${at}`).toBe(true);
      house.kill = null;
      // What a page does at its next opening; before anything was stored, the guard reads the code again.
      const desk = house.open();
      await desk.resume();
      if (house.disk.identity === null) await desk.begin(await house.invited());
      expect(house.disk.identity?.confirmed.device, `${when} ${at}`).toBe('d'.repeat(32));
      expect(house.disk.enrolment, `${when} ${at}`).toBeNull();
      expect(house.disk.finished, `${when} ${at}`).toBe(1);
      expect(house.nowSeconds).toBeLessThan(START_SECONDS + 600);
    }
  }
});
