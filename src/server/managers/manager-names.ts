// How managers may be called: what they type to sign in, the same in upper and lower case.

/** Null for what is no name: 2 to 64 letters, digits, and between them spaces and . _ @ + - too. */
export function parseManagerName(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > 200) return null;
  const name = text.normalize('NFKC').trim().toLowerCase();
  return /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+-]{0,62}[\p{L}\p{M}\p{N}]$/u.test(name) ? name : null;
}
