/**
 * What registrations count against, and what clients are found by. A registration that counts against nothing and has no
 * terms writes to neither. `client_terms` has a row for each term of each client that is not deleted.
 */
export const budgets = `
CREATE TABLE budgets (
  key ANY PRIMARY KEY NOT NULL,
  used INTEGER NOT NULL CHECK (used > 0),
  window_ends INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX budgets_by_end ON budgets (window_ends) WHERE window_ends IS NOT NULL;

CREATE TABLE client_terms (
  term ANY NOT NULL,
  key INTEGER NOT NULL,
  PRIMARY KEY (term, key)
) STRICT, WITHOUT ROWID;
`
