-- The local helpdesk: tickets, and what the agent wrote on them.

CREATE TABLE helpdesk_tickets (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer TEXT NOT NULL,
    created_at TEXT NOT NULL,     -- ISO 8601, UTC
    run_id TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    outcome TEXT
) STRICT;

CREATE TABLE helpdesk_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    data TEXT NOT NULL,           -- JSON
    key TEXT NOT NULL UNIQUE,     -- idempotency key: the same post is kept once
    at TEXT NOT NULL
) STRICT;

CREATE INDEX helpdesk_posts_of ON helpdesk_posts (ticket, id);
