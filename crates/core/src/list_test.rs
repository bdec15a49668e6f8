//! The list over a whole vault: what is found, in which order, and what stays in its place.

use super::*;
use crate::credential::{Environment, Kind};
use crate::fakes::World;
use crate::secret::Secret;
use crate::vault::Vault;
use crate::view::{AddApiKeyInput, ProblemCode};

async fn add(vault: &Vault, name: &str, environment: Environment, rotate_by: &str) -> CredentialId {
    let input = AddApiKeyInput {
        name: name.to_owned(),
        provider: Some(if name.starts_with("Pay") { "stripe" } else { "github" }.to_owned()),
        account: None,
        environment,
        tags: vec![format!("team-{}", name.to_lowercase())],
        header: None,
        rotate_by: Some(rotate_by.to_owned()),
        note: String::new(),
        value: Secret::new(format!("sk_live_hidden_value_of_{name}")),
        allow_twin: false,
    };
    vault.add_api_key(input).await.unwrap().id.parse().unwrap()
}

async fn small(vault: &Vault) {
    for (name, environment, rotate_by) in [
        ("Payments", Environment::Production, "3d"),
        ("Repayments", Environment::Staging, "200d"),
        ("Deploy", Environment::Production, "none"),
        ("Billing", Environment::Development, "30d"),
    ] {
        add(vault, name, environment, rotate_by).await;
    }
}

fn asks(query: &str) -> ListInput {
    ListInput { query: query.to_owned(), count: Some(100), ..ListInput::default() }
}

fn names(view: &ListView) -> Vec<&str> {
    view.rows.iter().map(|row| row.name.as_str()).collect()
}

#[tokio::test]
async fn filters_narrow_and_combine_with_words() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    let login = world.sign_in(&vault, "Northwind").await;
    for (query, found) in [
        ("pay", vec!["Payments", "Repayments"]),
        ("pay env:prod", vec!["Payments"]),
        ("env:prod,staging pay", vec!["Payments", "Repayments"]),
        ("kind:oauth", vec!["Northwind"]),
        ("kind:key expires:<7d", vec!["Payments"]),
        ("kind:key expires:>60d", vec!["Repayments"]),
        ("kind:key expires:never", vec!["Deploy"]),
        ("is:attention", vec!["Payments"]),
        ("provider:stripe", vec!["Payments"]),
        ("tag:team-bill", vec!["Billing"]),
        ("is:unused kind:key env:dev", vec!["Billing"]),
        ("used-by:gh", vec![]),
    ] {
        let view = vault.list(&asks(query)).await.unwrap();
        assert_eq!(names(&view), found, "{query}");
        assert_eq!((view.matched, view.total), (found.len(), 5), "{query}");
        assert!(view.problems.is_empty() && view.sections.is_empty(), "{query}");
    }
    let row = vault.inner.entry(login).await.unwrap().credential;
    let gh = crate::activity::Process { program: "gh".to_owned(), pid: 7, ..crate::activity::Process::default() };
    vault.asked_by(crate::activity::By::Command, Some(gh));
    vault.inner.note(&row, crate::catalog::What::HandedOut, crate::activity::Facts::default()).await;
    assert_eq!(names(&vault.list(&asks("used-by:gh")).await.unwrap()), ["Northwind"]);
    assert_eq!(names(&vault.list(&asks("used-by:g%h")).await.unwrap()), Vec::<&str>::new());
}

#[tokio::test]
async fn no_part_of_a_value_is_ever_found() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    for query in ["hidden", "value_of", "sk_live_hidden"] {
        assert_eq!(vault.list(&asks(query)).await.unwrap().matched, 0, "{query}");
    }
}

#[tokio::test]
async fn a_filter_that_says_nothing_shows_why_and_nothing_else() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    let view = vault.list(&asks("env:prdo pay")).await.unwrap();
    assert_eq!((view.matched, view.problems[0].code), (0, ProblemCode::UnknownValue));
    assert_eq!(view.nearest, None);
    let typing = vault.list(&asks("pay env:")).await.unwrap();
    assert_eq!((typing.matched, typing.problems[0].code), (2, ProblemCode::Unfinished));
}

#[tokio::test]
async fn a_slip_of_the_hand_is_told_with_what_it_would_find() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    let nearest = vault.list(&asks("strpie")).await.unwrap().nearest.unwrap();
    assert_eq!((nearest.words.as_str(), nearest.count), ("stripe", 1));
    assert_eq!(vault.list(&asks("qqqqqq")).await.unwrap().nearest, None);
}

#[tokio::test]
async fn counts_follow_the_other_filters_typed_or_chosen() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    let view =
        vault.list(&ListInput { environment: Some(Environment::Production), ..asks("provider:github") }).await.unwrap();
    let count = |value: &str| {
        let all = view.environments.iter().chain(&view.providers).chain(&view.kinds);
        all.filter(|one| one.value == value).map(|one| (one.count, one.chosen)).next().unwrap()
    };
    assert_eq!(count("production"), (1, true));
    assert_eq!(count("staging"), (1, false));
    assert_eq!(count("github"), (1, true));
    assert_eq!(count("stripe"), (1, false));
    assert_eq!(count("api_key"), (1, false));
}

