-- Everything that is known of credentials but their secrets. Times are milliseconds since 1970, UTC.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE credential (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    kind              TEXT NOT NULL,
    provider          TEXT,
    account           TEXT,
    environment       TEXT NOT NULL,
    tags              TEXT NOT NULL,               -- JSON array
    note              TEXT NOT NULL,
    header            TEXT NOT NULL,               -- "Authorization: Bearer {}"
    created_at        INTEGER NOT NULL,
    value_since       INTEGER NOT NULL,
    rotate_by         INTEGER,
    rotate_every_days INTEGER,
    last_used_at      INTEGER,
    generation        INTEGER NOT NULL,            -- K1: the one committed generation; its parity names the slot
    fingerprint       TEXT,                        -- keyed, of API keys
    shown_start       TEXT NOT NULL,
    shown_end         TEXT NOT NULL,
    value_len         INTEGER NOT NULL
) STRICT;

CREATE TABLE login (
    credential_id    TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    settings         TEXT NOT NULL,                -- JSON: issuer, pinned endpoints, client, what was asked for
    subject          TEXT,
    granted_scopes   TEXT NOT NULL,                -- separated by spaces
    sealed_access    BLOB,                         -- sealed with the escrow key (K7)
    access_issued_at INTEGER,
    access_expires_at INTEGER,
    access_alg       TEXT,
    renews           INTEGER NOT NULL,
    rotations        INTEGER NOT NULL,
    refresh_at       INTEGER,                      -- when the scheduler acts next; none: not by itself
    refreshed_at     INTEGER,
    sign_in_ends_at  INTEGER,
    state            TEXT NOT NULL,                -- ok, waiting, sign_in_needed, misconfigured, frozen
    failures         INTEGER NOT NULL,
    retry_demanded   INTEGER NOT NULL,             -- the provider itself named the time to come back
    error_code       TEXT,
    error_detail     TEXT,
    error_at         INTEGER
) STRICT;

CREATE INDEX login_due ON login (refresh_at) WHERE refresh_at IS NOT NULL;

-- One row while a refresh is under way (rotation.md): SENT, then RECEIVED with the sealed answer.
CREATE TABLE journal (
    credential_id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    phase         TEXT NOT NULL,
    attempt       INTEGER NOT NULL,
    fingerprint   TEXT NOT NULL,                   -- keyed, of the refresh token that was sent
    sealed        BLOB,
    at            INTEGER NOT NULL
) STRICT;

CREATE TABLE key_version (
    credential_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    since         INTEGER NOT NULL,
    until         INTEGER,
    fingerprint   TEXT NOT NULL,
    revoked       INTEGER,
    PRIMARY KEY (credential_id, version)
) STRICT;

CREATE TABLE activity (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    credential_id TEXT NOT NULL,
    name          TEXT NOT NULL,
    at            INTEGER NOT NULL,
    what          TEXT NOT NULL,
    detail        TEXT NOT NULL
) STRICT;

CREATE INDEX activity_of ON activity (credential_id, id);
