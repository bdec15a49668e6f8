//! Each way in which a sign-in fails, in the window: the sentence, what to do, and the Details that can be shown to
//! anybody.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{Running, bare_command, project, until};
use fobwatch_tests::servers::{Oidc, Server, browse};
use fobwatch_tests::visit::{begin, wait, walk};
use fobwatch_tests::window::Window;
use serde_json::json;

use crate::desk::{Desk, SOON, choose};
use crate::presets::start;
use crate::sheet::{FAILED, close, tells};
use crate::sign_in::{decide, fill_form};

/// What the form says of an issuer on this computer that answers.
const HERE: &str = "This issuer is on this computer.";

/// One way to fail, at a module of the hostile server.
struct Way {
    /// The module.
    at: &'static str,
    /// What the form says of the issuer before the sign-in.
    found: &'static str,
    /// A secret to type, though the client may have none.
    secret: Option<&'static str>,
    /// A scope to ask for besides the usual ones.
    scope: Option<&'static str>,
    /// What happened.
    sentence: &'static str,
    /// What to do.
    advice: &'static [&'static str],
    /// What else the Details tell.
    told: &'static [&'static str],
}

/// A way that ends like all others and says nothing yet.
const WAY: Way = Way { at: "", found: HERE, secret: None, scope: None, sentence: "", advice: &[], told: &[] };

const WAYS: [Way; 10] = [
    Way {
        at: "HC12.code",
        sentence: "The server refused the request. Nothing was saved.",
        advice: &[
            "the redirect address is probably not registered: register http://127.0.0.1/callback (any port), or \
             http://127.0.0.1:",
            "for a server that compares all of it.",
        ],
        told: &["refused: invalid_grant.", "Listening at http://127.0.0.1:"],
        ..WAY
    },
    Way {
        at: "HA17",
        secret: Some("lab-secret-that-nobody-knows-5e07"),
        sentence: "The server refused the request. Nothing was saved.",
        advice: &["Check the client id and secret. Tried:", "client_secret_basic", "client_secret_post"],
        told: &["Tried once more: the client proves itself with its secret in the form", "refused: invalid_client."],
        ..WAY
    },
    Way {
        at: "HB07.invalid_scope",
        scope: Some("orders"),
        sentence: "The server refused the sign-in. Nothing was saved.",
        advice: &["The server does not list orders; leave that out."],
        told: &["It does not list the scope orders.", "refused: invalid_scope."],
        ..WAY
    },
    Way {
        at: "HA05.clock",
        sentence: "The ID token does not hold",
        advice: &["This computer's clock is 3", " s off; set it right and start again."],
        told: &["This computer's clock is 3", " s behind the server's."],
        ..WAY
    },
    Way {
        at: "HD08",
        found: "captive portal",
        sentence: "The issuer's metadata can't be used: it is a web page (a captive portal, perhaps).",
        ..WAY
    },
    Way {
        at: "HA14",
        found: "calls itself",
        sentence: "The server calls itself https://other.lab.example, which is not the issuer that was asked for.",
        advice: &["Use exactly the issuer that the server names, if you trust it."],
        ..WAY
    },
    Way {
        at: "HA22",
        sentence: "This answer belongs to another sign-in. Nothing was saved.",
        advice: &["do not trust the page that you were sent to."],
        ..WAY
    },
    Way {
        at: "HB04",
        found: "does not offer PKCE with S256",
        sentence: "The server does not offer PKCE with S256, and Fobwatch does not go below it.",
        advice: &["Ask the server's operator to allow S256."],
        ..WAY
    },
    Way { at: "HA11", sentence: "The ID token does not hold", ..WAY },
    Way {
        at: "HB07.access_denied",
        sentence: "Approval was denied, or this account may not use the client. Nothing was saved.",
        told: &["refused: access_denied."],
        ..WAY
    },
];

/// Lets a sign-in fail that way, and looks at what the window tells of it.
async fn fails(desk: &Desk, window: &Window, way: &Way) -> Result<()> {
    let lab = start(way.at).await?;
    fill_form(window, &lab.place().issuer, way.found, way.at, lab.client_id()).await?;
    if let Some(secret) = way.secret {
        window.click("button", "Add a client secret").await?;
        window.type_into("textbox", "Client secret", secret).await?;
    }
    if let Some(scope) = way.scope {
        window.type_into("textbox", "Scopes", scope).await?;
    }
    window.type_into("radio", "dev", " ").await?;
    window.click("button", "Sign in with browser").await?;
    is_told(window, way.sentence, way.advice).await?;
    tells(desk, window, Some(&lab), &[&[way.sentence], way.told].concat()).await?;
    close(window, FAILED).await
}

