//! Reads the log of uses. It holds no value, only what happened, when, to what, and who asked.
//!
//! Whatever is in the table can be read: an entry that somebody else wrote must be seen, not end the view.
//! [`super::log_chain`] writes it and tells whether it is what was written.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::Catalog;
use crate::credential::CredentialId;
use crate::error::StorageError;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Added,
    SignedIn,
    Refreshed,
    Rotated,
    RefreshFailed,
    Expired,
    Copied,
    HandedOut,
    Revealed,
    Revoked,
    Removed,
    Restored,
    /// Its environment is another; the detail is its word.
    Moved,
    /// When it is to be rotated; the detail is the date, or `none`.
    RotateBySet,
    Paused,
    Resumed,
    LetExpire,
    Watched,
    Pinned,
    Unpinned,
    /// What it is called or how it is sent; the detail is the names of the fields.
    Changed,
    SettingsChanged,
    Exported,
    /// Old entries were cut from the log.
    Pruned,
    /// Window and tray are behind the passphrase.
    Locked,
    Unlocked,
}

impl What {
    /// The stable word, as it is stored and sent.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::SignedIn => "signed_in",
            Self::Refreshed => "refreshed",
            Self::Rotated => "rotated",
            Self::RefreshFailed => "refresh_failed",
            Self::Expired => "expired",
            Self::Copied => "copied",
            Self::HandedOut => "handed_out",
            Self::Revealed => "revealed",
            Self::Revoked => "revoked",
            Self::Removed => "removed",
            Self::Restored => "restored",
            Self::Moved => "moved",
            Self::RotateBySet => "rotate_by_set",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::LetExpire => "let_expire",
            Self::Watched => "watched",
            Self::Pinned => "pinned",
            Self::Unpinned => "unpinned",
            Self::Changed => "changed",
            Self::SettingsChanged => "settings_changed",
            Self::Exported => "exported",
            Self::Pruned => "pruned",
            Self::Locked => "locked",
            Self::Unlocked => "unlocked",
        }
    }

    /// Whether it is a failure.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Self::RefreshFailed | Self::Expired)
    }
}

/// One entry, as it lies in the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: i64,
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// The local date when it was written, like 20251016.
    pub(crate) day: i64,
    /// The credential's id; empty when it is about the vault.
    pub(crate) credential: String,
    /// Its name at that time.
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) what: String,
    /// The code of a failure; of old entries, words.
    pub(crate) detail: String,
    pub(crate) by: String,
    pub(crate) process: Option<String>,
    pub(crate) facts: String,
    pub(crate) failed: i64,
}

impl Line {
    pub(crate) fn read(row: &SqliteRow) -> Result<Self, StorageError> {
        Ok(Self {
            number: row.try_get("id")?,
            at: row.try_get("at")?,
            day: row.try_get("day")?,
            credential: row.try_get("credential_id")?,
            name: row.try_get("name")?,
            kind: row.try_get("kind")?,
            provider: row.try_get("provider")?,
            environment: row.try_get("environment")?,
            what: row.try_get("what")?,
            detail: row.try_get("detail")?,
            by: row.try_get("asked_by")?,
            process: row.try_get("process")?,
            facts: row.try_get("facts")?,
            failed: row.try_get("failed")?,
        })
    }

    pub(crate) fn is(&self, what: What) -> bool {
        self.what == what.word()
    }
}

/// Which entries are wanted; all conditions hold at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) credential: Option<CredentialId>,
    pub(crate) group: Group,
    pub(crate) failures: bool,
    /// Words in the name, the program or the code; never compared with values, which are not there.
    pub(crate) query: String,
    /// From this day on, like 20251016.
    pub(crate) since_day: Option<i64>,
    /// From this moment on, in milliseconds.
    pub(crate) since: Option<i64>,
    /// Older than this entry.
    pub(crate) before: Option<i64>,
    /// Only what is folded into this entry, itself included.
    pub(crate) fold_of: Option<i64>,
    /// Show one of identical background renewals of a day.
    pub(crate) folded: bool,
}

/// What belongs together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Group {
    #[default]
    All,
    Copies,
    Refreshes,
    SignIns,
    Rotations,
    Programs,
}

