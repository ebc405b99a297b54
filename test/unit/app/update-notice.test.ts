// Every path of an update ends: in the new version, or in the old one still at work.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createUpdateNotice } from '../../../src/app/parts/update-notice.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class Worker extends EventTarget {
  state = 'installing';
  readonly messages: unknown[] = [];
  postMessage(message: unknown): void {
    this.messages.push(message);
  }
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

class Registration extends EventTarget {
  waiting: Worker | null = null;
  installing: Worker | null = null;
  update = async (): Promise<void> => undefined;
}

class Container extends EventTarget {
  controller: object | null = {};
  constructor(readonly registration: Registration | null) {
    super();
  }
  async register(): Promise<Registration> {
    if (this.registration === null) throw new TypeError('no service worker here');
    return this.registration;
  }
}

async function notice(container: Container | undefined) {
  const seen = { ready: 0, reloads: 0 };
  const update = createUpdateNotice(container as unknown as ServiceWorkerContainer | undefined, () => {
    seen.reloads += 1;
  });
  update.onReady(() => {
    seen.ready += 1;
  });
  await vi.advanceTimersByTimeAsync(0);
  return { update, seen };
}

function waitingRegistration(): Registration {
  const registration = new Registration();
  registration.waiting = new Worker();
  return registration;
}

describe('a new version', () => {
  test('that already waits is told, also to who asks later', async () => {
    const { update, seen } = await notice(new Container(waitingRegistration()));
    expect(seen.ready).toBe(1);
    update.onReady(() => {
      seen.ready += 1;
    });
    expect(seen.ready).toBe(2);
  });

  test('found while the page is open is told when it is installed', async () => {
    const registration = new Registration();
    const { seen } = await notice(new Container(registration));
    registration.installing = new Worker();
    registration.dispatchEvent(new Event('updatefound'));
    expect(seen.ready).toBe(0);
    registration.installing.become('installed');
    expect(seen.ready).toBe(1);
  });

  test('the first of all is no update', async () => {
    const container = new Container(waitingRegistration());
    container.controller = null;
    const { seen } = await notice(container);
    container.controller = {};
    container.dispatchEvent(new Event('controllerchange'));
    expect(seen.ready).toBe(0);
    container.dispatchEvent(new Event('controllerchange'));
    expect(seen.ready).toBe(1);
  });
});

describe('taking it', () => {
  test('asks the waiting worker, and reloads once it controls the page', async () => {
    const registration = waitingRegistration();
    const container = new Container(registration);
    const { update, seen } = await notice(container);
    update.take();
    update.take();
    expect(registration.waiting?.messages).toEqual([{ kind: 'take-over' }]);
    expect(seen.reloads).toBe(0);
    container.dispatchEvent(new Event('controllerchange'));
    container.dispatchEvent(new Event('controllerchange'));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen.reloads).toBe(1);
  });

  test('reloads after 10 s when the new worker never activates', async () => {
    const { update, seen } = await notice(new Container(waitingRegistration()));
    update.take();
    await vi.advanceTimersByTimeAsync(9999);
    expect(seen.reloads).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.reloads).toBe(1);
  });

  test('reloads at once when nothing waits any more', async () => {
    const registration = waitingRegistration();
    const { update, seen } = await notice(new Container(registration));
    registration.waiting = null;
    update.take();
    expect(seen.reloads).toBe(1);
  });

  test('by another tab does not reload this one before it is told to', async () => {
    const container = new Container(new Registration());
    const { update, seen } = await notice(container);
    container.dispatchEvent(new Event('controllerchange'));
    expect(seen).toEqual({ ready: 1, reloads: 0 });
    update.take();
    expect(seen.reloads).toBe(1);
  });

  test('does nothing when nothing is ready', async () => {
    const { update, seen } = await notice(new Container(new Registration()));
    update.take();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen.reloads).toBe(0);
  });
});

/** As service workers that are blocked from outside answer. */
class BlockedContainer extends Container {
  constructor() {
    super(null);
  }
  override register = async () => undefined as unknown as Registration;
}

test.each([
  ['a browser without service workers', undefined],
  ['a page that may not register one', new Container(null)],
  ['a page whose registration comes to nothing', new BlockedContainer()],
])('%s works on', async (_name, container) => {
  const { update, seen } = await notice(container);
  update.take();
  expect(seen).toEqual({ ready: 0, reloads: 0 });
});
