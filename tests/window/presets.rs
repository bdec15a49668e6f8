//! Providers with habits of their own, signed in to and renewed from the window.
//!
//! What the window is told of a provider is what the program itself knows of it, with the addresses of a lab that has
//! the provider's habits in the place of the real ones.

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{At, Lab, find};
use fobwatch_tests::process::project;
use fobwatch_tests::window::{Window, key};

use crate::desk::Desk;
use crate::sheet::{close, tells};
use crate::sign_in::SEARCH;

/// Where the parts of a lab are, under their names in a provider file.
const PLACES: [(&str, &str); 4] = [
    ("authorization_endpoint", "/authorize"),
    ("token_endpoint", "/token"),
    ("device_authorization_endpoint", "/device"),
    ("revocation_endpoint", "/revoke"),
];

/// Starts a module of the hostile server.
pub(crate) async fn start(id: &str) -> Result<Lab> {
    Ok(Lab::start(find(id).with_context(|| format!("there is no module {id}"))?, 0).await?)
}

/// Writes a provider file with what the program knows of a ready provider and a lab in its place: the id has `-lab`
/// behind, the name “lab”.
pub(crate) fn keep(desk: &Desk, lab: &Lab, id: &str) -> Result<()> {
    let ready = std::fs::read_to_string(project().join("crates/core/providers.toml"))?;
    let known = ready.split("[[provider]]\n").find(|entry| entry.starts_with(&format!("id = \"{id}\"\n")));
    let issuer = &lab.place().issuer;
    let moved = known.context("no such provider")?.lines().filter_map(|line| {
        let (key, value) = line.split_once(" = ").unwrap_or((line, ""));
        let place = PLACES.iter().find(|(endpoint, _)| *endpoint == key);
        Some(match (key, place) {
            ("key_prefixes", _) => return None,
            ("id" | "name", _) => format!("{key} = {}{}\"", value.trim_end_matches('"'), behind(key)),
            ("issuer", _) => format!("issuer = \"{issuer}\""),
            // Every run has its port.
            ("redirect", _) => "redirect = \"http://127.0.0.1/callback\"".to_owned(),
            (_, Some((_, path))) => format!("{key} = \"{issuer}{path}\""),
            _ => line.to_owned(),
        })
    });
    let text = ["[[provider]]".to_owned()].into_iter().chain(moved).collect::<Vec<_>>().join("\n");
    write(desk, id, &text)
}

fn behind(key: &str) -> &'static str {
    if key == "id" { "-lab" } else { " lab" }
}

/// Puts a provider file into the vault's folder.
fn write(desk: &Desk, id: &str, text: &str) -> Result<()> {
    let folder = desk.fob.home().join("providers");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(format!("{id}.toml")), text)?)
}

/// Opens the form of a provider and fills it in.
pub(crate) async fn fill(window: &Window, name: &str, client: &str, secret: Option<&str>) -> Result<()> {
    window.press(&[key::CONTROL, 'n']).await?;
    window.type_into("combobox", SEARCH, &format!("{name}{}", key::ENTER)).await?;
    window.type_into("textbox", "Client ID", client).await?;
    if let Some(secret) = secret {
        if window.has("button", "Add a client secret").await? {
            window.click("button", "Add a client secret").await?;
        }
        window.type_into("textbox", "Client secret", secret).await?;
    }
    window.type_into("radio", "dev", " ").await
}

/// Signs in, and looks at what the vault and the Detail have of it.
async fn signs_in(desk: &Desk, window: &Window, lab: &Lab, name: &str, scopes: &[&str]) -> Result<()> {
    window.click("button", "Sign in with browser").await?;
    window.find("dialog", "Signed in").await?;
    close(window, "Signed in").await?;
    window.find("heading", name).await?;
    for scope in scopes {
        window.shows(scope).await?;
    }
    window.shows("Has not rotated yet").await?;
    let shown = desk.show(name).await?;
    ensure!(shown["status"] == "fresh" && shown["renews"] == true, "{shown}");
    ensure!(shown["scopes"] == serde_json::json!(scopes), "{shown}");
    has_the_last_token(desk, lab, name).await
}

/// Fails unless the stored token is the one that the lab gave last.
async fn has_the_last_token(desk: &Desk, lab: &Lab, name: &str) -> Result<()> {
    let token = desk.fob.run(&["token", name]).await?;
    let given = lab.record().access_tokens.last().cloned().unwrap_or_default();
    ensure!(token.code == 0 && token.stdout.trim() == given, "the stored token is not the one that was given");
    Ok(())
}

/// Renews by the button, and looks at what came.
async fn renews(desk: &Desk, window: &Window, lab: &Lab, name: &str) -> Result<()> {
    let before = lab.record().count(At::Refresh);
    window.click("button", "Refresh now").await?;
    window.shows("rotation 1").await?;
    window.shows("Rotated 1 time").await?;
    ensure!(lab.record().count(At::Refresh) == before + 1, "another number of renewals");
    has_the_last_token(desk, lab, name).await
}

