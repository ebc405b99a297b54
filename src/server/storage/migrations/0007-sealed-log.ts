// What a server keeps of the sealed log beside its envelopes. Nothing here tells what a record holds, but `sighting`, which
// lives as long as its day's pseudonym key.

export const SEALED_LOG = `
-- Whole minutes since 1970; null: not on shift.
ALTER TABLE device_head ADD COLUMN shift_since bigint;

-- What the tablet signed of each batch, and the receipt it was given. from_seq 0: a receipt that the tablet showed.
CREATE TABLE batch (
  site_id text NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  from_seq integer NOT NULL,
  to_seq integer NOT NULL,
  envelopes_hash bytea NOT NULL,
  signed bytea NOT NULL,
  receipt bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, device_id, epoch, from_seq, envelopes_hash)
);

-- The current days' pseudonyms. Dropped with their key; belongs in no backup.
CREATE TABLE sighting (
  site_id text NOT NULL,
  day date NOT NULL,
  pseudonym bytea NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  seq integer NOT NULL,
  minute bigint NOT NULL,
  gate text NOT NULL,
  direction text NOT NULL,
  received_at bigint NOT NULL,
  PRIMARY KEY (site_id, day, pseudonym, device_id, epoch, seq)
);
CREATE INDEX sighting_by_arrival ON sighting (site_id, received_at);

-- The same pass, the same way, at two tablets within the policy's window. The id is random: no row leads to a record.
CREATE TABLE duplicate (
  site_id text NOT NULL,
  day date NOT NULL,
  id uuid NOT NULL,
  minute bigint NOT NULL,
  gate text NOT NULL,
  other_minute bigint NOT NULL,
  other_gate text NOT NULL,
  direction text NOT NULL,
  PRIMARY KEY (site_id, day, id)
);

-- kind 'unopened': what = why. kind 'own-key': what = gate.
CREATE TABLE tally (
  site_id text NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  what text NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (site_id, day, kind, what)
);

-- Locked while duplicates of a site are looked for: of two batches at once, the later one sees the earlier one's sightings.
CREATE TABLE site_turn (
  site_id text NOT NULL PRIMARY KEY
);
`;
