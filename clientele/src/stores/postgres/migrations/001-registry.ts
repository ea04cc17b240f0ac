/**
 * The first schema. Every table has one key: text for what has a name, an integer that grows for what we count. What is
 * searched, counted, compared or read by others is a column; all else is JSON as text, because `jsonb` refuses characters
 * that JSON has. Keys are compared byte by byte (`COLLATE "C"`): faster, and the same on every operating system.
 *
 * Rows of `clients`, `client_terms`, `artifacts` and `audit` can be spread over machines by the column in front of their
 * primary key; nothing refers to anything by a foreign key, and no number comes from the database.
 */
export const registry = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.clients (
    key TEXT COLLATE "C" PRIMARY KEY,
    revision BIGINT NOT NULL,
    status TEXT NOT NULL,
    granted TEXT,
    secret_hashes TEXT,
    record TEXT
  )`,
  `CREATE TABLE ${schema}.client_terms (
    key TEXT COLLATE "C" PRIMARY KEY,
    client_key TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL
  )`,
  `CREATE INDEX client_terms_by_term ON ${schema}.client_terms (term, client_key)`,
  `CREATE TABLE ${schema}.initial_access_tokens (
    key BIGINT PRIMARY KEY,
    record TEXT NOT NULL,
    uses_left BIGINT CHECK (uses_left >= 0),
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
  )`,
  `CREATE TABLE ${schema}.api_keys (
    key BIGINT PRIMARY KEY,
    record TEXT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
  )`,
  `CREATE TABLE ${schema}.service_accounts (
    key TEXT COLLATE "C" PRIMARY KEY,
    position BIGINT NOT NULL,
    record TEXT NOT NULL,
    last_used_at BIGINT
  )`,
  `CREATE INDEX service_accounts_by_position ON ${schema}.service_accounts (position, key)`,
  `CREATE TABLE ${schema}.budgets (
    key TEXT COLLATE "C" PRIMARY KEY,
    used BIGINT NOT NULL CHECK (used >= 0),
    window_ends BIGINT
  )`,
  `CREATE INDEX budgets_by_end ON ${schema}.budgets (window_ends) WHERE window_ends IS NOT NULL`,
  `CREATE TABLE ${schema}.artifacts (
    key TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    record TEXT NOT NULL,
    grant_id TEXT COLLATE "C",
    uid TEXT COLLATE "C",
    user_code TEXT COLLATE "C",
    expires_at BIGINT,
    consumed_at BIGINT
  )`,
  `CREATE INDEX artifacts_by_grant ON ${schema}.artifacts (grant_id) WHERE grant_id IS NOT NULL`,
  `CREATE INDEX artifacts_by_uid ON ${schema}.artifacts (uid) WHERE uid IS NOT NULL`,
  `CREATE INDEX artifacts_by_user_code ON ${schema}.artifacts (user_code) WHERE user_code IS NOT NULL`,
  `CREATE INDEX artifacts_by_expiry ON ${schema}.artifacts (expires_at) WHERE expires_at IS NOT NULL`,
  `CREATE TABLE ${schema}.accounts (key TEXT COLLATE "C" PRIMARY KEY, record TEXT NOT NULL)`,
  `CREATE TABLE ${schema}.account_emails (key TEXT COLLATE "C" PRIMARY KEY, account_key TEXT COLLATE "C" NOT NULL)`,
  `CREATE TABLE ${schema}.signing_keys (
    key TEXT COLLATE "C" PRIMARY KEY,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    record TEXT NOT NULL
  )`,
  `CREATE TABLE ${schema}.audit (
    subject TEXT COLLATE "C" NOT NULL,
    key BIGINT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (subject, key)
  )`,
  `CREATE INDEX audit_by_key ON ${schema}.audit (key)`,
  `CREATE TABLE ${schema}.instances (number BIGINT PRIMARY KEY, holder TEXT NOT NULL, claimed_at BIGINT NOT NULL)`,
  `CREATE TABLE ${schema}.locks (name TEXT PRIMARY KEY)`,
  `INSERT INTO ${schema}.locks (name) VALUES ('feed')`,
  `CREATE TABLE ${schema}.authorization_locks (name TEXT PRIMARY KEY)`,
  `INSERT INTO ${schema}.authorization_locks (name) VALUES ('signing_keys')`,
  // Whoever may add to it shall not be able to add what its readers cannot take.
  `CREATE TABLE ${schema}.feed (
    key BIGINT PRIMARY KEY CHECK (key BETWEEN 0 AND 9007199254740991),
    audit_keys TEXT NOT NULL CHECK (length(audit_keys) <= 65536),
    arrived_at BIGINT NOT NULL,
    position BIGINT
  )`,
  `CREATE INDEX feed_by_arrival ON ${schema}.feed (arrived_at, key) WHERE position IS NULL`,
  `CREATE INDEX feed_by_position ON ${schema}.feed (position) WHERE position IS NOT NULL`,
  `CREATE TABLE ${schema}.cursors (key TEXT COLLATE "C" PRIMARY KEY, position TEXT NOT NULL)`,
  ...ownTables(schema, ''),
  ...ownTables(schema, 'authorization_'),
]

/** See `own-table.ts`. */
function ownTables(schema: string, owner: '' | 'authorization_'): readonly string[] {
  return [
    `CREATE TABLE ${schema}.${owner}receipts (
      writer TEXT COLLATE "C" NOT NULL,
      number BIGINT NOT NULL,
      at BIGINT NOT NULL,
      is_fence BOOLEAN NOT NULL,
      PRIMARY KEY (writer, number)
    )`,
    `CREATE TABLE ${schema}.${owner}leases (
      key TEXT COLLATE "C" PRIMARY KEY,
      holder TEXT NOT NULL,
      ends_at BIGINT NOT NULL
    )`,
    `CREATE TABLE ${schema}.${owner}attempts (
      key TEXT COLLATE "C" PRIMARY KEY,
      points BIGINT NOT NULL,
      expire BIGINT
    )`,
    `CREATE INDEX ${owner}attempts_by_expiry ON ${schema}.${owner}attempts (expire)`,
  ]
}
