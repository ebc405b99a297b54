// A way to say which passes are revoked, as a tablet would hold it.

export interface Contestant {
  readonly name: string;
  /** What a tablet fetches. */
  readonly sentBytes: number;
  /** What it keeps in memory to look things up. */
  readonly heldBytes: number;
  /** `place`: list * 2^20 + index. */
  isRevoked(place: number): boolean;
}
