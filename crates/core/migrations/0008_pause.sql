-- When the scheduler looks after a paused login again; none where only the person says so.
ALTER TABLE credential ADD COLUMN paused_until INTEGER;

CREATE INDEX credential_paused_until ON credential (paused_until) WHERE paused_until IS NOT NULL;
