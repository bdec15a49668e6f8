//! The vault's database: everything about credentials but their secrets.
//!
//! All SQL of the product is in this folder. `SQLite` runs in WAL mode with `synchronous=FULL`, because a commit
//! here is the commit of a rotation, and with `secure_delete`, because sealed blobs leave no traces.

mod activity;
mod check;
mod chosen;
mod clocks;
mod concerning;
mod due;
mod ends;
mod expired;
mod failing;
mod family;
mod health;
mod journal;
mod key_versions;
mod listed;
mod log_chain;
mod log_look;
mod log_seal;
mod logins;
mod meta;
mod pauses;
mod settings;
mod uses;

use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

pub(crate) use self::activity::{Group, Line, Wanted, What};
pub(crate) use self::chosen::{Chosen, PastedJwt};
pub(crate) use self::clocks::HostClock;
pub(crate) use self::due::Due;
pub(crate) use self::ends::{EndsLogin, EndsRow};
pub(crate) use self::failing::Failing;
pub(crate) use self::family::Generation;
pub use self::family::Why;
pub(crate) use self::health::{Accepted, HealthLogin, HealthRow, KnownHealth};
pub(crate) use self::journal::{JournalRow, Phase};
pub(crate) use self::key_versions::KeyVersion;
pub(crate) use self::log_look::{Looked, Wrong};
pub(crate) use self::logins::{Committed, LoginRow, LoginState};
pub(crate) use self::settings::{ClientAuth, Endpoints, GrantKind, LoginSettings};
use crate::credential::{CredentialId, Environment, Kind};
use crate::error::{OrNone as _, StorageError};

/// A credential as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CredentialRow {
    pub(crate) id: CredentialId,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) provider: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) environment: Environment,
    pub(crate) tags: Vec<String>,
    pub(crate) note: String,
    pub(crate) header: String,
    pub(crate) created_at: Timestamp,
    pub(crate) value_since: Timestamp,
    pub(crate) rotate_by: Option<Timestamp>,
    pub(crate) rotate_every_days: Option<i64>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) generation: u64,
    pub(crate) fingerprint: Option<String>,
    pub(crate) shown_start: String,
    pub(crate) shown_end: String,
    pub(crate) value_len: u64,
    pub(crate) chosen: Chosen,
}

/// A credential with its login, where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) credential: CredentialRow,
    /// Boxed: most of what a vault holds has none, and it is several times as large as the rest.
    pub(crate) login: Option<Box<LoginRow>>,
}

/// The open database of one vault.
#[derive(Clone)]
pub(crate) struct Catalog {
    pool: SqlitePool,
}

pub(crate) type Tx = Transaction<'static, Sqlite>;

