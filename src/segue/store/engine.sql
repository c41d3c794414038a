-- Statements of the engine's journal.

-- name: insert_entry
-- A new entry of a run; only an erased one has a digest.
INSERT INTO entries (run_id, seq, path, kind, name, at, attempt, salt, payload, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_run
-- A run that begins; parent and original are 0 where there is none.
INSERT INTO runs (run_id, workflow, module, status, started_at, parent, original)
VALUES (?, ?, ?, 'running', ?, nullif(?, 0), nullif(?, 0));

-- name: change_run
-- What a run is doing now; one that ended does nothing more.
UPDATE runs SET status = ?, wake_at = ?, waiting_for = ?, error = ? WHERE run_id = ? AND ended_at IS NULL;

-- name: end_run
-- A run that ended; the error is 0 where there is none.
UPDATE runs
SET status = ?, ended_at = ?, entries = ?, head = ?, error = nullif(?, 0), wake_at = NULL, waiting_for = NULL
WHERE run_id = ?;

-- name: take_message
-- A message that is settled; its id stays, so that the same one sent again is known.
UPDATE inbox SET is_taken = 1, payload = NULL WHERE id = ?;

-- name: drop_message
-- A message that is settled, and of whose id nothing needs to be remembered.
DELETE FROM inbox WHERE id = ? AND message_id IS NULL;

-- name: send
-- A message for a run; nothing changes where one of its id was sent before, or for a signal after the run went on
-- as another: the next of its chain has unread ones already, and they must stay in order.
INSERT INTO inbox (run_id, kind, name, message_id, payload, at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6
WHERE NOT (?2 = 'signal' AND EXISTS (SELECT 1 FROM runs WHERE run_id = ?1 AND status = 'continued'))
ON CONFLICT DO NOTHING;

-- name: hand_on
-- What nobody took yet goes to the next run of a chain, in its place.
UPDATE OR IGNORE inbox SET run_id = ? WHERE run_id = ? AND kind <> 'start' AND is_taken = 0;

-- name: run
-- One run.
SELECT run_id, workflow, module, status, started_at, ended_at, wake_at, waiting_for, parent, error, original
FROM runs WHERE run_id = ?;

-- name: runs
-- Runs, the latest first; null filters match all.
SELECT run_id, workflow, module, status, started_at, ended_at, wake_at, waiting_for, parent, error, original
FROM runs
WHERE (:status IS NULL OR status = :status) AND (:workflow IS NULL OR workflow = :workflow)
ORDER BY started_at DESC, run_id DESC LIMIT :limit;

-- name: to_resume
-- Runs under way, and those that could not go on with the code of their time.
SELECT run_id FROM runs WHERE status = 'running' OR (status = 'failed' AND ended_at IS NULL)
ORDER BY started_at, run_id;

-- name: due
-- Waiting runs with a timer due.
SELECT run_id FROM runs WHERE wake_at <= ? AND status = 'waiting' ORDER BY wake_at;

-- name: next_due
-- The earliest timer of a waiting run after a time.
SELECT min(wake_at) FROM runs WHERE wake_at > ? AND status = 'waiting';

-- name: records
-- A run's entries in order.
SELECT run_id, seq, path, kind, name, at, attempt, salt, payload, digest, hash
FROM entries WHERE run_id = ? ORDER BY seq;

-- name: beginning
-- What a run begins with: its first entry, or the message that asks for it.
SELECT name, payload FROM entries WHERE run_id = ?1 AND seq = 0
UNION ALL
SELECT name, payload FROM inbox WHERE run_id = ?1 AND kind = 'start' AND is_taken = 0
LIMIT 1;

-- name: last_record
-- A run's last entry.
SELECT run_id, seq, path, kind, name, at, attempt, salt, payload, digest, hash
FROM entries WHERE run_id = ? ORDER BY seq DESC LIMIT 1;

-- name: messages
-- What nobody took yet, for one run or for all.
SELECT id, run_id, kind, name, message_id, payload, at
FROM inbox WHERE is_taken = 0 AND id > ? ORDER BY id;

-- name: messages_of
-- What nobody took yet of one run.
SELECT id, run_id, kind, name, message_id, payload, at
FROM inbox WHERE is_taken = 0 AND run_id = ? ORDER BY id;

-- name: is_known
-- Whether a message of this id was ever sent.
SELECT 1 FROM inbox WHERE run_id = ? AND kind = ? AND message_id = ?;

-- name: run_ids
-- Every run there is, and every run that entries speak of.
SELECT run_id FROM runs UNION SELECT DISTINCT run_id FROM entries ORDER BY run_id;

-- name: end_of
-- What was noted of a run when it ended.
SELECT status, entries, head FROM runs WHERE run_id = ?;

-- name: hash_at
-- The hash of one entry of a run.
SELECT hash FROM entries WHERE run_id = ? AND seq = ?;

-- name: all_records
-- Every entry there is, run after run.
SELECT run_id, seq, path, kind, name, at, attempt, salt, payload, digest, hash FROM entries ORDER BY run_id, seq;

-- name: workspace_tip
-- Where the workspace chain ends.
SELECT seq, at, hash FROM workspace_entries ORDER BY seq DESC LIMIT 1;

-- name: insert_workspace_entry
-- The next entry of the workspace chain; nothing where another process was first with this number.
INSERT INTO workspace_entries (seq, kind, subject, at, detail, salt, payload, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: workspace_records
-- The workspace chain in order.
SELECT seq, kind, subject, at, detail, salt, payload, digest, hash FROM workspace_entries ORDER BY seq;

-- name: workspace_recorded
-- Its entries of a kind and about a subject; null is any.
SELECT seq, kind, subject, at, detail, salt, payload, digest, hash FROM workspace_entries
WHERE (:kind IS NULL OR kind = :kind) AND (:subject IS NULL OR subject = :subject) ORDER BY seq;

-- name: to_note
-- Runs that have not ended and are further than the workspace chain knows, with number and hash of their last entry.
SELECT runs.run_id, last.seq + 1, last.hash
FROM runs JOIN entries AS last ON last.run_id = runs.run_id
    AND last.seq = (SELECT max(seq) FROM entries WHERE entries.run_id = runs.run_id)
WHERE runs.ended_at IS NULL AND runs.status IN ('running', 'waiting', 'failed')
    AND runs.noted IS NOT last.seq + 1
ORDER BY runs.run_id;

-- name: note
-- How far the workspace chain knows a run to be.
UPDATE runs SET noted = ? WHERE run_id = ?;

-- name: schedule
-- How far a schedule has come.
SELECT cron, zone, done_to FROM schedules WHERE name = ?;

-- name: keep_schedule
-- How far a schedule has come now.
INSERT INTO schedules (name, cron, zone, done_to) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, zone = excluded.zone, done_to = excluded.done_to;

-- name: ended_roots
-- Runs without a parent that ended before a time, by id.
SELECT run_id FROM runs
WHERE run_id > :after AND ended_at < :before AND parent IS NULL
ORDER BY run_id LIMIT :limit;

-- name: children
-- Runs that a run started.
SELECT run_id FROM runs WHERE parent = ? ORDER BY run_id;

-- name: forks
-- Runs that began as a copy of a run's past.
SELECT run_id FROM runs WHERE original = ? ORDER BY run_id;

-- name: to_prune
-- Of some runs, those that ended before a time and whose record no fork needs any more, with number and last hash.
SELECT run_id, entries, head FROM runs
WHERE run_id IN (SELECT value FROM json_each(:ids)) AND ended_at < :before
    AND NOT EXISTS (SELECT 1 FROM runs AS fork WHERE fork.original = runs.run_id AND fork.ended_at IS NULL);

-- name: prune_entries
-- All entries of a run.
DELETE FROM entries WHERE run_id = ?;

-- name: prune_messages
-- What was sent to a run; a start that nobody took yet is of another run, still to begin.
DELETE FROM inbox WHERE run_id = ? AND (kind <> 'start' OR is_taken = 1);

-- name: prune_run
-- A run.
DELETE FROM runs WHERE run_id = ?;

-- name: erase_entry
-- What an entry holds; what is left of it keeps the chain whole.
UPDATE entries SET salt = NULL, payload = NULL, digest = ? WHERE run_id = ? AND seq = ?;

-- name: erase_run
-- What the table of runs tells of what a run was about.
UPDATE runs SET error = NULL WHERE run_id = ?;

-- name: workspace_payloads
-- What the workspace chain holds about some runs.
SELECT seq, salt, payload FROM workspace_entries
WHERE subject IN (SELECT value FROM json_each(?)) AND payload IS NOT NULL;

-- name: erase_workspace_entry
-- What an entry of the workspace chain holds.
UPDATE workspace_entries SET salt = NULL, payload = NULL, digest = ? WHERE seq = ?;

-- name: drop_start
-- A start that nobody took up, and what was sent after it.
DELETE FROM inbox WHERE run_id = ? AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.run_id = inbox.run_id);

-- name: rewrite
-- The whole file, without what was removed from it.
VACUUM;

-- name: empty_log
-- The log holds old pages until it is cut.
PRAGMA wal_checkpoint(TRUNCATE);
