//! Opens the person's own browser, and nothing else.
//!
//! The address comes from an authorization server's metadata and may be hostile. Only http and https pass, and
//! only as one argument: never through a shell, and never a text that a program could take for an option
//! or for two arguments.

use std::time::Duration;

use async_trait::async_trait;
use fobwatch_core::ports::{Browser, BrowserError};
use tokio::sync::oneshot;
use url::Url;

/// How long a browser may take to start. A text browser in `$BROWSER` runs in the foreground and never returns.
const DEADLINE: Duration = Duration::from_secs(10);

/// The default browser of this desktop.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

#[async_trait]
impl Browser for SystemBrowser {
    async fn open(&self, url: &Url) -> Result<(), BrowserError> {
        let address = checked(url)?;
        let (reply, answer) = oneshot::channel();
        // A thread of its own and not the runtime's pool: one that hangs would stall the runtime's shutdown.
        std::thread::Builder::new()
            .name("browser".into())
            .spawn(move || {
                let opened = webbrowser::open(&address).map_err(|error| reason(&error));
                // Nobody listens any more after the deadline; there is nobody left to tell.
                drop(reply.send(opened));
            })
            .map_err(|error| BrowserError::Failed(reason(&error)))?;
        match tokio::time::timeout(DEADLINE, answer).await {
            Ok(Ok(opened)) => opened.map_err(BrowserError::Failed),
            Ok(Err(_)) => Err(BrowserError::Failed("the browser could not be started".into())),
            Err(_) => Err(BrowserError::Failed("the browser did not start in time".into())),
        }
    }
}

/// Tells whether this desktop has a browser to open, without opening it.
#[must_use]
pub fn is_there() -> bool {
    webbrowser::Browser::is_available()
}

/// Returns the address as text if it is one that may be opened.
fn checked(url: &Url) -> Result<String, BrowserError> {
    let address = url.as_str();
    let web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    let plain = address.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\');
    if web && plain && !address.starts_with('-') { Ok(address.to_owned()) } else { Err(BrowserError::Refused) }
}

/// Says in a few words why a start failed, without the address.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no browser was found".into(),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_pass() {
        for refused in [
            "file:///etc/passwd",
            "smb://host/share",
            "javascript:alert(1)",
            "data:text/html,x",
            "mailto:a@b",
            "vscode://x/y",
            "calculator:",
        ] {
            assert_eq!(checked(&Url::parse(refused).unwrap()), Err(BrowserError::Refused), "{refused}");
        }
    }

    #[test]
    fn what_passes_is_one_word_that_starts_with_its_scheme() {
        for hostile in [
            "https://a.test/ --remote-debugging-port=9222",
            "https://a.test/?q=a b\tc\nd",
            "https://a.test/\" & calc.exe & \"",
            "https://a.test/?x=$(calc)",
            "  https://a.test/",
        ] {
            let address = checked(&Url::parse(hostile).unwrap()).unwrap_or_default();
            assert!(!address.contains(char::is_whitespace), "{address}");
            assert!(!address.contains('"'), "{address}");
            assert!(address.is_empty() || address.starts_with("https://a.test/"), "{address}");
        }
    }

    #[test]
    fn an_ordinary_authorization_request_passes() {
        let url = "https://id.example/authorize?client_id=a&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcb&scope=a+b";
        assert_eq!(checked(&Url::parse(url).unwrap()), Ok(url.to_owned()));
    }
}
