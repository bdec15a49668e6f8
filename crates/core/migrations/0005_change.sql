-- What a person decides about a credential once it is stored.

-- Whether it stands among the first.
ALTER TABLE credential ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
-- Whether the scheduler leaves the login alone.
ALTER TABLE credential ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
-- The end that may come without anybody being told; another end is told again.
ALTER TABLE credential ADD COLUMN let_end INTEGER;
-- The name of the .env variable, where it is not made of the credential's name.
ALTER TABLE credential ADD COLUMN env_name TEXT;
-- How many seconds before its end an access token is renewed, where that is not the rule.
ALTER TABLE credential ADD COLUMN lead_seconds INTEGER;
-- JSON array of further shapes in which it is copied: {"name", "text"}.
ALTER TABLE credential ADD COLUMN templates TEXT NOT NULL DEFAULT '[]';
-- JSON of what is known of a pasted token: when it ends, who signed it, where the keys are.
ALTER TABLE credential ADD COLUMN jwt TEXT;

CREATE INDEX credential_paused ON credential (id) WHERE paused;
