-- Statements of the local helpdesk.

-- name: receive
-- A ticket, new or opened again.
INSERT INTO helpdesk_tickets (id, subject, channel, customer, created_at, run_id)
VALUES (:id, :subject, :channel, :customer, :created_at, :run_id)
ON CONFLICT (id) DO UPDATE SET run_id = excluded.run_id, state = 'open', outcome = NULL
WHERE run_id <> excluded.run_id;

-- name: post
-- Something written on a ticket; nothing changes where its key stands already.
INSERT INTO helpdesk_posts (ticket, kind, text, data, key, at)
VALUES (:ticket, :kind, :text, :data, :key, :at) ON CONFLICT (key) DO NOTHING;

-- name: set_state
-- Where a ticket stands.
UPDATE helpdesk_tickets SET state = :state WHERE id = :id;

-- name: close
-- How the agent's work on a ticket ended.
UPDATE helpdesk_tickets SET outcome = :outcome WHERE id = :id;

-- name: posts
-- What was written on a ticket, in order.
SELECT kind, text, data, at FROM helpdesk_posts WHERE ticket = :ticket ORDER BY id;

-- name: state
-- Where a ticket stands.
SELECT state FROM helpdesk_tickets WHERE id = :id;

-- name: of_customer
-- A customer's tickets.
SELECT id FROM helpdesk_tickets WHERE customer = :customer;

-- name: known
-- Of some tickets, those that are known.
SELECT id FROM helpdesk_tickets WHERE id IN (SELECT value FROM json_each(:ids));

-- name: packets
-- The handoff packets of all tickets.
SELECT id, data FROM helpdesk_posts WHERE kind = 'handoff';

-- name: erase_ticket
-- A ticket.
DELETE FROM helpdesk_tickets WHERE id = :id;

-- name: erase_posts
-- All that was written on a ticket.
DELETE FROM helpdesk_posts WHERE ticket = :id;

-- name: set_data
-- A packet, without what was erased from it.
UPDATE helpdesk_posts SET data = :data WHERE id = :id;

-- name: count
-- How many tickets there are.
SELECT count(*) FROM helpdesk_tickets;
