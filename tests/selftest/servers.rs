//! The authorization servers, asked as any client would: do they rotate, punish replay, and fail on demand?

use std::time::Duration;

use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Django, Format, Oidc, Server, TokenMode, browse};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// One HTTP/1.0 request; returns status and body, or nothing when the connection closed without an answer.
async fn request(url: &str, form: Option<&[(&str, &str)]>) -> Option<(u16, String)> {
    let url = Url::parse(url).unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body: String = form
        .map(|form| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish())
        .unwrap_or_default();
    let head = format!(
        "{} {} HTTP/1.0\r\nHost: {}:{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        if form.is_some() { "POST" } else { "GET" },
        url.path(),
        address.0,
        address.1,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await;
    if read.expect("neither an answer nor an end").is_err() || answer.is_empty() {
        return None;
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Some((head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned()))
}

struct Login {
    token_endpoint: String,
    tokens: Value,
}

impl Login {
    /// Signs in through a loopback listener, as a native client does.
    async fn at(server: &Server) -> Self {
        let metadata: Value = {
            let (_, body) =
                request(&format!("{}/.well-known/openid-configuration", server.issuer()), None).await.unwrap();
            serde_json::from_str(&body).unwrap()
        };
        assert_eq!(metadata["issuer"], server.issuer());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let redirect = format!("http://127.0.0.1:{}/callback", listener.local_addr().unwrap().port());
        let mut url = Url::parse(metadata["authorization_endpoint"].as_str().unwrap()).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "fobwatch-demo"),
            ("redirect_uri", &redirect),
            ("scope", "openid profile email orders:read"),
            ("state", "the-state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let (code, ()) = tokio::join!(one_callback(&listener), async { browse(url.as_str()).await.unwrap() });
        let token_endpoint = metadata["token_endpoint"].as_str().unwrap().to_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "fobwatch-demo"),
            ("code", &code),
            ("redirect_uri", &redirect),
            ("code_verifier", VERIFIER),
        ];
        let (status, body) = request(&token_endpoint, Some(&form)).await.unwrap();
        assert_eq!(status, 200, "{body}");
        Self { token_endpoint, tokens: serde_json::from_str(&body).unwrap() }
    }

    fn refresh_token(&self) -> String {
        self.tokens["refresh_token"].as_str().unwrap().to_owned()
    }

    async fn refresh(&self, token: &str) -> Option<(u16, Value)> {
        let form = [("grant_type", "refresh_token"), ("client_id", "fobwatch-demo"), ("refresh_token", token)];
        let (status, body) = request(&self.token_endpoint, Some(&form)).await?;
        Some((status, serde_json::from_str(&body).unwrap_or(Value::String(body))))
    }
}

async fn one_callback(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut asked = vec![0; 8192];
    let read = stream.read(&mut asked).await.unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone").await.unwrap();
    let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
    let url = Url::parse(&format!("http://127.0.0.1{}", asked.split(' ').nth(1).unwrap())).unwrap();
    let answer: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(answer["state"], "the-state");
    answer["code"].clone()
}

async fn rotates_and_punishes_replay(server: &Server) {
    let login = Login::at(server).await;
    let first = login.refresh_token();
    let (status, next) = login.refresh(&first).await.unwrap();
    assert_eq!(status, 200, "{next}");
    let second = next["refresh_token"].as_str().unwrap();
    assert_ne!(second, first);
    assert_eq!(next["expires_in"], 15);

    let (status, replay) = login.refresh(&first).await.unwrap();
    assert_eq!((status, &replay["error"]), (400, &Value::from("invalid_grant")));
    let (status, family) = login.refresh(second).await.unwrap();
    assert_eq!((status, &family["error"]), (400, &Value::from("invalid_grant")), "the family survived a replay");

    let record = server.record().await.unwrap();
    assert_eq!((record.counts.refresh, record.counts.refresh_ok), (3, 1));
    assert_eq!(record.counts.most_uses_of_one_refresh_token, 2);
    assert_eq!(record.token_requests[1].refresh_token_sha256, record.token_requests[0].issued_refresh_token_sha256);
    let whole = format!("{record:?}");
    assert!(!whole.contains(&first) && !whole.contains(second), "the record holds a token in clear");
}

