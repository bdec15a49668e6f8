//! The genuine redirect, from the wait to the closed port.

use super::*;

#[tokio::test]
async fn a_browser_that_comes_back_is_told_and_the_port_closes() {
    survives(async |_site| {}).await;
}

#[tokio::test]
async fn a_request_that_arrives_byte_by_byte_is_whole_in_the_end() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let ((redirect, _tab), _browser) = tokio::join!(loopback.wait(expected()), async {
        let mut stream = site.connect().await;
        stream.set_nodelay(true).unwrap();
        for byte in site.redirect("slow").bytes() {
            stream.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        stream
    });
    assert_eq!(redirect, code("slow"));
}

#[tokio::test]
async fn a_refusal_is_reported_and_its_words_reach_no_page() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let target = format!("/callback?error=evil_%3Csvg%3E&error_description=%3Csvg+onload%3Dx%3E&state={STATE}");
    let ((redirect, tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.get(&target).as_bytes()).await });
    let Redirect::Refused { error, description } = redirect else { panic!("{redirect:?}") };
    assert_eq!((error.as_str(), description.as_deref()), ("evil_<svg>", Some("<svg onload=x>")));
    let (page, ()) = tokio::join!(follow(&site, browser, "/error"), tab.finish(Finish::Refused { error: &error }));
    assert!(page.contains("Sign-in did not finish") && page.contains("<code>other</code>"), "{page}");
    assert!(!page.contains("onload") && !page.contains("evil"), "{page}");
    assert!(site.is_closed().await);
}

#[tokio::test]
async fn an_answer_of_another_issuer_ends_the_wait() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let issuer = ExpectedIssuer { issuer: "https://as.test".to_owned(), required: true };
    let expected = Expected { state: Secret::new(STATE), issuer: Some(issuer) };
    let target = format!("/callback?code=stolen&iss=https%3A%2F%2Fevil.test&state={STATE}");
    let ((redirect, tab), browser) =
        tokio::join!(loopback.wait(expected), async { site.send(site.get(&target).as_bytes()).await });
    assert_eq!(redirect, Redirect::IssuerMismatch);
    let (page, ()) = tokio::join!(follow(&site, browser, "/error"), tab.finish(Finish::Mismatch));
    assert!(page.contains("belongs to another sign-in"), "{page}");
}

#[tokio::test]
async fn two_good_requests_in_one_connection_are_one() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let both = format!("{}{}", site.redirect("genuine"), site.redirect("second"));
    let ((redirect, mut tab), browser) = tokio::join!(loopback.wait(expected()), site.send(both.as_bytes()));
    assert_eq!(redirect, code("genuine"));
    tab.attend(async {}).await;
    let (page, ()) = tokio::join!(follow(&site, browser, "/done"), tab.finish(Finish::Done { host: "" }));
    assert_eq!(page.matches("HTTP/1.1").count(), 1);
}

#[tokio::test]
async fn a_reload_waits_for_the_same_outcome_and_another_code_is_refused() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let good = site.redirect("genuine");
    let ((redirect, mut tab), first) = tokio::join!(loopback.wait(expected()), site.send(good.as_bytes()));
    assert_eq!(redirect, code("genuine"));
    let (other, again) = tab
        .attend(async {
            let again = site.send(good.as_bytes()).await;
            (site.ask(site.redirect("other").as_bytes()).await, again)
        })
        .await;
    assert!(other.starts_with("HTTP/1.1 410 "), "{other}");
    let clients = async { (answer(first).await, follow(&site, again, "/done").await) };
    let ((first, page), ()) = tokio::join!(clients, tab.finish(Finish::Done { host: "as.test" }));
    assert!(first.starts_with("HTTP/1.1 303 ") && page.contains("Signed in."), "{first}");
}

#[tokio::test]
async fn a_replay_after_the_end_is_refused() {
    let Fixture { loopback, site } = fixture(Limits { grace: HOUR, ..limits() }).await;
    let good = site.redirect("genuine");
    let ((_, tab), browser) = tokio::join!(loopback.wait(expected()), site.send(good.as_bytes()));
    let replay = async {
        follow(&site, browser, "/done").await;
        (site.ask(good.as_bytes()).await, site.ask(site.get("/error").as_bytes()).await)
    };
    let (replayed, other_page) = tokio::select! {
        () = tab.finish(Finish::Done { host: "as.test" }) => panic!("the grace is an hour"),
        answers = replay => answers,
    };
    assert!(replayed.starts_with("HTTP/1.1 410 "), "{replayed}");
    assert!(other_page.starts_with("HTTP/1.1 404 "), "{other_page}");
    assert!(site.is_closed().await, "dropping the end closes the port too");
}

