//! The doors of the real window stay closed (U1–U9, U15 of SECURITY.md): nothing is loaded, run, opened or answered that
//! is not our own. Where a request would be seen, a listener waits for it and is proved to hear.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::{bare_command, built, until};
use fobwatch_tests::window::Window;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::desk::{Desk, SOON, commands, row};

const KEY: &str = "sk_live_51DoorsCanary0000000000";

/// Somebody who would hear any request that leaves the page.
struct Sentinel {
    port: u16,
    heard: UnboundedReceiver<()>,
}

impl Sentinel {
    async fn stand() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (tell, mut heard) = unbounded_channel();
        #[expect(clippy::disallowed_methods, reason = "a server of a test ends with its runtime")]
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // A connection alone tells somebody that we are here. Nobody may listen any more.
                if tell.send(()).is_err() {
                    return;
                }
                drop(stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await);
            }
        });
        drop(TcpStream::connect(("127.0.0.1", port)).await?);
        heard.recv().await.context("the sentinel does not hear")?;
        Ok(Self { port, heard })
    }

    fn heard_nothing(&mut self) -> Result<()> {
        ensure!(self.heard.try_recv().is_err(), "something left the page");
        Ok(())
    }
}

async fn run(window: &Window, script: &str, arguments: Vec<Value>) -> Result<Value> {
    Ok(window.client().execute_async(script, arguments).await?)
}

async fn stand() -> Result<(Desk, Window)> {
    let desk = Desk::set().await?;
    desk.add_key("Payments gateway", "production", KEY, &[]).await?;
    let window = desk.open_app().await?;
    row(&window, "Payments gateway").await?;
    Ok((desk, window))
}

