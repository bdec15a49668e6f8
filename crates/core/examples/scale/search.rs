//! What a key in the search field costs the core: the whole answer that the window gets for it.

use std::time::Instant;

use fobwatch_core::Vault;
use fobwatch_core::view::ListInput;

use crate::row;

/// What is typed, letter by letter.
const TYPED: [&str; 6] = ["login-77", "spotify", "env:dev 123", "is:renewing 9", "expires:<30d log", "nothing at all"];

pub(crate) async fn measure(vault: &Vault) {
    let part = |query: &str| ListInput { query: query.to_owned(), count: Some(100), ..ListInput::default() };
    let start = Instant::now();
    let total = vault.list(&part("")).await.unwrap().total;
    row("list: first answer", format!("{:.0} ms", millis(start)), format!("{total} credentials, index built"));
    let mut taken = Vec::new();
    for text in TYPED {
        for end in 1..=text.len() {
            let start = Instant::now();
            vault.list(&part(&text[..end])).await.unwrap();
            taken.push(millis(start));
        }
    }
    taken.sort_by(f64::total_cmp);
    let (middle, late) = (taken[taken.len() / 2], taken[taken.len() * 95 / 100]);
    row(
        "list: a key in the search field",
        format!("{middle:.1} ms"),
        format!("p95 {late:.1} ms, {} keys", taken.len()),
    );
    let start = Instant::now();
    for from in (0..total).step_by(100) {
        vault.list(&ListInput { from, keep: true, ..part("") }).await.unwrap();
    }
    let each = millis(start) / total.div_ceil(100) as f64;
    row("list: a part while scrolling", format!("{each:.1} ms"), "100 rows");
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
