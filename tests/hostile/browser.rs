//! The browser of the hostile tests: HTTP/1.1, no script; it goes where the server sends it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

/// The next visit does not wait for the answer to the one before longer than this.
const NEXT_AFTER: Duration = Duration::from_millis(250);

#[derive(Deserialize)]
struct Visit {
    get: Option<String>,
    post: Option<String>,
    #[serde(default)]
    form: Vec<(String, String)>,
}

/// Goes to `authorize` and from there to the client; returns everything that the client answered. `authority` is what
/// a server with TLS is trusted by.
pub(crate) async fn browse(authorize: &str, authority: Option<&str>) -> Result<Vec<String>> {
    let url: Url = authorize.parse()?;
    let scheme = if authority.is_some() { "https" } else { "http" };
    ensure!(
        url.scheme() == scheme && url.port().is_some(),
        "the browser is sent to {}",
        &url[..url::Position::BeforeQuery]
    );
    let page = match authority {
        Some(authority) => talk(encrypted(&url, authority).await?, &question(&url)?).await?,
        None => get(&url).await?,
    };
    let visits = match location(&page) {
        Some(to) => vec![Visit { get: Some(to.to_owned()), post: None, form: Vec::new() }],
        None => listed(&page)?,
    };
    let mut open = JoinSet::new();
    let mut answers = Vec::new();
    for visit in visits {
        open.spawn(async move { go(&visit).await.unwrap_or_default() });
        if let Ok(Some(answer)) = tokio::time::timeout(NEXT_AFTER, open.join_next()).await {
            answers.push(answer?);
        }
    }
    while let Some(answer) = open.join_next().await {
        answers.push(answer?);
    }
    Ok(answers)
}

fn listed(page: &str) -> Result<Vec<Visit>> {
    let (_, rest) = page.split_once("type=application/json>").with_context(|| format!("no way on: {page}"))?;
    let (list, _) = rest.split_once("</script>").context("no end of the visits")?;
    Ok(serde_json::from_str(list)?)
}

/// Visits the client. A listener that is gone by now answers nothing.
async fn go(visit: &Visit) -> Result<String> {
    if let Some(to) = &visit.post {
        let url: Url = to.parse()?;
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&visit.form).finish();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            url.path(),
            host(&url)?,
            body.len()
        );
        return ask(&url, &format!("{head}{body}")).await;
    }
    let url: Url = visit.get.as_deref().context("a visit to nowhere")?.parse()?;
    let first = get(&url).await?;
    // To the last page, as a browser does: the client waits for that.
    match location(&first) {
        Some(to) => {
            ensure!(!to.contains('?') && !to.contains("code"), "the last page's address has a query: {to}");
            let last = get(&url.join(to)?).await.unwrap_or_default();
            Ok(first + &last)
        }
        None => Ok(first),
    }
}

fn location(answer: &str) -> Option<&str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("location")))
        .map(|(_, to)| to)
}

fn host(url: &Url) -> Result<String> {
    Ok(format!("{}:{}", url.host_str().context("no host")?, url.port().context("no port")?))
}

async fn get(url: &Url) -> Result<String> {
    ask(url, &question(url)?).await
}

fn question(url: &Url) -> Result<String> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // The fragment stays in the browser.
    Ok(format!("GET {}{query} HTTP/1.1\r\nHost: {}\r\n\r\n", url.path(), host(url)?))
}

async fn encrypted(url: &Url, authority: &str) -> Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes())?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(url.host_str().context("no host")?.to_owned())?;
    let stream = TcpStream::connect(host(url)?).await?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
}

async fn ask(url: &Url, request: &str) -> Result<String> {
    talk(TcpStream::connect(host(url)?).await?, request).await
}

async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> Result<String> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // A connection that is reset after the answer has still brought it.
    let read = stream.read_to_end(&mut answer).await;
    drop(read);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
