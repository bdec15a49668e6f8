//! The design's colours, from the window's own style sheet, and the toolkit's style made of them.

use gtk::gdk::RGBA;
use gtk::prelude::*;

/// Where each colour is written once, light and then dark.
const STYLES: &str = include_str!("../../../../ui/src/styles.css");

/// How the palette looks now.
#[derive(PartialEq, Eq)]
pub(super) struct Look {
    dark: bool,
}

impl Look {
    /// Takes the person's choice: `light`, `dark`, or what the desktop says.
    pub(super) fn new(theme: &str) -> Self {
        let desktop = || {
            let settings = gtk::Settings::default()?;
            let named = settings.gtk_theme_name().is_some_and(|name| name.to_lowercase().contains("dark"));
            Some(named || settings.is_gtk_application_prefer_dark_theme())
        };
        let dark = theme == "dark" || (theme != "light" && desktop().unwrap_or_default());
        Self { dark }
    }

    /// A colour as the style sheet has it.
    pub(super) fn css(&self, name: &str) -> &'static str {
        let found = STYLES.lines().find_map(|line| {
            let pair = line.trim().strip_prefix("--")?.strip_prefix(name)?.strip_prefix(": light-dark(")?;
            let (light, dark) = pair.strip_suffix(");")?.split_once(", ")?;
            Some(if self.dark { dark } else { light })
        });
        found.unwrap_or("#888888")
    }

    /// A colour to draw with.
    pub(super) fn colour(&self, name: &str) -> RGBA {
        RGBA::parse(self.css(name)).unwrap_or(RGBA::BLACK)
    }

    /// The ring around a tile.
    pub(super) fn ring(&self) -> RGBA {
        let part = if self.dark { 1.0 } else { 0.0 };
        RGBA::new(part, part, part, 0.07)
    }

    /// Whether the language is written from right to left.
    #[expect(clippy::unused_self, reason = "a part of how it looks")]
    pub(super) fn mirrored(&self) -> bool {
        gtk::Widget::default_direction() == gtk::TextDirection::Rtl
    }

    /// Gives the toolkit its style.
    pub(super) fn apply(&self) {
        let style = gtk::CssProvider::new();
        // What it can't read of its own style it leaves out.
        drop(style.load_from_data(self.style().as_bytes()));
        if let Some(screen) = gtk::gdk::Screen::default() {
            gtk::StyleContext::add_provider_for_screen(&screen, &style, gtk::STYLE_PROVIDER_PRIORITY_USER);
        }
    }

    fn style(&self) -> String {
        let mut style = String::from(
            ".palette, .palette list, .palette row, .palette box { background: none; }
             .palette { background-color: @bg; border: 1px solid @line2; }
             .palette, .palette entry, .palette label { font-family: Inter, sans-serif; color: @ink; }
             .palette.round { border-radius: 12px; }
             .palette .head { min-height: 54px; padding: 0 20px; border-bottom: 1px solid @line; }
             .palette entry { font-size: 17px; border: none; box-shadow: none; outline: none; background: none;
               padding: 0; min-height: 24px; caret-color: @acc-text; }
             .palette list { padding: 8px; }
             .palette row { min-height: 44px; padding: 0 8px; border-radius: 6px; outline: none; }
             .palette row.line { min-height: 36px; padding: 0 12px; }
             .palette row:hover { background-color: @hover; }
             .palette row:selected { background-color: @sel; }
             .palette .name { font-size: 13px; font-weight: 600; }
             .palette .plain { font-size: 13px; font-weight: 400; }
             .palette .word { font-size: 11px; color: @ink2; }
             .palette .hint { font-size: 17px; color: @ink3; }
             .palette .account, .palette .count, .palette .note { font-size: 12px; color: @ink3; }
             .palette row:selected .account { color: @ink2; }
             .palette .status { font-size: 12px; color: @ink2; }
             .palette .status.warn { color: @warn; }
             .palette .status.bad, .palette .problem { color: @bad; }
             .palette .sample { font-family: 'JetBrains Mono', monospace; font-size: 12px; color: @ink3; }
             .palette .foot { min-height: 43px; padding: 0 16px; border-top: 1px solid @line;
               background-color: @bg-list; }
             .palette.round .foot { border-radius: 0 0 11px 11px; }
             .palette .foot label { font-size: 12px; color: @ink2; }
             .palette .foot .primary { font-weight: 600; color: @ink; }
             .palette .foot .problem { color: @bad; }
             .palette .key { font-size: 11px; color: @ink2; border: 1px solid @line2; border-radius: 4px;
               padding: 0 4px; min-height: 18px; min-width: 12px; }",
        );
        // The longest names first, so that none is taken for the beginning of another.
        let mut names: Vec<&str> = STYLES
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--")?.split_once(": light-dark(#").map(|(name, _)| name))
            .collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        for name in names {
            style = style.replace(&format!("@{name}"), self.css(name));
        }
        style
    }
}
