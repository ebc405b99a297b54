// Names of sites, gates and issuers: lower-case letters, digits and dashes, safe in a path, a key and a log line.

/** At most this long, so that every record fits its one size. */
export const MAX_ID_BYTES = 24;

export const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,23}$/.test(value);
