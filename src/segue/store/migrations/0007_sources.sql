-- Where documents come from, the texts that their offsets count in, what they point to, and the web pages to visit.

ALTER TABLE documents ADD COLUMN source TEXT NOT NULL DEFAULT 'files';    -- files, web or tickets

-- The text of a version that no file holds: extracted from a PDF or DOCX, a web page, a past ticket.
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    text BLOB NOT NULL                -- UTF-8, compressed by zlib
) STRICT;

-- What a version points to: paths of other documents, or their URLs.
CREATE TABLE links (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    PRIMARY KEY (document, target)
) STRICT, WITHOUT ROWID;

-- What a site's server said of each page, so that an unchanged one is not sent again.
CREATE TABLE pages (
    site TEXT NOT NULL,
    url TEXT NOT NULL,
    etag TEXT NOT NULL,
    modified TEXT NOT NULL,          -- the header Last-Modified, as it came
    round INTEGER NOT NULL,          -- the site's, when the page was visited last
    status TEXT NOT NULL,            -- kept, gone, refused or failed
    links TEXT NOT NULL,             -- JSON: what the page points to on its site
    PRIMARY KEY (site, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE sites (
    site TEXT PRIMARY KEY,
    round INTEGER NOT NULL,          -- rises when a new visit begins
    is_open INTEGER NOT NULL,        -- 1 while the round has not come to its end
    finished_at INTEGER              -- of the last round that did; NULL while none has
) STRICT, WITHOUT ROWID;
