// Enrolments under way, over a restart too. A code is kept until it is used, and its end is known from the beginning.

export const ENROLMENTS = `
CREATE TABLE enrolment (
  site_id text NOT NULL,
  id text NOT NULL,
  gate text NOT NULL,
  -- 'offered', 'claimed', 'confirmed'
  kind text NOT NULL,
  -- Null once it was confirmed.
  code bytea,
  expires_at timestamptz NOT NULL,
  -- Confirms itself once it is claimed: for trying things out.
  is_open boolean NOT NULL,
  -- From the claim on: the tablet's key, the proof that it sent, the digits that both show.
  tablet_key bytea,
  proof bytea,
  digits text,
  device_id text,
  epoch integer,
  PRIMARY KEY (site_id, id)
);
CREATE INDEX enrolment_by_key ON enrolment (tablet_key);
`;