#[tokio::test]
async fn what_another_process_writes_is_in_the_next_answer() {
    let world = World::new();
    let (here, there) = (world.open().await, world.open().await);
    small(&here).await;
    assert_eq!(here.list(&asks("")).await.unwrap().total, 4);
    let id = add(&there, "Search", Environment::Staging, "1d").await;
    let view = here.list(&asks("search")).await.unwrap();
    assert_eq!((view.total, names(&view)), (5, vec!["Search"]));
    there.remove(id).await.unwrap();
    assert_eq!(here.list(&asks("")).await.unwrap().total, 4);
    there.undo_remove(id).await.unwrap();
    assert_eq!(names(&here.list(&asks("search")).await.unwrap()), ["Search"]);
}

#[tokio::test]
async fn what_is_kept_from_letter_to_letter_follows_changes_settings_filters_and_time() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    let need = async |query: &str| vault.list(&asks(query)).await.unwrap().attention;
    assert_eq!(need("p").await, 1);
    add(&vault, "Parcels", Environment::Staging, "1d").await;
    assert_eq!(need("pa").await, 2);
    let settings = serde_json::from_str(r#"{"attention_days":60}"#).unwrap();
    vault.change_settings(&settings, None).await.unwrap();
    assert_eq!(need("pay").await, 3);
    let staging = ListInput { environment: Some(Environment::Staging), ..asks("pa") };
    assert_eq!(names(&vault.list(&staging).await.unwrap()), ["Parcels", "Repayments"]);
    assert_eq!(names(&vault.list(&asks("pa env:prod")).await.unwrap()), ["Payments"]);
    assert_eq!(names(&vault.list(&asks("bill")).await.unwrap()), ["Billing"]);
    world.clock.advance(150 * 24 * 60 * 60);
    assert_eq!(need("bill").await, 4);
    // A clock that is set back.
    world.clock.advance(-150 * 24 * 60 * 60);
    assert_eq!(need("bil").await, 3);
}

#[tokio::test]
async fn rows_keep_their_places_until_somebody_asks_for_a_new_order() {
    let world = World::new();
    let vault = world.open().await;
    small(&vault).await;
    let first = vault.list(&asks("")).await.unwrap();
    assert_eq!(names(&first), ["Payments", "Billing", "Deploy", "Repayments"]);
    let repayments: CredentialId = first.rows[3].id.parse().unwrap();
    vault.inner.catalog.touch(repayments, crate::ports::Clock::now(&*world.clock)).await.unwrap();
    let gone: CredentialId = first.rows[1].id.parse().unwrap();
    vault.remove(gone).await.unwrap();
    add(&vault, "Alerts", Environment::Staging, "1d").await;
    let kept = vault.list(&ListInput { keep: true, ..asks("") }).await.unwrap();
    assert_eq!(names(&kept), ["Payments", "Deploy", "Repayments", "Alerts"]);
    assert_ne!(kept.order, first.order);
    let again = vault.list(&ListInput { keep: true, ..asks("") }).await.unwrap();
    assert_eq!(again.order, kept.order);
    let new = vault.list(&asks("")).await.unwrap();
    assert_eq!(names(&new), ["Alerts", "Payments", "Repayments", "Deploy"]);
}

#[tokio::test]
async fn a_part_of_the_rows_knows_its_place_and_the_whole() {
    let world = World::new();
    let vault = world.open().await;
    for index in 0..40 {
        add(&vault, &format!("Key {index:02}"), Environment::Staging, if index < 5 { "1d" } else { "none" }).await;
    }
    let wanted = ListInput { from: 10, count: Some(5), ..asks("") };
    let view = vault.list(&wanted).await.unwrap();
    assert_eq!((view.total, view.matched, view.shown, view.from, view.rows.len()), (40, 40, 38, 10, 5));
    assert_eq!(names(&view)[0], "Key 12");
    let sections: Vec<_> = view.sections.iter().map(|one| (one.name.as_str(), one.from, one.count)).collect();
    assert_eq!(sections, [("attention", 0, 5), ("rest", 3, 35)]);
    let id = view.rows[2].id.clone();
    let selected = vault.list(&ListInput { selected: Some(id.clone()), ..wanted.clone() }).await.unwrap();
    assert_eq!((selected.selected_at, selected.order), (Some(12), view.order));
    let found = vault.next_named(view.order, "key 2", 12).await.unwrap();
    assert_eq!((found.at, vault.listed(view.order, 12, 12).await), (18, vec![id]));
    assert_eq!(vault.listed(view.order, 0, usize::MAX).await.len(), 38);
    assert!(vault.listed(view.order + 99, 0, 5).await.is_empty());
    let all = vault.list(&ListInput { all_attention: true, ..wanted }).await.unwrap();
    assert_eq!((all.shown, names(&all)[0]), (40, "Key 10"));
    let beyond = vault.list(&ListInput { from: 1000, ..asks("") }).await.unwrap();
    assert!(beyond.rows.is_empty());
}

#[tokio::test]
async fn the_command_gets_everything_unfolded() {
    let world = World::new();
    let vault = world.open().await;
    for index in 0..6 {
        add(&vault, &format!("Key {index}"), Environment::Staging, "1d").await;
    }
    let view = vault.list(&ListInput::default()).await.unwrap();
    assert_eq!((view.rows.len(), view.attention), (6, 6));
    assert_eq!(view.rows[0].kind, Kind::ApiKey);
}
