// What stays of records whose day was dropped: the server's signed word on each run of numbers.

export const DROPPED_DAYS = `
CREATE TABLE dropped (
  site_id text NOT NULL,
  device_id text NOT NULL,
  epoch integer NOT NULL,
  first_seq integer NOT NULL,
  last_seq integer NOT NULL,
  statement bytea NOT NULL,
  PRIMARY KEY (site_id, device_id, epoch, first_seq)
);
`;
