-- Schedules: how far each has come.

CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    done_to INTEGER NOT NULL      -- ticks up to this time are dealt with, or were never asked for
) STRICT, WITHOUT ROWID;
