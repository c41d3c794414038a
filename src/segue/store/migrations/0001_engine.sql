-- Runs, their entries, and the inbox through which any process speaks to a run.

CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    module TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,  -- microseconds since 1970, as all times here
    ended_at INTEGER,             -- null while its journal has no last entry
    wake_at INTEGER,              -- earliest timer, while it waits
    waiting_for TEXT,             -- JSON list, while it waits
    parent TEXT,
    error TEXT,
    entries INTEGER,              -- how many it had when it ended, and
    head BLOB                     -- the hash of the last: a tail cut later shows
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_by_status ON runs (status, started_at);
CREATE INDEX runs_by_start ON runs (started_at);
CREATE INDEX runs_due ON runs (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE entries (
    run_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    salt BLOB,                    -- null together with payload, once erased
    payload BLOB,
    digest BLOB,                  -- SHA-256 of salt and payload, once they are erased
    hash BLOB NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT;

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,           -- start, signal or cancel
    name TEXT NOT NULL,
    message_id TEXT,              -- the sender's: a second one of the same id is not kept
    payload BLOB,                 -- JSON; null once taken
    at INTEGER NOT NULL,
    is_taken INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX inbox_once ON inbox (run_id, kind, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX inbox_waiting ON inbox (run_id) WHERE is_taken = 0;
