-- The family of a login: one row for each refresh token that was committed here, newest 100 and the sign-in itself.
CREATE TABLE generation (
    credential_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    generation    INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    why           TEXT NOT NULL,                   -- signed_in, due, wanted, asked, recovered
    fingerprint   TEXT NOT NULL,                   -- keyed, of the refresh token
    scopes        TEXT NOT NULL,                   -- separated by spaces
    PRIMARY KEY (credential_id, generation)
) STRICT, WITHOUT ROWID;

-- How far a provider's clock is ahead of this computer's, learned from its answers.
CREATE TABLE host_clock (
    host       TEXT PRIMARY KEY,
    ahead_ms   INTEGER NOT NULL,
    learned_at INTEGER NOT NULL
) STRICT;

-- Since when a login fails without a success in between.
ALTER TABLE login ADD COLUMN failing_since INTEGER;
-- How many renewals in a row brought no new refresh token.
ALTER TABLE login ADD COLUMN keeps INTEGER NOT NULL DEFAULT 0;
-- When the person signed in.
ALTER TABLE login ADD COLUMN signed_in_at INTEGER;
-- Whether the end of the sign-in is what is usual at the provider, rather than what it said.
ALTER TABLE login ADD COLUMN sign_in_end_usual INTEGER NOT NULL DEFAULT 0;

UPDATE login SET failing_since = error_at WHERE state <> 'ok';
UPDATE login SET signed_in_at = (SELECT value_since FROM credential WHERE id = credential_id);

CREATE INDEX login_failing ON login (state) WHERE state <> 'ok';
