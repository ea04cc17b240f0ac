/**
 * Stored credentials: what an initial access token grants beyond its uses, API keys, service accounts. `terms` is JSON:
 * what nobody searches for. Last use is a column of its own, because it is written without the rest.
 */
export const credentials = `
ALTER TABLE initial_access_tokens ADD COLUMN terms TEXT;
ALTER TABLE initial_access_tokens ADD COLUMN last_used_at INTEGER;
ALTER TABLE initial_access_tokens ADD COLUMN revoked_at INTEGER;

CREATE TABLE api_keys (
  key INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  terms TEXT NOT NULL,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE service_accounts (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  name ANY NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  terms TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
`
