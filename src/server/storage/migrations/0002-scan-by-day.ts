// Records, a table a day; the default table takes the days of wild clocks. See ../scan-partitions.ts.

export const SCAN_BY_DAY = `
CREATE TABLE scan (
  site_id text NOT NULL,
  day date NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  seq integer NOT NULL,
  hash bytea NOT NULL,
  envelope bytea NOT NULL,
  PRIMARY KEY (site_id, day, device_id, epoch, seq)
) PARTITION BY RANGE (day);

CREATE TABLE scan_default PARTITION OF scan DEFAULT;
`;
