// Tablets, every key that ever spoke for one, and the nonces of their requests. Keys stay for good: batches and the audit
// are verified by them.

export const DEVICES = `
CREATE TABLE device (
  site_id text NOT NULL,
  device_id text NOT NULL,
  gate text NOT NULL,
  epoch integer NOT NULL,
  current_key_id text NOT NULL,
  next_key_id text,
  enrolled_at timestamptz NOT NULL,
  last_seen_at timestamptz,
  revoked_at timestamptz,
  -- 'none', 'ordered' at its next contact, 'done' by its own word.
  wipe text NOT NULL,
  is_pin_reset_ordered boolean NOT NULL,
  PRIMARY KEY (site_id, device_id)
);

-- key_id: 128 bits of SHA-256 of the key, in hexadecimal.
CREATE TABLE device_key (
  site_id text NOT NULL,
  key_id text NOT NULL,
  device_id text NOT NULL,
  public_key bytea NOT NULL,
  since_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, key_id)
);
CREATE INDEX device_key_of_device ON device_key (site_id, device_id);

CREATE TABLE request_nonce (
  site_id text NOT NULL,
  key_id text NOT NULL,
  nonce bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, key_id, nonce)
);
CREATE INDEX request_nonce_by_end ON request_nonce (expires_at);
`;