#[tokio::test]
async fn u1_nothing_foreign_is_loaded_and_nothing_written_into_the_page_runs() -> Result<()> {
    // Each way out is tried; the policy must say no (its event names the directive) before anything is sent.
    const WAYS: &str = "const [port, done] = arguments;
        const there = `http://127.0.0.1:${port}`;
        const refused = new Set();
        document.addEventListener('securitypolicyviolation', (event) => refused.add(event.effectiveDirective));
        const put = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
        const quiet = (what) => { try { const one = what(); if (one?.catch) one.catch(() => {}); } catch {} };
        quiet(() => fetch(`${there}/fetch`, { mode: 'no-cors' }));
        quiet(() => navigator.sendBeacon(`${there}/beacon`));
        quiet(() => new WebSocket(`ws://127.0.0.1:${port}/socket`));
        quiet(() => new EventSource(`${there}/events`));
        quiet(() => { const asked = new XMLHttpRequest(); asked.open('GET', `${there}/xhr`); asked.send(); });
        put('img', { src: `${there}/img` });
        put('script', { src: `${there}/script` });
        put('link', { rel: 'stylesheet', href: `${there}/style` });
        put('link', { rel: 'preconnect', href: there });
        put('link', { rel: 'dns-prefetch', href: there });
        put('link', { rel: 'prefetch', href: `${there}/prefetch` });
        put('iframe', { src: `${there}/frame` });
        put('object', { data: `${there}/object` });
        put('video', { src: `${there}/video` });
        put('style', { textContent: `@font-face { font-family: x; src: url(${there}/font) } body { font-family: x; background: url(${there}/background) }` });
        quiet(() => new Worker(`${there}/worker`));
        const form = Object.assign(document.createElement('form'), { action: `${there}/form`, method: 'post' });
        document.body.append(form);
        form.submit();
        put('script', { textContent: 'window.inlineRan = true' });
        put('div', { innerHTML: '<img src=x onerror=\"window.handlerRan = true\">' });
        let evaluated = true;
        try { Function('window.evalRan = true')(); } catch { evaluated = false; }
        setTimeout(() => done({ refused: [...refused].sort(), evaluated,
            ran: [window.inlineRan, window.handlerRan, window.evalRan].filter(Boolean).length }), 1500);";
    let (_desk, window) = stand().await?;
    let mut sentinel = Sentinel::stand().await?;
    let told = run(&window, WAYS, vec![json!(sentinel.port)]).await?;
    sentinel.heard_nothing()?;
    ensure!(told["ran"] == 0 && told["evaluated"] == false, "{told}");
    let refused: Vec<&str> = told["refused"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for directive in ["connect-src", "img-src", "script-src-elem", "style-src-elem", "frame-src", "form-action"] {
        ensure!(refused.contains(&directive), "{directive} refused nothing: {told}");
    }
    Ok(())
}

#[tokio::test]
async fn u3_a_frame_gets_no_commands() -> Result<()> {
    const FRAMES: &str = "const done = arguments[0];
        const frames = ['about:blank', 'data:text/html,<p>x', null].map((src) => {
            const frame = document.createElement('iframe');
            if (src === null) frame.srcdoc = '<script>parent.framed = true</script>'; else frame.src = src;
            document.body.append(frame);
            return frame;
        });
        setTimeout(() => {
            const internals = frames.map((frame) => {
                try { return typeof frame.contentWindow.__TAURI_INTERNALS__; } catch { return 'undefined'; }
            });
            done({ framed: window.framed === true, internals });
        }, 800);";
    let (_desk, window) = stand().await?;
    let told = run(&window, FRAMES, Vec::new()).await?;
    ensure!(told["framed"] == false, "a script of a frame ran: {told}");
    ensure!(told["internals"] == json!(["undefined", "undefined", "undefined"]), "{told}");
    Ok(())
}

#[tokio::test]
async fn u4_and_u5_the_page_has_no_global_and_its_prototypes_are_frozen() -> Result<()> {
    const LOOK: &str = "return [typeof window.__TAURI__, Object.isFrozen(Object.prototype)]";
    let (_desk, window) = stand().await?;
    ensure!(window.client().execute(LOOK, Vec::new()).await? == json!(["undefined", true]), "the page is open");
    Ok(())
}

/// Calls a command and says whether it was refused, with what.
const CALL: &str = "const [name, args, done] = arguments;
    window.__TAURI_INTERNALS__.invoke(name, args).then((value) => done({ value }), (error) => done({ error }));";

#[tokio::test]
async fn u6_and_u7_unknown_commands_and_hostile_arguments_are_refused() -> Result<()> {
    let (desk, window) = stand().await?;
    for unknown in ["eval", "plugin:fs|read_text_file", "plugin:shell|open", "plugin:window|close", "plugin:event|emit"]
    {
        let told = run(&window, CALL, vec![json!(unknown), json!({ "path": "/etc/passwd" })]).await?;
        ensure!(told.get("error").is_some(), "{unknown}: {told}");
    }
    let long = "x".repeat(1_000_000);
    let hostile = [
        json!({}),
        json!({ "id": 5, "input": "text", "change": [], "text": {}, "format": null }),
        json!({ "id": "../../etc/passwd", "format": "raw; rm", "input": { "query": { "a": 1 } } }),
        json!({ "id": long, "input": { "query": long, "name": long }, "change": { "theme": long }, "issuer": long }),
    ];
    // These take nothing and are meant to work whenever they are called, and no sign-in of that name is there to be
    // cancelled; `quit` would end the test.
    let harmless = [
        "cancel_login",
        "clipboard",
        "clear_clipboard",
        "keychain",
        "unlock_keychain",
        "notice",
        "check_clocks",
        "platform",
        "hot_key",
        "settings",
        "providers",
        "health",
        "health_count",
        "program",
        "autostart",
        "lock_state",
        "lock_now",
        "stop_asking",
        "system_authentication",
        "used",
        "check_activity",
        "resume_all",
        "forget_made",
        "listens",
        "quit",
    ];
    let mut taken = Vec::new();
    for name in commands()?.into_iter().filter(|name| !harmless.contains(&name.as_str())) {
        for args in &hostile {
            let told = run(&window, CALL, vec![json!(name), args.clone()]).await?;
            if told.get("error").is_none() {
                taken.push(format!("{name} took {:.80}: {:.200}", args.to_string(), told.to_string()));
            }
            ensure!(!told.to_string().contains("root:"), "{name} read a file");
        }
    }
    ensure!(taken.is_empty(), "{}", taken.join("\n"));
    // It is all still there.
    ensure!(desk.show("Payments gateway").await?["name"] == "Payments gateway");
    window.find("heading", "Payments gateway").await?;
    Ok(())
}

#[tokio::test]
async fn u8_no_command_but_reveal_answers_with_a_value() -> Result<()> {
    let (desk, window) = stand().await?;
    let id = desk.show("Payments gateway").await?["id"].clone();
    let everything = json!({ "query": "", "attention_only": false, "kind": null, "environment": null, "provider": null, "order": "name",
        "from": 0, "count": 50, "keep": false, "selected": null, "all_attention": false });
    let mut answered = Vec::new();
    let args = json!({ "id": id, "ids": [id], "format": "raw", "input": everything, "recheck": true, "query": KEY });
    let skipped = ["quit", "remove", "remove_several", "undo_remove", "open_page", "reveal"];
    for name in commands()?.into_iter().filter(|name| !skipped.contains(&name.as_str())) {
        let told = run(&window, CALL, vec![json!(name), args.clone()]).await?;
        ensure!(!told.to_string().contains(KEY), "{name} answered with the value");
        if told.get("error").is_none() {
            answered.push(name);
        }
    }
    // What was refused for its arguments has shown nothing.
    for name in ["list", "credential", "history", "uses", "copy", "health", "clipboard"] {
        ensure!(answered.iter().any(|one| one == name), "{name} did not answer; these did: {answered:?}");
    }
    let revealed = run(&window, CALL, vec![json!("reveal"), args]).await?;
    ensure!(revealed["value"]["value"] == KEY, "the positive control: {revealed}");
    Ok(())
}

#[tokio::test]
async fn u9_the_window_goes_nowhere_and_opens_nothing() -> Result<()> {
    const AWAY: &str = "const [there, done] = arguments;
        const before = location.href;
        const opened = [window.open(there), window.open('about:blank')].map((one) => one === null);
        for (const target of ['_self', '_blank', '_top']) {
            const link = Object.assign(document.createElement('a'), { href: there, target, textContent: 'x' });
            document.body.append(link);
            link.click();
        }
        document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: `0;url=${there}` }));
        try { location.href = there; } catch {}
        setTimeout(() => done({ stayed: location.href === before, opened }), 1500);";
    let (desk, window) = stand().await?;
    let mut sentinel = Sentinel::stand().await?;
    for there in
        [format!("http://127.0.0.1:{}/", sentinel.port), "file:///etc/passwd".into(), "data:text/html,x".into()]
    {
        let told = run(&window, AWAY, vec![json!(there)]).await?;
        ensure!(told["stayed"] == true, "{there}: {told}");
    }
    sentinel.heard_nothing()?;
    ensure!(window.client().windows().await?.len() == 1, "a second window is open");
    ensure!(window.text().await?.contains("Payments gateway"), "the page is another one");
    ensure!(desk.app()?.is_some(), "the app is gone");
    Ok(())
}

#[tokio::test]
async fn u15_what_a_second_start_is_told_has_no_meaning() -> Result<()> {
    let (desk, window) = stand().await?;
    let environment: Vec<(String, String)> = desk.session.env();
    let long = "A".repeat(100_000);
    for words in [&["fob://x/../../etc/passwd"][..], &["--hidden", "; rm -rf /"], &["http://evil.example/"], &[&long]] {
        let mut second = bare_command(built("fobwatch")?);
        second.envs(environment.iter().cloned()).env("FOB_HOME", desk.fob.home()).args(words);
        let mut second = second.spawn()?;
        let ended = until("the second start to end", SOON, || {
            let ended = second.try_wait();
            async move { Ok(ended?) }
        });
        ended.await?;
        ensure!(window.client().windows().await?.len() == 1, "{words:.40?} opened a window");
        window.find("heading", "Payments gateway").await?;
    }
    Ok(())
}