impl Catalog {
    /// Opens `home/vault.db`, making and migrating it as needed.
    pub(crate) async fn open(home: &Path) -> Result<Self, StorageError> {
        let path = home.join("vault.db");
        make_private(&path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON")
            // In KiB, of each connection; the system caches the file besides.
            .pragma("cache_size", "-256")
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(15))
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(_) | sqlx::migrate::MigrateError::VersionTooNew(..) => {
                StorageError::Newer
            }
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => StorageError::Other(other.to_string()),
        })?;
        let catalog = Self { pool };
        // A log that can't be read keeps no vault closed; the next start tries again, and `fob log --verify` tells.
        if let Err(error) = catalog.adopt_log().await {
            tracing::warn!(%error, "the activity log could not be chained");
        }
        Ok(catalog)
    }

    /// Starts a transaction that holds the write lock from the start, so that it can't fail half-way.
    pub(crate) async fn begin(&self) -> Result<Tx, StorageError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Returns all credentials with their logins, in the order of their names.
    pub(crate) async fn entries(&self) -> Result<Vec<Entry>, StorageError> {
        // One after the other: a row of the driver is several times as large as what is read of it.
        let mut rows = sqlx::query(
            "SELECT * FROM credential LEFT JOIN login ON credential_id = id ORDER BY name COLLATE NOCASE, account, id",
        )
        .fetch(&self.pool);
        let mut entries = Vec::new();
        while let Some(row) = rows.try_next().await? {
            entries.push(Entry::read(&row)?);
        }
        Ok(entries)
    }

    /// Returns one credential with its login.
    pub(crate) async fn entry(&self, id: CredentialId) -> Result<Option<Entry>, StorageError> {
        let row = sqlx::query("SELECT * FROM credential LEFT JOIN login ON credential_id = id WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(Entry::read).transpose()
    }

    /// Returns the credentials that answer to `name`: their name, or `name@account`.
    pub(crate) async fn called(&self, name: &str) -> Result<Vec<Entry>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM credential LEFT JOIN login ON credential_id = id \
             WHERE name = ?1 OR name || '@' || account = ?1 \
             ORDER BY name COLLATE NOCASE, account, id",
        )
        .bind(name)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(Entry::read).collect()
    }

    /// Adds a credential (and, for keys, its first version).
    pub(crate) async fn insert(tx: &mut Tx, row: &CredentialRow) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO credential (id, name, kind, provider, account, environment, tags, note, header, created_at, \
             value_since, rotate_by, rotate_every_days, last_used_at, generation, fingerprint, shown_start, shown_end, \
             value_len) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )
        .bind(row.id.to_string())
        .bind(&row.name)
        .bind(word(row.kind)?)
        .bind(&row.provider)
        .bind(&row.account)
        .bind(word(row.environment)?)
        .bind(serde_json::to_string(&row.tags).map_err(|error| StorageError::Other(error.to_string()))?)
        .bind(&row.note)
        .bind(&row.header)
        .bind(row.created_at.as_millisecond())
        .bind(row.value_since.as_millisecond())
        .bind(row.rotate_by.map(Timestamp::as_millisecond))
        .bind(row.rotate_every_days)
        .bind(row.last_used_at.map(Timestamp::as_millisecond))
        .bind(number(row.generation))
        .bind(&row.fingerprint)
        .bind(&row.shown_start)
        .bind(&row.shown_end)
        .bind(number(row.value_len))
        .execute(&mut **tx)
        .await?;
        Self::put_chosen(tx, row.id, &row.chosen).await
    }

    /// Commits a new value of an API key: generation, what may be shown, rotate-by (K1).
    pub(crate) async fn commit_key(tx: &mut Tx, row: &CredentialRow) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE credential SET generation = ?, value_since = ?, rotate_by = ?, fingerprint = ?, shown_start = ?, \
             shown_end = ?, value_len = ? WHERE id = ?",
        )
        .bind(number(row.generation))
        .bind(row.value_since.as_millisecond())
        .bind(row.rotate_by.map(Timestamp::as_millisecond))
        .bind(&row.fingerprint)
        .bind(&row.shown_start)
        .bind(&row.shown_end)
        .bind(number(row.value_len))
        .bind(row.id.to_string())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Removes a credential and all that hangs on it.
    pub(crate) async fn remove(&self, id: CredentialId) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM credential WHERE id = ?").bind(id.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Notes that a credential was used.
    pub(crate) async fn touch(&self, id: CredentialId, at: Timestamp) -> Result<(), StorageError> {
        sqlx::query("UPDATE credential SET last_used_at = ? WHERE id = ?")
            .bind(at.as_millisecond())
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl Entry {
    fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        let text: String = row.try_get("id")?;
        let id = text.parse().map_err(|_| StorageError::Damaged(format!("bad id {text}")))?;
        let tags: String = row.try_get("tags")?;
        let credential = CredentialRow {
            id,
            name: row.try_get("name")?,
            kind: enum_of(row, "kind")?,
            provider: row.try_get("provider")?,
            account: row.try_get("account")?,
            environment: enum_of(row, "environment")?,
            tags: serde_json::from_str(&tags).map_err(|_| StorageError::Damaged("tags".to_owned()))?,
            note: row.try_get("note")?,
            header: row.try_get("header")?,
            created_at: time(row.try_get("created_at")?),
            value_since: time(row.try_get("value_since")?),
            rotate_by: row.try_get::<Option<i64>, _>("rotate_by")?.map(time),
            rotate_every_days: row.try_get("rotate_every_days")?,
            last_used_at: row.try_get::<Option<i64>, _>("last_used_at")?.map(time),
            generation: row.try_get::<i64, _>("generation")?.unsigned_abs(),
            fingerprint: row.try_get("fingerprint")?,
            shown_start: row.try_get("shown_start")?,
            shown_end: row.try_get("shown_end")?,
            value_len: row.try_get::<i64, _>("value_len")?.unsigned_abs(),
            chosen: Chosen::read(row)?,
        };
        let has_login = row.try_get::<Option<String>, _>("credential_id")?.is_some();
        let login = has_login.then(|| LoginRow::read(row).map(Box::new)).transpose()?;
        Ok(Self { credential, login })
    }
}

/// Makes the database file readable for its owner only, before `SQLite` would make it with the umask; the
/// journal files inherit its mode.
fn make_private(path: &Path) -> Result<(), StorageError> {
    if path.exists() {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| crate::locks::from_io(&error))
}

/// Milliseconds of the database as a moment; a value out of range counts as the epoch.
pub(crate) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).ok_or_none().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The local date of a moment as one number: 20251016.
pub(crate) fn day_of(at: Timestamp) -> i64 {
    let date = at.to_zoned(jiff::tz::TimeZone::system()).date();
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// A count for the database, which knows signed numbers only.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).ok_or_none().unwrap_or(i64::MAX)
}

/// The stable word of an enum, as in JSON.
pub(crate) fn word(value: impl serde::Serialize) -> Result<String, StorageError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StorageError::Other("not a word".to_owned())),
    }
}

/// An enum from its stable word.
pub(crate) fn enum_of<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, StorageError> {
    let word: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StorageError::Damaged(column.to_owned()))
}
