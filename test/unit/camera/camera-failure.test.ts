import { describe, expect, it } from 'vitest';
import { toCameraFailure } from '../../../src/camera/camera-failure.ts';

describe('what an engine throws, to what a guard meets', () => {
  it.each([
    ['NotAllowedError', 'refused'],
    ['PermissionDeniedError', 'refused'],
    ['SecurityError', 'insecure'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['SomethingNewError', 'busy'],
  ])('%s is %s', (name, kind) => {
    expect(toCameraFailure(new DOMException('the words of the engine', name))).toEqual({
      kind,
      detail: `${name}: the words of the engine`,
    });
  });

  it('keeps what is no error at all', () => {
    expect(toCameraFailure('odd')).toEqual({ kind: 'busy', detail: 'odd' });
  });
});
