// What a caller can meet is a value, not an exception: a plain object that crosses workers, IndexedDB and JSON.

export type Result<T, E> = Ok<T> | Refused<E>;
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Refused<E> {
  readonly ok: false;
  readonly error: E;
}

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });
export const refused = <const E>(error: E): Refused<E> => ({ ok: false, error });

/** Closes a switch over a union: a case that was forgotten does not compile, and throws if data lied about its type. */
export function assertNever(value: never): never {
  throw new Error(`not a case of this union: ${JSON.stringify(value)}`);
}
