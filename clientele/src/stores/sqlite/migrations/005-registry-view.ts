/**
 * What other authorization servers read, with the columns that the PostgreSQL store has: no secret, no token, no sealed copy,
 * and nothing of deleted clients. The server locks its database, so this is read in a copy of it.
 */
export const registryView = `
CREATE VIEW client_registry AS
  SELECT
    id AS client_id,
    'active' AS status,
    revision,
    json_extract(record, '$.granted') AS metadata,
    (
      SELECT json_group_array(
        json_object('hash', json_extract(value, '$.hash'), 'expires_at', json_extract(value, '$.expiresAt'))
      )
      FROM json_each(record, '$.secrets')
    ) AS secret_hashes
  FROM clients
  WHERE record IS NOT NULL;
`
