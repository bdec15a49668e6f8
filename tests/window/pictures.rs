//! Every screen of the design in the real window: pictured (`target/screens`), and audited for accessibility and contrast.
//!
//! In each test run both themes; `make screens` takes all looks: narrow, zoomed, right to left, German, pseudo-locale.

use anyhow::{Result, ensure};
use fobwatch_tests::servers::{Oidc, Server, browse};
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, choose, row};
use crate::device::ask_for_code;
use crate::look::Album;
use crate::pictures_views;
use crate::presets::{fill, start};
use crate::provider::{fill_client, more};
use crate::sign_in::{ask_to_sign_in, denial, fill_form};

/// The API keys: name, environment, provider, account, rotate-by, value.
const KEYS: [[&str; 6]; 6] = [
    ["Payments gateway", "production", "stripe", "acct_northwind_eu", "3d", "sk_live_51NorthwindPictureA4f2c9"],
    ["Container registry", "production", "gitlab", "octavia", "58d", "glpat-NorthwindPicture0001"],
    ["Search cluster", "development", "elastic", "nw-search-eu-west", "none", "bm9ydGh3aW5kLXBpY3R1cmUtMDE"],
    ["Docs assistant", "development", "openai", "proj_docs", "41d", "sk-proj-NorthwindPicture0002"],
    ["Mail relay", "staging", "mailgun", "mg.northwind.example", "90d", "key-0123456789abcdef01234567"],
    ["Pager", "production", "pagerduty", "northwind-oncall", "180d", "u+NorthwindPicture0003"],
];
/// The logins: name, environment, account.
const LOGINS: [[&str; 3]; 4] = [
    ["Warehouse sync", "production", "sync@warehouse.example"],
    ["Deploy bot", "production", "deploy-bot@northwind.example"],
    ["Northwind staging", "staging", "octavia@northwind.example"],
    ["Northwind API", "production", "octavia@northwind.example"],
];

/// One series of pictures.
struct Series {
    desk: Desk,
    album: Album,
}

impl Series {
    async fn take(&mut self, window: &Window, name: &str) -> Result<()> {
        self.album.take(window, name).await
    }

    async fn sign_in(&self, server: &Server, [name, environment, account]: [&str; 3]) -> Result<()> {
        let arguments = ["login", name, "--issuer", server.issuer(), "--client-id", "fobwatch-demo"];
        let scopes = ["openid", "profile", "email", "offline_access", "orders:read", "orders:write"];
        let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
        let more = ["--env", environment, "--account", account];
        let arguments: Vec<&str> = arguments.into_iter().chain(scopes).chain(more).collect();
        let done = self.desk.fob.run(&arguments).await?;
        ensure!(done.code == 0, "{done:?}");
        Ok(())
    }

    /// Fills the vault; one of the logins has been ended at its provider.
    async fn fill(&self, server: &Server) -> Result<()> {
        for [name, environment, provider, account, rotate_by, value] in KEYS {
            let more = ["--provider", provider, "--account", account, "--rotate-by", rotate_by];
            self.desk.add_key(name, environment, value, &more).await?;
        }
        let ending = Server::oidc(Oidc { access_ttl: 2400, ..Oidc::default() }).await?;
        self.sign_in(&ending, LOGINS[0]).await?;
        ending.revoke_grants().await?;
        let refused = self.desk.fob.run(&["refresh", LOGINS[0][0], "--force"]).await?;
        ensure!(refused.code == 4, "{refused:?}");
        for login in &LOGINS[1..] {
            self.sign_in(server, *login).await?;
        }
        for _ in 0..2 {
            let refreshed = self.desk.fob.run(&["refresh", "Northwind API", "--force"]).await?;
            ensure!(refreshed.code == 0, "{refreshed:?}");
        }
        ensure!(self.desk.fob.run(&["token", "Northwind API"]).await?.code == 0, "no token");
        Ok(())
    }

    async fn of_the_first_run(&mut self, window: &Window) -> Result<()> {
        window.find("button", "Sign in with GitHub").await?;
        self.take(window, "13-first-run").await?;
        window.press(&[key::CONTROL, 'n']).await?;
        row(window, "GitHub").await?;
        self.take(window, "04-add-choose").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Add credential").await
    }

    async fn of_credentials(&mut self, window: &Window) -> Result<()> {
        choose(window, "Northwind API", "Northwind API").await?;
        window.shows("rotation 2").await?;
        self.take(window, "01-main").await?;
        window.click("tab", "Token").await?;
        window.shows("Signature verified").await?;
        self.take(window, "02-token").await?;
        window.click("button", "Reveal").await?;
        window.find("button", "Hide").await?;
        self.take(window, "02b-revealed").await?;
        // In many looks it takes longer than a value is shown.
        if window.has("button", "Hide").await? {
            window.click("button", "Hide").await?;
        }
        window.click("tab", "History").await?;
        window.shows("2 current").await?;
        self.take(window, "01e-history").await?;
        window.click("tab", "Overview").await?;
        choose(window, "Payments gateway", "Payments gateway").await?;
        window.shows("Rotation history").await?;
        self.take(window, "03-api-key").await?;
        choose(window, "Warehouse sync", "Warehouse sync").await?;
        window.find("button", "Sign in again").await?;
        self.take(window, "03b-refresh-failing").await
    }

