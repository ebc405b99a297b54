// Who is shown at a site, and that a change of role here leaves the roles elsewhere as they are.

import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../src/app/console/ask-server.ts';
import { problemOf } from '../../../src/app/console/ask-server.ts';
import { createLoaded, shownIn } from '../../../src/app/console/loaded.ts';
import {
  createPeopleModel,
  type ListedPerson,
  peopleAt,
  type Roles,
  withRole,
} from '../../../src/app/console/people-model.ts';
import { type ListedTablet, sortTablets } from '../../../src/app/console/tablets-model.ts';
import { ok, type Result, refused } from '../../../src/core/result.ts';

const person = (name: string, roles: Roles): ListedPerson => ({
  manager: name,
  name,
  roles,
  hasPassword: true,
  passkeys: 0,
  joinedAtSeconds: 1,
});

const HERE = { isOwner: false, sites: [{ site: 'north', role: 'viewer' }] } as const;
const BOTH = { isOwner: false, sites: [...HERE.sites, { site: 'south', role: 'manager' }] } as const;
const OWNER = { isOwner: true, sites: [] } as const;

describe('withRole', () => {
  it.each([
    ['manager', { isOwner: false, sites: [BOTH.sites[1], { site: 'north', role: 'manager' }] }],
    [null, { isOwner: false, sites: [BOTH.sites[1]] }],
    ['owner', OWNER],
  ] as const)('%s', (role, roles) => {
    expect(withRole(BOTH, 'north', role)).toEqual(roles);
  });
});

describe('peopleAt', () => {
  it('has owners and who has a role there, by name', () => {
    const elsewhere = person('cleo', { isOwner: false, sites: [{ site: 'south', role: 'viewer' }] });
    const people = [person('bo', HERE), elsewhere, person('ada', OWNER)];
    expect(peopleAt(people, 'north').map(({ name }) => name)).toEqual(['ada', 'bo']);
  });
});

describe('createPeopleModel', () => {
  it('shows a link once, and forgets it', async () => {
    const ask: Ask = async () =>
      ok({ json: { link: 'https://gate.test/#join=1', expiresSeconds: 9 }, etag: null });
    const model = createPeopleModel('north', ask);
    await model.invite('viewer');
    expect(model.link.value).toMatchObject({ link: 'https://gate.test/#join=1', expiresSeconds: 9 });
    model.hideLink();
    expect(model.link.value).toBeNull();
  });

  it('keeps the refusal of an invitation, and shows no link', async () => {
    const model = createPeopleModel('north', async () => refused(problemOf('not-yours-to-give')));
    await model.invite('owner');
    expect(model.link.value).toBeNull();
    expect(model.doing.problem.value?.code).toBe('not-yours-to-give');
  });
});

describe('createLoaded', () => {
  it('keeps what it knew while the server is away, and says that it is old', async () => {
    let answer: Result<number, ReturnType<typeof problemOf>> = ok(1);
    const loaded = createLoaded(async () => answer);
    await loaded.refresh();
    answer = refused(problemOf('unreachable'));
    await loaded.refresh();
    expect(loaded.state.value).toMatchObject({ kind: 'shown', value: 1, trouble: { code: 'unreachable' } });
  });

  it('lets the answer stand that was asked for last, in whatever order they come', async () => {
    const answers: ((value: number) => void)[] = [];
    const loaded = createLoaded<number>(
      () => new Promise((resolve) => answers.push((value) => resolve(ok(value)))),
    );
    const both = [loaded.refresh(), loaded.refresh()];
    answers[1]?.(2);
    answers[0]?.(1);
    await Promise.all(both);
    expect(shownIn(loaded)).toBe(2);
  });
});

describe('sortTablets', () => {
  it('puts those in service first, by the order of gates, and the newest of the others next', () => {
    const tablet = (device: string, gate: string, rest: Partial<ListedTablet> = {}): ListedTablet => ({
      ...{ device, gate, epoch: 1, state: 'in-service', enrolledAt: 1, keySince: 1 },
      ...{ lastSeenAt: null, revokedAt: null, isPinResetOrdered: false },
      ...rest,
    });
    const tablets = [
      tablet('old', 'east', { state: 'revoked', enrolledAt: 3 }),
      tablet('new', 'east', { state: 'wiped', enrolledAt: 7 }),
      tablet('b', 'west'),
      tablet('stray', 'gone'),
      tablet('a', 'east', { state: 'leaving' }),
    ];
    const sorted = sortTablets(tablets, [{ id: 'east' }, { id: 'west' }]);
    expect(sorted.map(({ device }) => device)).toEqual(['a', 'b', 'stray', 'new', 'old']);
  });
});
