//! The promises of a registration: the client that was asked for, or none.

use jiff::Timestamp;

use super::{REDIRECT, Registered, check as check_registered};
use crate::fuzzing::assert_harmless;

pub(crate) fn check(body: &[u8]) {
    let Ok(registered) = serde_json::from_slice::<Registered>(body) else { return };
    let grants = ["authorization_code", "refresh_token"];
    if let Err(why) = check_registered(&registered, REDIRECT, &grants, Timestamp::constant(1_759_708_800, 0)) {
        return assert_harmless("the refusal", &why);
    }
    assert!(!registered.client_id.is_empty() && registered.client_id.chars().all(|c| matches!(c, ' '..='~')));
    assert!(registered.redirect_uris.is_none_or(|uris| uris == [REDIRECT]), "another redirect address");
    let mut given = registered.grant_types.iter().flatten();
    assert!(given.all(|grant| grants.contains(&grant.as_str())), "another grant");
    let expires_at = registered.client_secret_expires_at.unwrap_or(0);
    assert!(expires_at == 0 || expires_at > 1_759_708_800, "a secret that has expired");
}