    async fn of_sign_ins(&mut self, window: &Window, server: &Server) -> Result<()> {
        let asking = Server::oidc(Oidc { auto: false, ..Oidc::default() }).await?;
        ask_to_sign_in(window, &asking, "Orders API").await?;
        self.take(window, "05-add-oauth-form").await?;
        window.click("button", "Sign in with browser").await?;
        window.find("dialog", "Approve in your browser").await?;
        self.take(window, "06a-login-waiting").await?;
        window.click("button", "The page shows an error instead?").await?;
        self.take(window, "06f-login-page-error").await?;
        browse(&denial(&self.desk, window).await?).await?;
        window.find("dialog", "Sign-in did not finish").await?;
        self.take(window, "06b-login-failure").await?;
        window.click("button", "Details").await?;
        window.find("button", "Copy details").await?;
        self.take(window, "06e-login-failure-details").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Sign-in did not finish").await?;
        ask_to_sign_in(window, server, "Orders API").await?;
        window.click("button", "Sign in with browser").await?;
        window.find("dialog", "Signed in").await?;
        self.take(window, "06b-login-success").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Signed in").await
    }

    /// A preset with known endpoints, successes that are not all that was asked for, and a failure with advice.
    async fn of_explanations(&mut self, window: &Window) -> Result<()> {
        fill(window, "GitHub", "Iv1.8a61f9b3a7aba766", Some("northwind-picture-secret")).await?;
        self.take(window, "05d-add-github-form").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Add GitHub login").await?;
        let pictures = [
            ("HC10.less", "Signed in", "Orders reader", "06g-login-less"),
            ("HA17.unlisted", "Signed in", "Orders writer", "06h-login-odd"),
            ("HC12.code", "Sign-in did not finish", "Orders exporter", "06i-login-redirect"),
        ];
        for (module, title, name, picture) in pictures {
            let lab = start(module).await?;
            let here = "This issuer is on this computer.";
            fill_form(window, &lab.place().issuer, here, name, lab.client_id()).await?;
            if let Some(secret) = lab.client_secret() {
                window.click("button", "Add a client secret").await?;
                window.type_into("textbox", "Client secret", secret).await?;
            }
            window.type_into("radio", "dev", " ").await?;
            window.click("button", "Sign in with browser").await?;
            window.find("dialog", title).await?;
            self.take(window, picture).await?;
            window.click("button", "Details").await?;
            window.find("region", "What happened").await?;
            self.take(window, &format!("{picture}-details")).await?;
            window.press(&[key::ESCAPE]).await?;
            window.gone("dialog", title).await?;
        }
        Ok(())
    }

    /// Another device, a client of its own, and what can be asked of a provider.
    async fn of_grants(&mut self, window: &Window, server: &Server) -> Result<()> {
        ask_for_code(&self.desk, window, server, "Orders API").await?;
        self.take(window, "06d-login-device").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Approve on another device").await?;
        window.press(&[key::CONTROL, 'n']).await?;
        fill_client(window, server).await?;
        self.take(window, "05c-add-client-form").await?;
        window.type_into("textbox", "Client secret", "northwind-machine-client-secret-c2a883").await?;
        window.click("button", "Get a token and store").await?;
        window.shows("asks for a new token in").await?;
        self.take(window, "01c-client").await?;
        choose(window, "Northwind API", "Northwind API").await?;
        window.click("button", "More").await?;
        window.find("menuitem", "Revoke at provider…").await?;
        self.take(window, "01d-more").await?;
        // A menu closes when its window gets another size.
        if !window.has("menuitem", "Narrower token…").await? {
            window.click("button", "More").await?;
        }
        window.click("menuitem", "Narrower token…").await?;
        window.find("dialog", "Narrower token of Northwind API").await?;
        self.take(window, "17h-narrower").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Narrower token of Northwind API").await?;
        more(window, "Revoke at provider…").await?;
        window.find("dialog", "Revoke Northwind API").await?;
        self.take(window, "17g-revoke").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Revoke Northwind API").await
    }

    async fn of_failures(&mut self, window: &Window) -> Result<()> {
        choose(window, "Payments gateway", "Payments gateway").await?;
        window.press(&[key::DELETE]).await?;
        window.find("dialog", "Delete Payments gateway").await?;
        self.take(window, "17d-delete-confirm").await?;
        window.press(&[key::ESCAPE]).await?;
        window.gone("dialog", "Delete Payments gateway").await?;
        choose(window, "Northwind API", "Northwind API").await?;
        self.desk.session.lock().await?;
        window.press(&[key::CONTROL, 'r']).await?;
        window.find("button", "Unlock and copy").await?;
        self.take(window, "17b-keychain-locked").await
    }
}

#[tokio::test]
async fn every_screen_is_pictured_and_audited() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 3600, ..Oidc::default() }).await?;
    let mut series = Series { desk: Desk::set().await?, album: Album::new() };
    let window = series.desk.open_app().await?;
    series.of_the_first_run(&window).await?;
    series.fill(&server).await?;
    series.of_credentials(&window).await?;
    pictures_views::detail(&mut series.album, &window).await?;
    pictures_views::commands(&mut series.album, &window).await?;
    pictures_views::expiries(&mut series.album, &window).await?;
    pictures_views::others(&mut series.album, &window).await?;
    series.of_sign_ins(&window, &server).await?;
    series.of_grants(&window, &server).await?;
    series.of_explanations(&window).await?;
    series.of_failures(&window).await?;
    series.desk.session.unlock().await?;
    pictures_views::locked(&mut series.album, &window).await?;
    series.album.close()
}
