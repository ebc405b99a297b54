// Who may use the console, and who looked at what. A manager is one of the whole server: its rows have the site '*', and so
// has an owner's role. No address of anybody is kept.

export const MANAGERS = `
-- password: a PHC string; null for who signs in by a passkey only.
CREATE TABLE manager (
  site_id text NOT NULL,
  manager_id text NOT NULL,
  name text NOT NULL,
  password text,
  joined_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, manager_id),
  UNIQUE (site_id, name)
);

-- role: 'viewer' or 'manager' of the site, 'owner' of '*'.
CREATE TABLE manager_role (
  site_id text NOT NULL,
  manager_id text NOT NULL,
  role text NOT NULL,
  PRIMARY KEY (site_id, manager_id)
);
CREATE INDEX manager_role_of_manager ON manager_role (manager_id);

CREATE TABLE passkey (
  site_id text NOT NULL,
  credential_id text NOT NULL,
  manager_id text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  -- By what ways it was reached, separated by commas; the browser asks by these.
  transports text NOT NULL,
  PRIMARY KEY (site_id, credential_id)
);

-- A link by which somebody joins with these roles (JSON), or, with manager_id, chooses a password or passkey anew.
CREATE TABLE manager_invitation (
  site_id text NOT NULL,
  token_hash bytea NOT NULL,
  roles text NOT NULL,
  manager_id text,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, token_hash)
);

CREATE TABLE manager_session (
  site_id text NOT NULL,
  token_hash bytea NOT NULL,
  manager_id text NOT NULL,
  begun_at timestamptz NOT NULL,
  used_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, token_hash)
);

-- What a passkey is asked to sign, once. purpose: 'sign-in', or 'join ' and the hash of an invitation.
CREATE TABLE passkey_challenge (
  site_id text NOT NULL,
  challenge text NOT NULL,
  purpose text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, challenge)
);

-- The first time in a minute that somebody used a route; site_id '*' for routes of no site.
CREATE TABLE access_line (
  site_id text NOT NULL,
  minute timestamptz NOT NULL,
  manager_id text NOT NULL,
  method text NOT NULL,
  route text NOT NULL,
  PRIMARY KEY (site_id, minute, manager_id, method, route)
);
`;