/// Waits for the end, and looks for what happened and what to do.
async fn is_told(window: &Window, sentence: &str, advice: &[&str]) -> Result<()> {
    window.find("dialog", FAILED).await?;
    window.shows(sentence).await?;
    for words in advice {
        window.shows(words).await?;
    }
    let text = window.text().await?;
    ensure!(!text.contains("fob login") && !text.contains("--"), "a command stands where there are buttons: {text}");
    Ok(())
}

#[tokio::test]
async fn each_way_to_fail_has_its_sentence_its_advice_and_details_without_secrets() -> Result<()> {
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    for way in &WAYS {
        fails(&desk, &window, way).await.with_context(|| format!("at {}", way.at))?;
    }
    opened_connection(&desk, &window).await.context("behind a proxy that opens connections")?;
    page_of_its_own(&desk, &window).await.context("at a provider that shows an error of its own")?;
    ensure!(desk.fob.run(&["list", "--json"]).await?.json()? == json!([]), "something was stored");
    Ok(())
}

/// A certificate that nobody vouches for.
async fn opened_connection(desk: &Desk, window: &Window) -> Result<()> {
    let mut proxy = bare_command("node");
    proxy.arg(project().join("tests/support/intercept.mjs")).arg(desk.session.home().join("tmp"));
    proxy.stderr(Stdio::inherit());
    let mut proxy = Running::start(proxy)?;
    let issuer = format!("https://127.0.0.1:{}", proxy.line().await?);
    let sentence = "There is no trusted connection to 127.0.0.1: invalid peer certificate: UnknownIssuer.";
    fill_form(window, &issuer, sentence, "Opened", "lab").await?;
    window.type_into("radio", "dev", " ").await?;
    window.click("button", "Sign in with browser").await?;
    let advice = "a proxy that inspects TLS, perhaps. Ask for its certificate to be installed, or use another network.";
    is_told(window, sentence, &[advice]).await?;
    tells(desk, window, None, &[sentence]).await?;
    close(window, FAILED).await
}

/// The browser stays at the provider, which nobody hears of: what it means is said while the sign-in waits.
async fn page_of_its_own(desk: &Desk, window: &Window) -> Result<()> {
    const WAITING: &str = "Approve in your browser";
    let lab = start("HA01").await?;
    fill_form(window, &lab.place().issuer, HERE, "Own page", "a-client-that-the-lab-does-not-know").await?;
    window.click("button", "Sign in with browser").await?;
    window.find("dialog", WAITING).await?;
    until("the browser at the provider", SOON, || async {
        Ok((lab.record().count(fobwatch_lab::At::Authorize) == 1).then_some(()))
    })
    .await?;
    let shown = window.text().await?;
    let (_, after) = shown.split_once("Listening on ").context("it does not listen")?;
    let exact = format!("http://{}/callback", after.split_once(',').context("it does not listen")?.0);
    ensure!(!shown.contains(&exact), "what few people need is shown to all");
    window.click("button", "The page shows an error instead?").await?;
    window.shows("The redirect address is probably not registered.").await?;
    window.click("button", "Copy the address with its port").await?;
    desk.clipboard_holds(&exact).await?;
    window.click("button", "Copy the address for any port").await?;
    desk.clipboard_holds("http://127.0.0.1/callback").await?;
    let asked = lab.record().seen.iter().find_map(|seen| seen.query("redirect_uri").map(str::to_owned));
    ensure!(asked.as_deref() == Some(exact.as_str()), "the server was told another address: {asked:?}");
    close(window, WAITING).await
}

#[tokio::test]
async fn another_account_does_not_take_the_place_of_the_one_that_is_stored() -> Result<()> {
    let server = Server::oidc(Oidc { auto: false, access_ttl: 600, ..Oidc::default() }).await?;
    let desk = Desk::set().await?;
    let more = ["--client-id", "fobwatch-demo", "--env", "development", "--scope", "openid", "--scope", "email"];
    let waiting = begin(&desk.fob, server.issuer(), "Northwind", &more, "").await?;
    browse(walk(&waiting, "approve").await?.as_str()).await?;
    let signed_in = wait(waiting, &desk.fob).await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    let token = desk.fob.run(&["token", "Northwind"]).await?.stdout;

    let window = desk.open_app().await?;
    choose(&window, "Northwind", "Northwind").await?;
    window.click("button", "Sign in again").await?;
    window.find("dialog", "Approve in your browser").await?;
    browse(&decide(&desk, &window, "approve", Some("ada@northwind.example")).await?).await?;
    let sentence = "Another account signed in than the one this credential belongs to. Nothing was saved.";
    is_told(
        &window,
        sentence,
        &["Expected octavia@northwind.example, got ada@northwind.example. Sign in with the right account"],
    )
    .await?;
    tells(&desk, &window, None, &[sentence]).await?;
    close(&window, FAILED).await?;
    ensure!(desk.show("Northwind").await?["account"] == "octavia@northwind.example", "the account is another");
    ensure!(desk.fob.run(&["token", "Northwind"]).await?.stdout == token, "the token is another");
    Ok(())
}
