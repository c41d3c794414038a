-- Statements about the web pages that were visited.

-- name: site
SELECT round, is_open, finished_at FROM sites WHERE site = :site;

-- name: begin
INSERT INTO sites (site, round, is_open) VALUES (:site, 1, 1)
ON CONFLICT (site) DO UPDATE SET round = round + 1, is_open = 1;

-- name: finish
UPDATE sites SET is_open = 0, finished_at = :now WHERE site = :site;

-- name: pages
SELECT url, etag, modified, round, status, links FROM pages WHERE site = :site;

-- name: keep
INSERT INTO pages (site, url, etag, modified, round, status, links)
VALUES (:site, :url, :etag, :modified, :round, :status, :links)
ON CONFLICT (site, url) DO UPDATE SET
    etag = :etag, modified = :modified, round = :round, status = :status, links = :links;

-- name: all_sites
SELECT site FROM sites;

-- name: forget_pages
DELETE FROM pages WHERE site = :site;

-- name: forget_site
DELETE FROM sites WHERE site = :site;
