-- What ties all runs together, and what people changed: one chain for the workspace, to which any process appends.

CREATE TABLE workspace_entries (
    seq INTEGER PRIMARY KEY,      -- from 0
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    detail TEXT NOT NULL,         -- JSON as it is hashed: never erased, so nothing personal
    salt BLOB,                    -- null together with payload, once erased
    payload BLOB,
    digest BLOB,                  -- SHA-256 of salt and payload, once they are erased
    hash BLOB NOT NULL
) STRICT;

ALTER TABLE runs ADD COLUMN noted INTEGER;  -- entries it had when the workspace chain last named its head
