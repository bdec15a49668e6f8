//! Holds the configuration against the security checklist (U1–U5, U9–U12, U14). The files are read as they are
//! built in.
#![cfg(test)]

use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn config() -> Value {
    json(include_str!("../tauri.conf.json"))
}

fn capability() -> Value {
    json(include_str!("../capabilities/main.json"))
}

include!("../../crates/resident/src/command_list.rs");

macro_rules! names {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?)),* $(,)?) => { [$(stringify!($name)),*] };
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_capability_file_is_the_whole_list_of_commands() {
    let mut wanted: Vec<String> =
        command_list!(names).iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    wanted.extend(["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()]);
    let mut granted = strings(&capability()["permissions"]);
    wanted.sort();
    granted.sort();
    assert_eq!(granted, wanted);
}

#[test]
fn u1_the_csp_allows_our_own_files_and_nothing_else() {
    let csp = config()["app"]["security"]["csp"].clone();
    let csp = csp.as_object().expect("an explicit policy");
    assert_eq!(csp["default-src"], "'none'");
    assert_eq!(csp["connect-src"], "ipc: http://ipc.localhost");
    for (directive, sources) in csp {
        for source in sources.as_str().unwrap().split(' ') {
            let known = ["'none'", "'self'", "ipc:", "http://ipc.localhost"].contains(&source);
            assert!(known, "{directive}: {source}");
        }
    }
    let security = &config()["app"]["security"];
    assert!(security.get("dangerousDisableAssetCspModification").is_none());
    assert!(security.get("assetProtocol").is_none());
}

#[test]
fn u2_and_u3_one_capability_is_for_one_window_by_its_exact_name() {
    assert_eq!(strings(&config()["app"]["security"]["capabilities"]), ["main"]);
    let capability = capability();
    assert_eq!(strings(&capability["windows"]), [crate::window::MAIN]);
    for absent in ["remote", "webviews", "platforms"] {
        assert!(capability.get(absent).is_none(), "{absent}");
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities")).unwrap().count();
    assert_eq!(files, 1, "files in this folder grant rights by being there");
}

#[test]
fn u4_and_u5_the_page_gets_no_global_and_its_prototypes_are_frozen() {
    assert_eq!(config()["app"]["withGlobalTauri"], false);
    assert_eq!(config()["app"]["security"]["freezePrototype"], true);
}

#[test]
fn u9_windows_are_made_in_code_where_their_doors_are_closed() {
    assert_eq!(config()["app"]["windows"], json("[]"));
    assert!(config()["build"].get("devUrl").is_none(), "the shipped window is built in");
    let code = include_str!("window.rs");
    assert!(code.contains(".on_navigation(") && code.contains("NewWindowResponse::Deny"));
}

fn lock_file() -> toml::Table {
    include_str!("../../Cargo.lock").parse().unwrap()
}

#[test]
fn u10_to_u12_no_plugin_opens_what_the_core_keeps_closed() {
    let lock = lock_file();
    let packages = lock["package"].as_array().unwrap();
    let named = |package: &toml::Value| package["name"].as_str().unwrap().to_owned();
    let plugins: Vec<String> = packages.iter().map(named).filter(|name| name.starts_with("tauri-plugin-")).collect();
    // The second is in no build that does not ask for it.
    assert_eq!(plugins, ["tauri-plugin-single-instance", "tauri-plugin-updater"]);
    let ours: toml::Table = include_str!("../Cargo.toml").parse().unwrap();
    assert_eq!(ours["dependencies"]["tauri-plugin-updater"]["optional"].as_bool(), Some(true));
    assert_eq!(ours["features"]["default"].as_array().unwrap(), &["custom-protocol".into()]);
    let tauri = packages.iter().find(|package| named(package) == "tauri").unwrap();
    let version: Vec<u32> = tauri["version"].as_str().unwrap().split('.').map(|part| part.parse().unwrap()).collect();
    assert!(version >= vec![2, 11, 1], "CVE-2026-42184: {version:?}");
}

#[test]
fn u14_the_inspector_of_the_engine_is_not_in_a_release() {
    let workspace: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    let ours: toml::Table = include_str!("../Cargo.toml").parse().unwrap();
    let elsewhere = &ours["target"]["cfg(not(target_os = \"linux\"))"];
    let places = [&workspace["workspace"]["dependencies"], &ours["dependencies"], &elsewhere["dependencies"]];
    let features = places.iter().filter_map(|place| place["tauri"].get("features")?.as_array()).flatten();
    for feature in features {
        assert!(["tray-icon", "image-png"].contains(&feature.as_str().unwrap()), "{feature}");
    }
}

#[test]
fn u13_an_update_is_signed_for_its_version_and_comes_by_https() {
    assert!(config().get("plugins").is_none(), "what is built by default has no updater");
    let updater = json(include_str!("../tauri.updater.conf.json"))["plugins"]["updater"].clone();
    assert_eq!(updater["requireSignedVersion"], true);
    assert!(updater["pubkey"].is_string());
    for endpoint in strings(&updater["endpoints"]) {
        assert!(endpoint.starts_with("https://"), "{endpoint}");
    }
    let keys: Vec<&String> = updater.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["pubkey", "endpoints", "requireSignedVersion", "windows"], "no dangerous door");
}
