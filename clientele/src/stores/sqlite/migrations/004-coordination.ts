/** How far readers of the audit trail have come, and who does what only one may do. Times are milliseconds. */
export const coordination = `
CREATE TABLE cursors (
  name ANY PRIMARY KEY NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  name ANY PRIMARY KEY NOT NULL,
  holder ANY NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
