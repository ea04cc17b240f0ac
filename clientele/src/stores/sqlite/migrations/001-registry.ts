/**
 * The first schema. Names and ids are ANY, because text that UTF-8 cannot hold is stored as bytes (`stored-text.ts`).
 * Columns are what is searched, counted or compared; everything else of a record is JSON.
 * A row of `clients` or `artifacts` with a negative key is found by its name: see `clients.ts`, `artifact-key.ts`.
 */
export const registry = `
CREATE TABLE clients (
  key INTEGER PRIMARY KEY,
  id ANY NOT NULL,
  revision INTEGER NOT NULL,
  record TEXT
) STRICT;
CREATE UNIQUE INDEX clients_by_name ON clients (id) WHERE key < 0;

CREATE TABLE initial_access_tokens (
  key INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  label ANY,
  uses_left INTEGER CHECK (uses_left >= 0),
  expires_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE artifacts (
  key INTEGER PRIMARY KEY,
  kind ANY NOT NULL,
  id ANY NOT NULL,
  hash TEXT,
  payload TEXT NOT NULL,
  client_id ANY,
  grant_id ANY,
  uid ANY,
  user_code ANY,
  expires_at INTEGER,
  consumed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX artifacts_by_name ON artifacts (kind, id) WHERE key < 0;
CREATE INDEX artifacts_by_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX artifacts_by_uid ON artifacts (uid) WHERE uid IS NOT NULL;
CREATE INDEX artifacts_by_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;
CREATE INDEX artifacts_by_expiry ON artifacts (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE accounts (
  id ANY NOT NULL UNIQUE,
  email ANY NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signing_keys (
  position INTEGER PRIMARY KEY,
  kid ANY NOT NULL UNIQUE,
  alg TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  sealed_private_jwk TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER,
  delete_after INTEGER
) STRICT;

CREATE TABLE audit (
  position INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject ANY NOT NULL,
  actor ANY NOT NULL,
  detail TEXT
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject);

CREATE TABLE readiness (
  position INTEGER PRIMARY KEY CHECK (position = 1),
  checks INTEGER NOT NULL
) STRICT;
`
