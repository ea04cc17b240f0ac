/** What other authorization servers read: no secret, no token, no sealed copy, and nothing of deleted clients. */
export const registryView = (schema: string): readonly string[] => [
  `CREATE VIEW ${schema}.client_registry AS
    SELECT key AS client_id, status, revision, granted AS metadata, secret_hashes
    FROM ${schema}.clients WHERE status <> 'deleted'`,
]
