-- What changed since somebody last looked, by credential: an index in memory reads again only what is newer than the
-- largest number it has seen, whoever wrote it. A row outlives its credential, so that a deletion is news as well.

CREATE TABLE listed (
    credential_id TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL
) STRICT;

CREATE INDEX listed_seq ON listed (seq);
CREATE INDEX credential_fingerprint ON credential (fingerprint) WHERE fingerprint IS NOT NULL;

CREATE TRIGGER listed_credential_insert AFTER INSERT ON credential BEGIN
    INSERT INTO listed (credential_id, seq) VALUES (NEW.id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM listed))
    ON CONFLICT (credential_id) DO UPDATE SET seq = excluded.seq;
END;

CREATE TRIGGER listed_credential_update AFTER UPDATE ON credential BEGIN
    INSERT INTO listed (credential_id, seq) VALUES (NEW.id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM listed))
    ON CONFLICT (credential_id) DO UPDATE SET seq = excluded.seq;
END;

CREATE TRIGGER listed_credential_delete AFTER DELETE ON credential BEGIN
    INSERT INTO listed (credential_id, seq) VALUES (OLD.id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM listed))
    ON CONFLICT (credential_id) DO UPDATE SET seq = excluded.seq;
END;

CREATE TRIGGER listed_login_insert AFTER INSERT ON login BEGIN
    INSERT INTO listed (credential_id, seq) VALUES (NEW.credential_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM listed))
    ON CONFLICT (credential_id) DO UPDATE SET seq = excluded.seq;
END;

CREATE TRIGGER listed_login_update AFTER UPDATE ON login BEGIN
    INSERT INTO listed (credential_id, seq) VALUES (NEW.credential_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM listed))
    ON CONFLICT (credential_id) DO UPDATE SET seq = excluded.seq;
END;