#[tokio::test]
async fn oidc_provider_rotates_and_punishes_replay() {
    rotates_and_punishes_replay(&Server::oidc(Oidc::default()).await.unwrap()).await;
}

#[tokio::test]
async fn django_oauth_toolkit_rotates_and_punishes_replay() {
    rotates_and_punishes_replay(&Server::django(Django::default()).await.unwrap()).await;
}

#[tokio::test]
async fn django_oauth_toolkit_has_a_grace_period_when_asked() {
    let server = Server::django(Django { grace: 60, ..Django::default() }).await.unwrap();
    let login = Login::at(&server).await;
    let first = login.refresh_token();
    let (_, next) = login.refresh(&first).await.unwrap();
    let (status, again) = login.refresh(&first).await.unwrap();
    assert_eq!(status, 200, "{again}");
    assert_eq!(again["refresh_token"], next["refresh_token"]);
}

#[tokio::test]
async fn oidc_provider_need_not_rotate_and_gives_both_kinds_of_token() {
    let options = Oidc { rotate: false, format: Format::Opaque, access_ttl: 7, ..Oidc::default() };
    let server = Server::oidc(options).await.unwrap();
    let login = Login::at(&server).await;
    assert!(!login.tokens["access_token"].as_str().unwrap().contains('.'));
    assert_eq!(login.tokens["expires_in"], 7);
    let (_, next) = login.refresh(&login.refresh_token()).await.unwrap();
    assert_eq!(next["refresh_token"], login.tokens["refresh_token"]);

    let server = Server::oidc(Oidc::default()).await.unwrap();
    let login = Login::at(&server).await;
    assert_eq!(login.tokens["access_token"].as_str().unwrap().split('.').count(), 3);
    assert_eq!(login.tokens["scope"], "openid profile email orders:read");
}

#[tokio::test]
async fn the_token_endpoint_fails_in_every_way_on_demand_and_recovers() {
    let server = Server::oidc(Oidc::default()).await.unwrap();
    let login = Login::at(&server).await;
    let token = login.refresh_token();

    server.set_token_mode(TokenMode::Down, Some(1)).await.unwrap();
    assert!(login.refresh(&token).await.is_none());
    server.set_token_mode(TokenMode::Error500, Some(1)).await.unwrap();
    assert_eq!(login.refresh(&token).await.unwrap().0, 500);
    server.set_token_mode(TokenMode::TooMany(Some(3)), Some(1)).await.unwrap();
    assert_eq!(login.refresh(&token).await.unwrap().0, 429);
    server.set_token_mode(TokenMode::Hang, None).await.unwrap();
    let hanging = tokio::time::timeout(Duration::from_millis(300), login.refresh(&token)).await;
    assert!(hanging.is_err(), "a hanging server answered");

    server.set_token_mode(TokenMode::Lost, Some(1)).await.unwrap();
    assert!(login.refresh(&token).await.is_none());
    until("the lost request in the record", Duration::from_secs(5), || async {
        let record = server.record().await?;
        Ok(record.token_requests.iter().any(|one| !one.answered && one.outcome == 200).then_some(()))
    })
    .await
    .unwrap();
    let (status, after) = login.refresh(&token).await.unwrap();
    assert_eq!((status, &after["error"]), (400, &Value::from("invalid_grant")), "a lost answer had rotated the token");
}

#[tokio::test]
async fn a_revoked_grant_is_refused_and_a_killed_server_is_gone() {
    let mut server = Server::oidc(Oidc::default()).await.unwrap();
    let login = Login::at(&server).await;
    assert_eq!(server.revoke_grants().await.unwrap(), 1);
    let (status, refused) = login.refresh(&login.refresh_token()).await.unwrap();
    assert_eq!((status, &refused["error"]), (400, &Value::from("invalid_grant")));
    server.kill().await.unwrap();
    server.record().await.unwrap_err();
}
