//! The main job in the window, as a person does it: by keyboard and form, on a real keyring, server and clipboard.

#[path = "window/activity.rs"]
mod activity;
#[path = "window/assistive.rs"]
mod assistive;
#[path = "window/by_key.rs"]
mod by_key;
#[path = "window/by_system.rs"]
mod by_system;
#[path = "window/change.rs"]
mod change;
#[path = "window/commands.rs"]
mod commands;
#[path = "window/delete.rs"]
mod delete;
#[path = "window/desk.rs"]
mod desk;
#[path = "window/device.rs"]
mod device;
#[path = "window/diagnoses.rs"]
mod diagnoses;
#[path = "window/doors.rs"]
mod doors;
#[path = "window/expiries.rs"]
mod expiries;
#[path = "window/health.rs"]
mod health;
#[path = "window/keep_fresh.rs"]
mod keep_fresh;
#[path = "window/keyboard.rs"]
mod keyboard;
#[path = "window/keyboard_views.rs"]
mod keyboard_views;
#[path = "window/keychain.rs"]
mod keychain;
#[path = "window/keys.rs"]
mod keys;
#[path = "window/language.rs"]
mod language;
#[path = "window/leaving.rs"]
mod leaving;
#[path = "window/list.rs"]
mod list;
#[path = "window/lock.rs"]
mod lock;
#[path = "window/look.rs"]
mod look;
#[path = "window/network_disk.rs"]
mod network_disk;
#[path = "window/notices.rs"]
mod notices;
#[path = "window/pictures.rs"]
mod pictures;
#[path = "window/pictures_views.rs"]
mod pictures_views;
#[path = "window/presets.rs"]
mod presets;
#[path = "window/provider.rs"]
mod provider;
#[path = "window/settings.rs"]
mod settings;
#[path = "window/sheet.rs"]
mod sheet;
#[path = "window/sign_in.rs"]
mod sign_in;
#[path = "window/story.rs"]
mod story;
#[path = "window/workbench.rs"]
mod workbench;
