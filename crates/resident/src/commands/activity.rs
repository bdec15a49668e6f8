//! Commands about the activity log.

use fobwatch_core::view::{LogCheckView, LogInput, LogPageView};
use fobwatch_core::{Error, error::StorageError};
use fobwatch_platform::downloads::write_download;
use serde::Serialize;

use super::{Answer, vault};
use crate::host::Host;
use crate::input;

pub(crate) async fn activity(host: Host, input: LogInput) -> Answer<LogPageView> {
    input::log(&input)?;
    Ok(vault(&host).await?.log(&input).await?)
}

/// Tells whether the log is what was written.
pub(crate) async fn check_activity(host: Host) -> Answer<LogCheckView> {
    Ok(vault(&host).await?.check_log().await?)
}

/// Where the log was written to.
#[derive(Serialize)]
pub(crate) struct ExportView {
    path: String,
    entries: u64,
}

/// Writes what is shown into a new file in the person's folder for downloads; the page chooses neither place nor name.
pub(crate) async fn export_activity(host: Host, input: LogInput, format: String) -> Answer<ExportView> {
    input::log(&input)?;
    let vault = vault(&host).await?;
    let (text, entries) = vault.log_text(&input, &format).await?;
    let today = host.clock().now().to_zoned(jiff::tz::TimeZone::system()).date();
    let ending = if format == "csv" { "csv" } else { "json" };
    let path = write_download(&format!("fobwatch-activity-{today}"), ending, &text)
        .map_err(|error| Error::Storage(StorageError::Other(format!("the file was not written: {error}"))))?;
    vault.log_exported(entries).await;
    Ok(ExportView { path: path.display().to_string(), entries })
}
