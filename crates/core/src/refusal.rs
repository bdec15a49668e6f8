//! What an answer without tokens means for whoever waits for it.
//!
//! One invariant: only what the server itself said is a refusal. Its silence (429, 5xx, junk) is no verdict, so a
//! script that asks again later is right to, and one that was refused is not told to.

use crate::answer::{Answer, Said};
use crate::client::NoAnswer;
use crate::error::{Error, LoginError};

/// Turns an answer that is no grant into what went wrong.
pub(crate) fn refused(answer: Answer) -> LoginError {
    match answer {
        Answer::Ended(Said { code, detail }) | Answer::Misconfigured(Said { code, detail }) => {
            LoginError::Exchange { code, detail }
        }
        // A code of the server's own is its word as well, whatever the status.
        Answer::TryAgain { said: Said { code, detail }, .. } if is_said(&code) => LoginError::Exchange { code, detail },
        Answer::TryAgain { said: Said { code, detail }, .. } => LoginError::NoVerdict { code, detail },
        Answer::Tokens(_) => LoginError::BadAnswer("it gave no access token".to_owned()),
    }
}

/// Turns the lack of any answer into what went wrong.
pub(crate) fn unanswered(error: NoAnswer) -> Error {
    match error {
        NoAnswer::Http(error) => LoginError::Discovery(error.into()).into(),
        NoAnswer::Settings(_) => LoginError::BadAnswer("the client's settings can't be sent".to_owned()).into(),
    }
}

/// Tells an error code that the server wrote from the words that stand for its silence, and from those that only mean
/// "not now".
fn is_said(code: &str) -> bool {
    let ours = ["bad_answer", "html_answer", "no_token", "server_error", "temporarily_unavailable"];
    !code.starts_with("http_") && !ours.contains(&code)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::fakes::{Play, World};
    use crate::login::LoginOptions;
    use crate::narrower::Narrower;
    use crate::quick_copy::Format;
    use crate::vault::lock;
    use crate::view::LoginInput;

    /// What the server says, and the exit code that it means.
    const SAYS: [(u16, &str, u8); 7] = [
        (429, "", 6),
        (503, "", 6),
        (200, "<html>", 6),
        (400, r#"{"error":"temporarily_unavailable"}"#, 6),
        (400, r#"{"error":"invalid_client"}"#, 8),
        (400, r#"{"error":"house_rule"}"#, 8),
        (403, r#"{"error":"invalid_target"}"#, 8),
    ];

    #[tokio::test]
    async fn a_server_that_does_not_answer_as_it_should_refused_nobody() {
        let world = World::new();
        let vault = world.open().await;
        let id = world.sign_in(&vault, "api").await;
        let client: LoginInput = serde_json::from_value(serde_json::json!({
            "name": "job", "environment": "development", "token_endpoint": "https://id.test/token", "client_id": "c", "client_secret": "s",
        }))
        .unwrap();
        for (status, body, exit) in SAYS {
            world.play([Play::Say(status, body.to_owned())]);
            let narrower = vault.narrower_token(id, &Narrower::default(), Format::Raw).await.unwrap_err();
            assert_eq!(narrower.exit_code(), exit, "narrower: {status} {body}");
            world.play([Play::Say(status, body.to_owned())]);
            let client = vault.add_client(client.clone()).await.unwrap_err();
            assert_eq!(client.exit_code(), exit, "client: {status} {body}");
        }
    }

    #[tokio::test]
    async fn a_request_that_was_not_taken_just_now_was_not_refused() {
        let world = World::new();
        let vault = world.open().await;
        *lock(&world.http.document) = Some(
            r#"{"issuer":"https://id.test","authorization_endpoint":"https://id.test/a",
            "token_endpoint":"https://id.test/token","pushed_authorization_request_endpoint":"https://id.test/par",
            "require_pushed_authorization_requests":true,"code_challenge_methods_supported":["S256"]}"#
                .to_owned(),
        );
        let input: LoginInput = serde_json::from_value(serde_json::json!({
            "name": "api", "issuer": "https://id.test", "client_id": "c", "environment": "development",
        }))
        .unwrap();
        for (status, body, told) in
            [(503, "", "try_again"), (429, "", "try_again"), (400, r#"{"error":"invalid_request"}"#, "request_refused")]
        {
            world.play([Play::Say(status, body.to_owned())]);
            let outcome = vault.login(input.clone(), LoginOptions::default(), Arc::new(|_| {})).await;
            assert_eq!(outcome.unwrap_err().code(), told, "{status} {body}");
        }
    }
}
