-- What a token was found to be when it was at hand: codes and numbers, never a value of it.
CREATE TABLE token_fact (
    credential_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    code          TEXT NOT NULL,                   -- alg_none, secret_in_payload, broad_scopes, lifetime, signature_mismatch, secret_bytes
    number        INTEGER NOT NULL,                -- how many, seconds or bytes; 1 where there is nothing to count
    PRIMARY KEY (credential_id, code)
) STRICT, WITHOUT ROWID;

-- When a finding was seen first. A row goes when the finding does, so that one that comes back is new.
CREATE TABLE health_found (
    rule          TEXT NOT NULL,
    credential_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    at            INTEGER NOT NULL,
    PRIMARY KEY (rule, credential_id)
) STRICT, WITHOUT ROWID;

-- A risk that the person takes until a day, and why.
CREATE TABLE health_accepted (
    rule          TEXT NOT NULL,
    credential_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    reason        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    until         INTEGER NOT NULL,
    PRIMARY KEY (rule, credential_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_version_alive ON key_version (credential_id) WHERE until IS NOT NULL AND revoked IS NOT 1;
