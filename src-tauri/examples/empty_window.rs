//! The floor of the benchmark: a Tauri window of the same size with one line of text and nothing behind it.

use std::process::ExitCode;

use tauri::http::header::CONTENT_TYPE;
use tauri::http::{HeaderValue, Response};
use tauri::{WebviewUrl, WebviewWindowBuilder};

const PAGE: &[u8] = b"<!doctype html><title>Empty</title><h1>An empty window</h1>";

fn main() -> ExitCode {
    let outcome = tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let mut page = Response::new(PAGE);
            page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            page
        })
        .setup(|app| {
            let page = WebviewUrl::CustomProtocol("empty://localhost/".parse()?);
            WebviewWindowBuilder::new(app, "empty", page).title("Empty").inner_size(1240.0, 800.0).build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
