import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOver, IN_VIEW_MS, noCodes, noteCode, SAME_CODE_MS } from '../../../src/camera/same-code.ts';

/** Notes each look in turn; says which were new. */
function noteAll(looks: readonly (readonly [string, number])[]): boolean[] {
  let seen = noCodes;
  return looks.map(([text, at]) => {
    const noted = noteCode(seen, text, at);
    seen = noted.seen;
    return noted.isNew;
  });
}

describe('the same code', () => {
  it.each([
    [SAME_CODE_MS - 1, false],
    [SAME_CODE_MS, true],
    [SAME_CODE_MS + 1, true],
  ])('again after %d ms: new is %s', (later, isNew) => {
    expect(
      noteAll([
        ['A', 1000],
        ['A', 1000 + later],
      ]),
    ).toEqual([true, isNew]);
  });

  it('is ignored for as long as it stays in view, and 5 seconds more', () => {
    const looks = Array.from({ length: 100 }, (_, at) => ['A', at * 300] as const);
    const last = 99 * 300;
    expect(noteAll([...looks, ['A', last + SAME_CODE_MS]])).toEqual([true, ...Array(99).fill(false), true]);
  });

  it('is ignored while another comes and goes', () => {
    expect(
      noteAll([
        ['A', 0],
        ['B', 100],
        ['A', 200],
        ['B', 300],
        ['C', 400],
        ['A', 500],
      ]),
    ).toEqual([true, true, false, false, true, false]);
  });

  it('that is in view as a pause begins counts as seen all through it', () => {
    const { seen } = noteCode(noCodes, 'A', 1000);
    const after = carryOver(seen, 1000 + IN_VIEW_MS - 1, 60_000);
    expect(noteCode(after, 'A', 60_000 + SAME_CODE_MS - 1).isNew).toBe(false);
    expect(noteCode(after, 'A', 60_000 + SAME_CODE_MS).isNew).toBe(true);
  });

  it('that had left the view before a pause goes on ageing through it', () => {
    const { seen } = noteCode(noCodes, 'A', 1000);
    const after = carryOver(seen, 1000 + IN_VIEW_MS, 1000 + SAME_CODE_MS - 1);
    expect(noteCode(after, 'A', 1000 + SAME_CODE_MS - 1).isNew).toBe(false);
    expect(noteCode(carryOver(seen, 1000 + IN_VIEW_MS, 60_000), 'A', 60_000).isNew).toBe(true);
  });

  it('of one who comes back after others is new, however little was looked between the verdicts', () => {
    let seen = noteCode(noCodes, 'A', 0).seen;
    for (let person = 0, at = 0; person < 10; person++, at += 2000) {
      seen = carryOver(seen, at + 100, at + 1600);
      seen = noteCode(seen, `other ${person}`, at + 1900).seen;
    }
    expect(noteCode(seen, 'A', 20_000).isNew).toBe(true);
  });

  it('is not ignored for ever when the clock goes back', () => {
    expect(
      noteAll([
        ['A', 1_000_000],
        ['A', 10],
      ]),
    ).toEqual([true, true]);
  });

  it('keeps no more than the codes of the last 5 seconds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.nat(3000)), { maxLength: 60 }),
        (steps) => {
          let seen = noCodes;
          let now = 0;
          for (const [text, wait] of steps) {
            now += wait;
            seen = noteCode(seen, text, now).seen;
            expect(new Set(seen.map((code) => code.text)).size).toBe(seen.length);
            expect(seen.every((code) => now - code.lastSeenMs < SAME_CODE_MS)).toBe(true);
          }
        },
      ),
    );
  });
});
