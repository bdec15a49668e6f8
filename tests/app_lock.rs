//! The app lock beyond the window: what the system says locks it, `fob` gives nothing out behind it, and neither a kill
//! nor a restart opens it.

#[expect(dead_code, reason = "the journeys of the window use the rest")]
#[path = "window/desk.rs"]
mod desk;
#[path = "app_lock/fob.rs"]
mod fob;
#[path = "app_lock/triggers.rs"]
mod triggers;

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::app_lock::{self, PASSPHRASE};
use fobwatch_tests::process::until;
use fobwatch_tests::system::System;
use fobwatch_tests::tray::{Item, Tray};
use fobwatch_tests::window::{Window, key};

use crate::desk::{Desk, SOON};

const KEY: &str = "sk_test_51Canary00000000000000aaaa";

/// A desk with a passphrase, an open window, a tray and a system around it.
struct Place {
    desk: Desk,
    system: System,
    window: Window,
    item: Item,
    _tray: Tray,
}

impl Place {
    async fn set() -> Result<Self> {
        let desk = Desk::set().await?;
        let system = System::start(&desk.session).await?;
        let tray = Tray::host(&desk.session).await?;
        desk.add_key("Payments", "production", KEY, &[]).await?;
        let window = desk.open_app_heard(&[], Stdio::inherit()).await?;
        window.find("heading", "Payments").await?;
        let item = tray.item().await?;
        let place = Self { desk, system, window, item, _tray: tray };
        app_lock::set_passphrase(&place.window).await?;
        Ok(place)
    }

    async fn lock(&self) -> Result<()> {
        app_lock::lock(&self.window).await
    }

    async fn unlock(&self) -> Result<()> {
        self.window.type_into("textbox", "Passphrase", &format!("{PASSPHRASE}{}", key::ENTER)).await?;
        self.window.find("heading", "Payments").await.map(drop)
    }

    async fn tray_says(&self) -> Result<Vec<String>> {
        Ok(self.item.menu().await?.into_iter().map(|entry| entry.label).collect())
    }

    /// Waits until a person sees that it is locked, and why; nothing of the vault is to be seen then.
    async fn is_locked(&self, why: &str) -> Result<()> {
        self.window.find("heading", "Locked").await?;
        self.window.shows(why).await?;
        ensure!(!self.window.text().await?.contains("Payments"), "the window shows a name");
        ensure!(self.window.client().title().await? == "Fobwatch", "the title says something");
        until("a tray without the vault", SOON, || async {
            Ok((self.tray_says().await? == ["Unlock", "Quit"]).then_some(()))
        })
        .await
    }

    /// Waits until a person sees the vault again, also in the tray.
    async fn is_open(&self) -> Result<()> {
        self.window.find("heading", "Payments").await?;
        until("the vault in the tray", SOON, || async {
            Ok(self.tray_says().await?.iter().any(|label| label.starts_with("Payments")).then_some(()))
        })
        .await
    }

    /// Fails unless `fob` refuses to give a value out, in the words of the contract.
    async fn fob_refuses(&self) -> Result<()> {
        let refused = self.desk.fob.run(&["token", "Payments", "--json"]).await?;
        ensure!(refused.code == 7 && refused.stdout.is_empty(), "{refused:?}");
        let code = refused.error_code()?;
        ensure!(code == "locked", "{code}");
        Ok(())
    }

    fn app(&self) -> Result<u32> {
        self.desk.app()?.context("the app does not run")
    }
}
