//! The sentences of a sign-in: discovery, the browser, the loopback listener, the exchange.

use super::Said;
use crate::error::{DiscoveryError, LoginError};
use crate::loopback::LoopbackError;
use crate::ports::HttpError;

pub(super) fn login(error: &LoginError) -> Said {
    let nothing = "Nothing was saved.";
    match error {
        LoginError::Discovery(error) => discovery(error),
        LoginError::Loopback(error) => loopback(error),
        LoginError::Browser(error) => {
            Said::new(format!("The browser did not open: {error}."), "Copy the link into a browser yourself.")
        }
        LoginError::TimedOut => {
            Said::new(format!("Nobody came back from the browser in time. {nothing}"), "Start the sign-in again.")
        }
        LoginError::Refused { code, detail } => {
            let message = if code == "access_denied" {
                "Approval was denied, or this account may not use the client."
            } else {
                "The server refused the sign-in."
            };
            Said::new(format!("{message} {nothing}"), detail.clone()).coded(code)
        }
        LoginError::IssuerMismatch => Said::new(
            format!("This answer belongs to another sign-in. {nothing}"),
            "Start again; if it happens again, do not trust the page that you were sent to.",
        ),
        LoginError::Exchange { code, detail } => {
            Said::new(format!("The server refused the request. {nothing}"), what_to_do(code, detail)).coded(code)
        }
        LoginError::NoVerdict { code, .. } => Said::new(
            format!("The server did not answer as it should just now. {nothing}"),
            "Start the sign-in again; if it stays, tell the server's operator.",
        )
        .coded(code),
        LoginError::Pushed { code, detail } => {
            Said::new(format!("The server refused the request before the browser opened. {nothing}"), detail.clone())
                .coded(code)
        }
        LoginError::EndpointsChanged { endpoint, before, after } => Said::new(
            format!("The issuer's {endpoint} has moved from {before} to {after} since the last sign-in. {nothing}"),
            "If its operator has announced this, confirm it: fob login NAME --accept-new-endpoints",
        ),
        LoginError::NotOffered(what) => Said::new(
            format!("This server does not offer {what}. {nothing}"),
            "Sign in another way, or ask the server's operator for it.",
        ),
        LoginError::Registration(why) => Said::new(
            format!("The server did not register a client as asked: {why}. {nothing}"),
            "Register a client by hand and give its client id.",
        ),
        LoginError::CodeExpired => {
            Said::new(format!("The code ran out before it was entered. {nothing}"), "Start again to get a new code.")
        }
        LoginError::BadAnswer(why) => Said::new(format!("The server's answer can't be used: {why}. {nothing}"), ""),
        LoginError::IdToken(why) => Said::new(
            format!("The ID token does not hold: {why}. {nothing}"),
            "Check the issuer and the client; if they are right, tell the server's operator.",
        ),
        LoginError::WrongAccount { expected, got } => wrong_account(expected.as_deref(), got.as_deref()),
        LoginError::Cancelled => Said::new(format!("The sign-in was cancelled. {nothing}"), ""),
    }
}

/// The accounts stand in the hint, which no report repeats.
fn wrong_account(expected: Option<&str>, got: Option<&str>) -> Said {
    let who = match (expected, got) {
        (Some(expected), Some(got)) if expected != got => format!("Expected {expected}, got {got}. "),
        _ => String::new(),
    };
    Said::new(
        "Another account signed in than the one this credential belongs to. Nothing was saved.",
        format!("{who}Sign in with the right account, or under a new name."),
    )
}

/// What to do about a refusal of the token endpoint.
fn what_to_do(code: &str, detail: &str) -> String {
    match code {
        "invalid_client" => "Check the client id and whether this client needs a secret.",
        "invalid_grant" => "Start again. If it stays, the redirect address is not the registered one.",
        "unsupported_grant_type" | "unauthorized_client" => {
            "This client may not do that there; ask the server's operator to allow it."
        }
        _ => detail,
    }
    .to_owned()
}

fn loopback(error: &LoopbackError) -> Said {
    match error {
        LoopbackError::PortTaken { port } => Said::new(
            format!("Another program uses port {port}, which this redirect address needs."),
            "Stop that program, or register another redirect address.",
        ),
        LoopbackError::PortForbidden { port } => Said::new(
            format!("The system does not allow port {port}."),
            "Register a redirect address with a port above 1023.",
        ),
        LoopbackError::BadRedirect(why) => Said::new(
            format!("The redirect address can't be used: {why}."),
            "Give an address like http://127.0.0.1:8400/callback.",
        ),
        LoopbackError::NoLoopback(why) => {
            Said::new(format!("This computer has no usable loopback address ({why})."), "Bring up the interface lo.")
        }
    }
}

pub(super) fn discovery(error: &DiscoveryError) -> Said {
    match error {
        DiscoveryError::NotAnIssuer(why) => {
            Said::new(format!("That is not an issuer address: {why}."), "An issuer looks like https://id.example.com.")
        }
        DiscoveryError::NotFound(place) => Said::new(
            format!("The issuer publishes no metadata (tried {place})."),
            "Check the address; it may need a path, such as a realm or tenant.",
        ),
        DiscoveryError::Unavailable { place, status } => {
            Said::new(format!("The issuer can't answer just now: {place} gave HTTP {status}."), "Try again in a while.")
        }
        DiscoveryError::IssuerMismatch { found } => Said::new(
            format!("The server calls itself {found}, which is not the issuer that was asked for."),
            "Use exactly the issuer that the server names, if you trust it.",
        ),
        DiscoveryError::Invalid(why) => Said::new(format!("The issuer's metadata can't be used: {why}."), ""),
        DiscoveryError::ForbiddenEndpoint { endpoint } => Said::new(
            format!("The issuer's {endpoint} points to an address that it must not use. Nothing was sent."),
            "Do not sign in there before its operator has explained this.",
        ),
        DiscoveryError::NoS256 => Said::new(
            "The server does not offer PKCE with S256, and Fobwatch does not go below it.",
            "Ask the server's operator to allow S256.",
        ),
        DiscoveryError::Http(error) => http(error),
    }
}

fn http(error: &HttpError) -> Said {
    match error {
        HttpError::Connect { host } => {
            Said::new(format!("{host} can't be reached."), "Check the network and the address.")
        }
        HttpError::Tls { host, reason } => Said::new(
            format!("There is no trusted connection to {host}: {}.", crate::answer::harmless(reason, 200)),
            "A proxy that inspects TLS, or a wrong certificate; nothing was sent.",
        ),
        HttpError::Forbidden { host } => Said::new(
            format!("The name {host} leads to this computer or into a private network. Nothing was sent."),
            "Do not go on before its operator has explained this.",
        ),
        HttpError::Timeout { host } => Said::new(format!("{host} did not answer in time."), "Try again."),
        HttpError::Broken { host } => Said::new(format!("The connection to {host} broke."), "Try again."),
        HttpError::TooLarge { host } => Said::new(format!("The answer of {host} was too large to be right."), ""),
    }
}
