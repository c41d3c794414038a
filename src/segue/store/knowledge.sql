-- Statements of the knowledge room: documents, their versions and passages.

-- name: state
-- Which library this is, and its revision: it rises with every change.
SELECT identity, (SELECT coalesce(max(revision), 0) FROM documents) FROM library;

-- name: current
-- The version of each document whose file was there at the last ingest.
SELECT path, sha256, reading FROM documents WHERE closed_at IS NULL;

-- name: articles
-- Every document whose file is there and which holds at :now, by path.
SELECT path, title, audience FROM documents
WHERE closed_at IS NULL AND coalesce(valid_from, :now) <= :now AND coalesce(valid_to, :now + 1) > :now
ORDER BY path;

-- name: text
-- The passages of one of them, in order.
SELECT p.heading, p.text FROM passages p JOIN documents d ON d.id = p.document
WHERE d.path = :path AND d.closed_at IS NULL
ORDER BY p.start, p.id;

-- name: counts
-- Documents whose file is there, and their passages.
SELECT count(DISTINCT d.id), count(p.id)
FROM documents d LEFT JOIN passages p ON p.document = d.id
WHERE d.closed_at IS NULL;

-- name: next_revision
SELECT coalesce(max(revision), 0) + 1 FROM documents;

-- name: find_current
SELECT id, sha256 FROM documents WHERE path = :path AND closed_at IS NULL;

-- name: is_known
SELECT EXISTS (SELECT 1 FROM documents WHERE path = :path);

-- name: end_validity
-- No version of a path holds any longer than to the moment at which another one begins.
UPDATE documents SET valid_to = :moment, revision = :revision
WHERE path = :path AND (valid_to IS NULL OR valid_to > :moment);

-- name: close
UPDATE documents SET closed_at = :now, revision = :revision WHERE path = :path AND closed_at IS NULL;

-- name: add
INSERT INTO documents (path, title, language, audience, sha256, reading, valid_from, valid_to, added_at, revision)
VALUES (:path, :title, :language, :audience, :sha256, :reading, :valid_from, :valid_to, :now, :revision)
RETURNING id;

-- name: reread
-- The same file, read by newer rules.
UPDATE documents SET title = :title, language = :language, audience = :audience, reading = :reading, revision = :revision
WHERE id = :id;

-- name: drop_passages
DELETE FROM passages WHERE document = :id;

-- name: add_passage
INSERT INTO passages (document, heading, start, "end", text) VALUES (?, ?, ?, ?, ?);

-- name: changed
-- Documents to bring up to date in an index of revision :after.
SELECT id FROM documents WHERE revision > :after ORDER BY id;

-- name: to_index
-- The passages of some documents with what an index needs to know of them.
SELECT d.id, p.id, d.title, p.heading, p.text, d.audience, d.valid_from, d.valid_to
FROM documents d JOIN passages p ON p.document = d.id
WHERE d.id IN (SELECT value FROM json_each(:ids))
ORDER BY p.id;

-- name: passages
-- Some passages, with the version of the document that they are of.
SELECT p.id, d.path, d.title, p.heading, p.start, p."end", p.text, d.sha256
FROM passages p JOIN documents d ON d.id = p.document
WHERE p.id IN (SELECT value FROM json_each(:ids));