#[tokio::test]
async fn the_browser_hears_nothing_before_the_outcome_is_known() {
    let Fixture { loopback, site } = fixture(limits()).await;
    let ((_, mut tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    tab.attend(async {
        for path in ["/done", "/error", "/pending"] {
            let page = site.ask(site.get(path).as_bytes()).await;
            assert!(page.starts_with("HTTP/1.1 404 "), "{page}");
        }
        let nothing_yet = browser.try_read(&mut [0; 1]).unwrap_err();
        assert_eq!(nothing_yet.kind(), io::ErrorKind::WouldBlock);
    })
    .await;
    let (page, ()) = tokio::join!(follow(&site, browser, "/error"), tab.finish(Finish::Failed));
    assert!(page.contains("could not finish"), "{page}");
}

#[tokio::test]
async fn a_browser_that_waited_too_long_is_sent_to_the_window() {
    let Fixture { loopback, site } =
        fixture(Limits { hold: Duration::from_millis(20), farewell: HOUR, ..limits() }).await;
    let ((_, mut tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    let page = tab.attend(follow(&site, browser, "/pending")).await;
    assert!(page.contains("Go back to Fobwatch"), "{page}");
    tab.finish(Finish::Done { host: "as.test" }).await;
    assert!(site.is_closed().await);
}

#[tokio::test]
async fn a_tab_that_was_closed_keeps_nobody_waiting() {
    let Fixture { loopback, site } = fixture(Limits { farewell: HOUR, grace: HOUR, ..limits() }).await;
    let ((redirect, mut tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    assert_eq!(redirect, code("genuine"));
    drop(browser);
    // Answered, so that what happened before it is known.
    tab.attend(site.ask(b"GET / HTTP/1.1\r\n\r\n")).await;
    timeout(Duration::from_secs(20), tab.finish(Finish::Failed)).await.expect("it waits for a tab that is gone");
    assert!(site.is_closed().await);
}

#[tokio::test]
async fn a_browser_that_was_sent_on_finds_the_port_open_until_it_has_its_page() {
    let Fixture { loopback, site } = fixture(Limits { farewell: HOUR, ..limits() }).await;
    let ((_, tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    let mut finish = std::pin::pin!(tab.finish(Finish::Done { host: "as.test" }));
    let sent_on = tokio::select! {
        () = &mut finish => panic!("it ended before the page was served"),
        sent_on = answer(browser) => sent_on,
    };
    assert!(sent_on.contains("location: /done\r\n"), "{sent_on}");
    assert!(timeout(Duration::from_millis(20), &mut finish).await.is_err(), "it gave up on the browser");
    let page_request = site.get("/done");
    let (page, ()) = tokio::join!(site.ask(page_request.as_bytes()), finish);
    assert!(page.contains("Signed in."), "{page}");
    assert!(site.is_closed().await);
}

#[tokio::test]
async fn a_browser_that_never_asks_for_the_page_keeps_the_port_for_the_farewell_only() {
    let Fixture { loopback, site } = fixture(Limits { farewell: Duration::from_millis(20), ..limits() }).await;
    let ((_, tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    let (sent_on, ()) = tokio::join!(answer(browser), tab.finish(Finish::Failed));
    assert!(sent_on.contains("location: /error\r\n"), "{sent_on}");
    assert!(site.is_closed().await);
}

#[tokio::test]
async fn cancelling_closes_the_port_and_every_connection() {
    let Fixture { loopback, site } = fixture(limits()).await;
    drop(loopback);
    assert!(site.is_closed().await, "before the wait");

    let Fixture { loopback, site } = fixture(limits()).await;
    let seated = async {
        let idle = site.connect().await;
        // Its answer tells that the one before it has a seat.
        site.ask(b"GET / HTTP/1.1\r\n\r\n").await;
        idle
    };
    let idle = tokio::select! {
        _ = loopback.wait(expected()) => panic!("nothing genuine came"),
        idle = seated => idle,
    };
    assert_eq!(answer(idle).await, "");
    assert!(site.is_closed().await, "during the wait");

    let Fixture { loopback, site } = fixture(limits()).await;
    let ((_, tab), browser) =
        tokio::join!(loopback.wait(expected()), async { site.send(site.redirect("genuine").as_bytes()).await });
    drop(tab);
    assert_eq!(answer(browser).await, "");
    assert!(site.is_closed().await, "during the exchange");
}

#[tokio::test]
async fn a_fixed_path_and_the_name_localhost_are_taken_exactly() {
    let address = RedirectAddress::Fixed(Url::parse("http://localhost/auth/cb").unwrap());
    let Fixture { loopback, site } = fixture_at(&address, limits()).await;
    let port = site.addr.port();
    let target = format!("/auth/cb?code=genuine&state={STATE}");
    let ((redirect, _tab), _browser) = tokio::join!(loopback.wait(expected()), async {
        for host in [format!("127.0.0.1:{port}"), format!("[::1]:{port}"), format!("localhost.:{port}")] {
            let refused = site.ask(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await;
            assert!(refused.starts_with("HTTP/1.1 421 "), "{refused}");
        }
        let elsewhere = site.ask(site.get(&format!("/callback?code=stolen&state={STATE}")).as_bytes()).await;
        assert!(elsewhere.starts_with("HTTP/1.1 404 "), "{elsewhere}");
        // Where there is IPv6, a browser that resolves the name may come that way.
        let twin = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port));
        let addr = if TcpStream::connect(twin).await.is_ok() { twin } else { site.addr };
        Site { addr, ..site.clone() }.send(site.get(&target).as_bytes()).await
    });
    assert_eq!(redirect, code("genuine"));
}

#[tokio::test]
async fn a_sign_in_may_move_between_threads() {
    fn movable<T: Send>(future: T) -> T {
        future
    }
    let Fixture { loopback, site } = fixture(limits()).await;
    let ((_, tab), browser) = tokio::join!(movable(loopback.wait(expected())), async {
        site.send(site.redirect("genuine").as_bytes()).await
    });
    drop(browser);
    drop(movable(tab.finish(Finish::Failed)));
}
