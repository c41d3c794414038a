-- Documents and their passages, every version of them.
--
-- Moments are microseconds since 1970 in UTC. A version holds from valid_from (NULL: since ever) until valid_to
-- (NULL: no end), exclusive; the versions of one path never overlap. added_at and closed_at say when Segue learned it:
-- the version with closed_at NULL is the one whose file is there.

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT,
    audience TEXT NOT NULL CHECK (audience IN ('public', 'internal')),
    sha256 TEXT NOT NULL,
    reading INTEGER NOT NULL,        -- version of the rules that cut its passages
    valid_from INTEGER,
    valid_to INTEGER,
    added_at INTEGER NOT NULL,
    closed_at INTEGER,
    revision INTEGER NOT NULL        -- of the library, when this row or its passages changed last
) STRICT;

CREATE UNIQUE INDEX documents_current ON documents (path) WHERE closed_at IS NULL;
CREATE INDEX documents_path ON documents (path);
CREATE INDEX documents_revision ON documents (revision);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,    -- never used again, so an old index finds nothing rather than something else
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    heading TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE INDEX passages_document ON passages (document);

-- One row: which library this is, so that an index of another one is never taken for its own.
CREATE TABLE library (identity TEXT NOT NULL) STRICT;
INSERT INTO library (identity) VALUES (lower(hex(randomblob(16))));