#[tokio::test]
async fn providers_with_habits_of_their_own_are_signed_in_to_and_renewed() -> Result<()> {
    let (github, slack, linear) = (start("HQ01.refused").await?, start("HQ03").await?, start("HQ05").await?);
    let desk = Desk::set().await?;
    for (lab, id) in [(&github, "github"), (&slack, "slack"), (&linear, "linear")] {
        keep(&desk, lab, id)?;
    }
    let window = desk.open_app().await?;

    // Tokens in an object of their own, asked for with a parameter of its own.
    fill(&window, "Slack lab", "lab", None).await?;
    ensure!(!window.has("button", "Sign in on another device").await?, "Slack has no device endpoint");
    signs_in(&desk, &window, &slack, "Slack lab", &["users:read"]).await.context("Slack")?;
    let seen = slack.record();
    let asked = seen.seen.iter().find(|seen| seen.at == At::Authorize).context("nobody was there")?;
    ensure!(asked.query("user_scope") == Some("users:read") && asked.query("scope").is_none(), "{:?}", asked.query);
    renews(&desk, &window, &slack, "Slack lab").await.context("Slack")?;

    // Commas between scopes, in the question and in the answer.
    fill(&window, "Linear lab", "lab", None).await?;
    window.type_into("textbox", "Scopes", "write").await?;
    signs_in(&desk, &window, &linear, "Linear lab", &["read", "write"]).await.context("Linear")?;
    renews(&desk, &window, &linear, "Linear lab").await.context("Linear")?;

    // Forms for answers, and a refusal that calls itself a success.
    fill(&window, "GitHub lab", "lab", Some("lab-client-secret-31f0")).await?;
    signs_in(&desk, &window, &github, "GitHub lab", &["read:user"]).await.context("GitHub")?;
    window.click("button", "Refresh now").await?;
    window.shows("The provider ended the sign-in").await?;
    ensure!(desk.show("GitHub lab").await?["status"] == "sign_in_needed", "a refused renewal counts as one");
    window.click("button", "Sign in again").await?;
    window.find("dialog", "Signed in").await?;
    close(&window, "Signed in").await?;
    renews(&desk, &window, &github, "GitHub lab").await.context("GitHub")
}

#[tokio::test]
async fn a_provider_with_known_endpoints_signs_in_on_another_device() -> Result<()> {
    let lab = start("HD09").await?;
    let desk = Desk::set().await?;
    keep(&desk, &lab, "github")?;
    let window = desk.open_app().await?;
    fill(&window, "GitHub lab", "lab", Some("lab-client-secret-31f0")).await?;
    window.click("button", "Sign in on another device").await?;
    window.find("dialog", "Approve on another device").await?;
    window.shows("LABS-1234").await?;
    window.find("dialog", "Signed in").await?;
    window.shows("Tokens received").await?;
    ensure!(lab.record().count(At::Grant) == 1 && lab.record().count(At::Discovery) == 0, "another way was taken");
    close(&window, "Signed in").await
}

#[tokio::test]
async fn a_success_that_is_not_all_that_was_asked_for_says_what_is_odd() -> Result<()> {
    let (silent, form, less) = (start("HC07.absent").await?, start("HA17.unlisted").await?, start("HC10.less").await?);
    let desk = Desk::set().await?;
    // What Google needs to give a refresh token is part of what is known of it.
    keep(&desk, &silent, "google")?;
    for (lab, id) in [(&form, "form"), (&less, "less")] {
        let known = format!("[[provider]]\nid = \"{id}\"\nname = \"The {id}\"\n[provider.oauth]\n");
        write(&desk, id, &format!("{known}issuer = \"{}\"\n", lab.place().issuer))?;
    }
    let window = desk.open_app().await?;
    let needs = "no refresh token. Here one takes the parameters access_type=offline and prompt=consent";
    let worked = "That worked: the client proves itself with its secret in the form (client_secret_post).";
    let withheld = "The server did not grant profile, email, offline_access.";
    for (lab, name, secret, shown, told) in [
        (&silent, "Google lab", Some("lab-google-secret-9a1c"), needs, needs),
        (&form, "The form", form.client_secret(), worked, worked),
        (&less, "The less", None, "profile, email, offline_access were not granted.", withheld),
    ] {
        fill(&window, name, lab.client_id(), secret).await?;
        window.click("button", "Sign in with browser").await?;
        window.find("dialog", "Signed in").await.with_context(|| format!("at {name}"))?;
        window.shows(shown).await?;
        ensure!(shown == told || !window.text().await?.contains(told), "the same is said twice");
        tells(&desk, &window, Some(lab), &[told, "Everything is stored."]).await?;
        close(&window, "Signed in").await?;
        window.find("heading", name).await?;
    }
    // What worked is what is done from now on.
    let refreshed = desk.fob.run(&["refresh", "The form", "--force"]).await?;
    ensure!(refreshed.code == 0 && form.record().count(At::Refresh) == 1, "{refreshed:?}");
    Ok(())
}
