// The sites that this server founded. `edited` is what a manager chose, `signed` what tablets hold; both change together.

export const SITES = `
CREATE TABLE site (
  site_id text NOT NULL,
  edited bytea NOT NULL,
  signed bytea NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (site_id)
);
`;
