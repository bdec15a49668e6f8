//! What a sign-in under a new name is stored as, before its first token is committed.

use jiff::Timestamp;

use super::store::Signature;
use crate::catalog::{Chosen, CredentialRow};
use crate::credential::{CredentialId, Kind};
use crate::login::host_of;
use crate::provider::Providers;

pub(super) fn new_row(
    providers: &Providers,
    id: CredentialId,
    signed: &Signature<'_>,
    now: Timestamp,
) -> CredentialRow {
    let exchange = signed.exchange;
    let input = &exchange.input;
    let known = || providers.of_issuer(&exchange.settings.issuer).map(|provider| provider.id.clone());
    let provider = input.provider.clone().or_else(known);
    CredentialRow {
        id,
        name: input.name.clone(),
        kind: if signed.by_itself() { Kind::ClientCredentials } else { Kind::Oauth },
        provider: Some(provider.unwrap_or_else(|| host_of(&exchange.settings.issuer))),
        account: signed.account(),
        environment: input.environment,
        tags: Vec::new(),
        note: String::new(),
        header: if exchange.settings.dpop { "Authorization: DPoP {}" } else { crate::add_api_key::BEARER }.to_owned(),
        created_at: now,
        value_since: now,
        rotate_by: None,
        rotate_every_days: None,
        last_used_at: None,
        generation: 0,
        fingerprint: None,
        shown_start: String::new(),
        shown_end: String::new(),
        value_len: 0,
        chosen: Chosen::default(),
    }
}
