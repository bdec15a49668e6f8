//! The browser of the hostile tests: plain HTTP, no script; it goes where the server sends it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
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

/// Goes to `authorize` and from there to the client; returns everything that the client answered.
pub(crate) async fn browse(authorize: &str) -> Result<Vec<String>> {
    let url: Url = authorize.parse()?;
    ensure!(
        url.scheme() == "http" && url.port().is_some(),
        "the browser is sent to {}",
        &url[..url::Position::BeforeQuery]
    );
    let page = get(&url).await?;
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
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // The fragment stays in the browser.
    ask(url, &format!("GET {}{query} HTTP/1.1\r\nHost: {}\r\n\r\n", url.path(), host(url)?)).await
}

async fn ask(url: &Url, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(host(url)?).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // A connection that is reset after the answer has still brought it.
    let read = stream.read_to_end(&mut answer).await;
    drop(read);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
