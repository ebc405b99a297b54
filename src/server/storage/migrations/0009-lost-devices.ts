// Ids of tablets that were lost with a database that was set back, and under which id each was enrolled anew: what it had
// not sent yet is verified by the keys it has now.

export const LOST_DEVICES = `
CREATE TABLE lost_device (
  site_id text NOT NULL,
  device_id text NOT NULL,
  owner_id text NOT NULL,
  PRIMARY KEY (site_id, device_id)
);
`;
