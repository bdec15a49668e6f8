-- The log as a chain (catalog/log_chain.rs). Hashes of entries that are here already are made at the next open:
-- SQLite has no SHA-256.
ALTER TABLE activity ADD COLUMN day INTEGER NOT NULL DEFAULT 0;        -- the local date when it was written: 20251016
ALTER TABLE activity ADD COLUMN kind TEXT;
ALTER TABLE activity ADD COLUMN provider TEXT;
ALTER TABLE activity ADD COLUMN environment TEXT;                      -- at that time; unknown of old entries
ALTER TABLE activity ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';     -- window, tray, command, background, you
ALTER TABLE activity ADD COLUMN process TEXT;                          -- JSON: the program that called `fob`
ALTER TABLE activity ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';      -- JSON: numbers and codes, never values
ALTER TABLE activity ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE activity ADD COLUMN hash BLOB;

UPDATE activity SET
    kind = (SELECT kind FROM credential WHERE id = credential_id),
    provider = (SELECT provider FROM credential WHERE id = credential_id),
    failed = what = 'refresh_failed',
    asked_by = CASE
        WHEN detail LIKE '%from the window' OR detail LIKE '%in the window' THEN 'window'
        WHEN detail LIKE '%from the tray' THEN 'tray'
        WHEN detail LIKE '%with fob %' THEN 'command'
        WHEN detail IN ('in the background', 'after it had been cut off') THEN 'background'
        WHEN detail LIKE '%by you' OR what IN ('added', 'signed_in') THEN 'you'
        ELSE '' END;
-- The words that say only who asked are said by the new column.
UPDATE activity SET detail = '' WHERE asked_by <> '' AND (detail LIKE '%by you%' OR detail LIKE 'to you%'
    OR detail IN ('in the background'));

CREATE INDEX activity_at ON activity (at);
CREATE INDEX activity_fold ON activity (credential_id, day, what, name, id) WHERE asked_by = 'background';
