// Every key begins with site_id. Identity is (site, day, device, epoch, seq); no other number is made up here.

export const FIRST_TABLES = `
-- The last number taken of each tablet's run, and its hash. Locked while a batch is taken.
CREATE TABLE device_head (
  site_id text NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  seq integer NOT NULL,
  hash bytea NOT NULL,
  gate text NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, device_id, epoch)
);

CREATE TABLE hourly (
  site_id text NOT NULL,
  day date NOT NULL,
  gate text NOT NULL,
  direction text NOT NULL,
  hour smallint NOT NULL,
  verdict text NOT NULL,
  reason text NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (site_id, day, gate, direction, hour, verdict, reason)
);

-- What was not taken as a record, kept whole under its own hash.
CREATE TABLE quarantine (
  site_id text NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  seq integer NOT NULL,
  hash bytea NOT NULL,
  kind text NOT NULL,
  why text NOT NULL,
  envelope bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, device_id, epoch, seq, hash)
);

-- kind 'fork': another record under a number that is taken. kind 'gap': numbers first_seq to last_seq never came.
CREATE TABLE alarm (
  site_id text NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  kind text NOT NULL,
  first_seq integer NOT NULL,
  last_seq integer NOT NULL,
  hash bytea NOT NULL,
  raised_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, device_id, epoch, kind, first_seq, hash)
);
`;