/// Renewals that may be folded.
const FOLDS: &str = "a.asked_by = 'background' AND a.what IN ('refreshed', 'rotated')";
/// The name of the program that called.
const PROGRAM: &str = "CASE WHEN json_valid(a.process) THEN a.process ->> 'program' END";
/// The entries that are folded into one; found with the index `activity_fold`.
const SAME: &str = "n.credential_id = a.credential_id AND n.day = a.day AND n.what = a.what AND n.name = a.name \
                    AND n.asked_by = 'background'";

impl Wanted {
    fn push_to(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(" WHERE 1");
        if let Some(id) = self.credential {
            query.push(" AND a.credential_id = ").push_bind(id.to_string());
        }
        query.push(match self.group {
            Group::All => "",
            Group::Copies => " AND a.what IN ('copied', 'revealed')",
            Group::Refreshes => {
                " AND (a.what IN ('refreshed', 'refresh_failed', 'expired') \
                 OR (a.what = 'rotated' AND a.kind IS NOT 'api_key'))"
            }
            Group::SignIns => " AND a.what IN ('signed_in', 'revoked')",
            Group::Rotations => " AND a.what = 'rotated' AND a.kind IS 'api_key'",
            Group::Programs => " AND a.asked_by = 'command'",
        });
        if self.failures {
            query.push(" AND a.failed <> 0");
        }
        for word in self.query.split_whitespace() {
            let like = format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
            query.push(" AND (a.name LIKE ").push_bind(like.clone()).push(" ESCAPE '\\' OR a.detail LIKE ");
            // An entry that somebody changed must not end the search.
            query.push_bind(like.clone()).push(" ESCAPE '\\' OR ").push(PROGRAM).push(" LIKE ");
            query.push_bind(like).push(" ESCAPE '\\')");
        }
        if let Some(day) = self.since_day {
            query.push(" AND a.day >= ").push_bind(day);
        }
        if let Some(at) = self.since {
            query.push(" AND a.at >= ").push_bind(at);
        }
        if let Some(number) = self.before {
            query.push(" AND a.id < ").push_bind(number);
        }
        if let Some(number) = self.fold_of {
            query.push(" AND ").push(FOLDS).push(" AND EXISTS (SELECT 1 FROM activity n WHERE n.id = ");
            query.push_bind(number).push(" AND ").push(SAME).push(")");
        }
        if self.folded {
            query.push(" AND (NOT (").push(FOLDS).push(") OR a.id = (SELECT MAX(n.id) FROM activity n WHERE ");
            query.push(SAME).push("))");
        }
    }
}

impl Catalog {
    /// Returns the latest entries of a credential, newest first.
    pub(crate) async fn activity(&self, id: CredentialId, most: u32) -> Result<Vec<Line>, StorageError> {
        let wanted = Wanted { credential: Some(id), ..Wanted::default() };
        Ok(self.lines(&wanted, most).await?.into_iter().map(|(line, _)| line).collect())
    }

    /// Returns the latest entries that are wanted, newest first, each with how many it stands for.
    pub(crate) async fn lines(&self, wanted: &Wanted, most: u32) -> Result<Vec<(Line, u32)>, StorageError> {
        let mut query = QueryBuilder::new("SELECT a.*, ");
        if wanted.folded {
            query.push("CASE WHEN ").push(FOLDS).push(" THEN (SELECT COUNT(*) FROM activity n WHERE ");
            query.push(SAME).push(") ELSE 1 END AS times FROM activity a");
        } else {
            query.push("1 AS times FROM activity a");
        }
        wanted.push_to(&mut query);
        query.push(" ORDER BY a.id DESC LIMIT ").push_bind(most);
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((Line::read(row)?, row.try_get("times")?))).collect()
    }

    /// Returns how many entries are wanted, folded ones counted singly.
    pub(crate) async fn count_lines(&self, wanted: &Wanted) -> Result<u64, StorageError> {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM activity a");
        Wanted { before: None, folded: false, ..wanted.clone() }.push_to(&mut query);
        Ok(query.build_query_scalar::<i64>().fetch_one(&self.pool).await?.unsigned_abs())
    }
}
