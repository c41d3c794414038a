-- Statements of the knowledge room: documents, their versions and passages.

-- name: state
-- Which library this is, and its revision: it rises with every change.
SELECT identity, (SELECT coalesce(max(revision), 0) FROM documents) FROM library;

-- name: current
-- The version of each document of a source that was there at the last ingest.
SELECT path, sha256, reading FROM documents WHERE closed_at IS NULL AND source = :source;

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
INSERT INTO documents
    (path, title, language, audience, sha256, reading, valid_from, valid_to, added_at, revision, source)
VALUES (:path, :title, :language, :audience, :sha256, :reading, :valid_from, :valid_to, :now, :revision, :source)
RETURNING id;

-- name: reread
-- The same file, read by newer rules.
UPDATE documents SET title = :title, language = :language, audience = :audience, reading = :reading, revision = :revision
WHERE id = :id;

-- name: drop_passages
DELETE FROM passages WHERE document = :id;

-- name: add_passage
INSERT INTO passages (document, heading, start, "end", text) VALUES (?, ?, ?, ?, ?);

-- name: drop_text
DELETE FROM texts WHERE document = :id;

-- name: add_text
INSERT INTO texts (document, text) VALUES (:id, :text);

-- name: drop_links
DELETE FROM links WHERE document = :id;

-- name: add_link
INSERT OR IGNORE INTO links (document, target) VALUES (?, ?);

-- name: links
-- Which version points to which, whenever they held.
SELECT l.document, o.id FROM links l JOIN documents o ON o.path = l.target WHERE o.id <> l.document;

-- name: source_text
-- The stored text of the newest version of a document that has one.
SELECT t.text FROM texts t JOIN documents d ON d.id = t.document WHERE d.path = :path ORDER BY d.id DESC LIMIT 1;

-- name: source_text_of_version
SELECT t.text FROM texts t JOIN documents d ON d.id = t.document WHERE d.path = :path AND d.sha256 = :sha256
ORDER BY d.id DESC LIMIT 1;

-- name: titles
-- The versions that a filter admits, by name.
SELECT id, path, title, audience FROM documents
WHERE (valid_from IS NULL OR valid_from <= :moment) AND (valid_to IS NULL OR valid_to > :moment)
  AND (:audience IS NULL OR audience = :audience)
  AND (:source IS NULL OR source = :source)
  AND (:language IS NULL OR language IS NULL OR lower(language) = :language OR lower(language) LIKE :language || '-%')
  AND (:under IS NULL OR path = :under OR substr(path, 1, length(:under) + 1) = :under || '/')
ORDER BY id;

-- name: sayings
-- What the newest passages say.
SELECT document, text FROM passages ORDER BY id DESC LIMIT :limit;

-- name: all_titles
SELECT DISTINCT title FROM documents;

-- name: documents_of
-- The document of some passages.
SELECT id, document FROM passages WHERE id IN (SELECT value FROM json_each(:ids));

-- name: passages_of
-- The passages of some documents.
SELECT document, id FROM passages WHERE document IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: matching
-- Documents that a filter admits; NULL admits all.
SELECT id FROM documents
WHERE (:source IS NULL OR source = :source)
  AND (:language IS NULL OR language IS NULL OR lower(language) = :language OR lower(language) LIKE :language || '-%')
  AND (:under IS NULL OR path = :under OR substr(path, 1, length(:under) + 1) = :under || '/');

-- name: delete
DELETE FROM documents WHERE path = :path;

-- name: touch
-- Let the revision rise where nothing that is left has changed.
UPDATE documents SET revision = :revision WHERE id = (SELECT max(id) FROM documents);

-- name: changed
-- Documents to bring up to date in an index of revision :after.
SELECT id FROM documents WHERE revision > :after ORDER BY id;

-- name: to_index
-- The passages of some documents with what an index needs to know of them.
SELECT d.id, p.id, d.title, p.heading, p.text, d.audience, d.valid_from, d.valid_to, d.path, d.language, d.source
FROM documents d JOIN passages p ON p.document = d.id
WHERE d.id IN (SELECT value FROM json_each(:ids))
ORDER BY p.id;

-- name: passages
-- Some passages, with the version of the document that they are of.
SELECT p.id, d.path, d.title, p.heading, p.start, p."end", p.text, d.sha256
FROM passages p JOIN documents d ON d.id = p.document
WHERE p.id IN (SELECT value FROM json_each(:ids));
