//! The sidebar's counts: each group counts with all filters but its own, in one pass over all credentials.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Look;
use crate::catalog::word;
use crate::credential::{Environment, Kind};
use crate::error::Error;
use crate::search::Filter;
use crate::view::{CountView, ListInput, MonogramView};

/// The filters that a credential does not pass, one bit for each group of the sidebar.
pub(crate) const KIND: u8 = 1;
pub(crate) const ENVIRONMENT: u8 = 2;
pub(crate) const PROVIDER: u8 = 4;
pub(crate) const OTHER: u8 = 8;

/// Which group a typed filter belongs to.
pub(crate) fn group(filter: &Filter) -> u8 {
    match filter {
        Filter::Kind(_) => KIND,
        Filter::Environment(_) => ENVIRONMENT,
        Filter::Provider(_) => PROVIDER,
        _ => OTHER,
    }
}

struct Provider<'a> {
    label: &'a str,
    monogram: &'a MonogramView,
    count: usize,
}

/// How many there are of what.
#[derive(Default)]
pub(crate) struct Counts<'a> {
    kinds: HashMap<Kind, usize>,
    environments: HashMap<Environment, usize>,
    providers: HashMap<&'a str, Provider<'a>>,
}

impl<'a> Counts<'a> {
    /// Counts a credential that does not pass the filters `fails`.
    pub(crate) fn add(&mut self, look: &Look<'a>, fails: u8) {
        let row = &look.item.entry.credential;
        *self.kinds.entry(row.kind).or_default() += usize::from(fails & !KIND == 0);
        *self.environments.entry(row.environment).or_default() += usize::from(fails & !ENVIRONMENT == 0);
        let Some(id) = row.provider.as_deref() else { return };
        let (label, monogram) = (look.item.provider_name.as_str(), &look.item.monogram);
        let one = self.providers.entry(id).or_insert(Provider { label, monogram, count: 0 });
        one.count += usize::from(fails & !PROVIDER == 0);
    }

    pub(crate) fn kinds(&self, input: &ListInput, filters: &[Filter]) -> Result<Vec<CountView>, Error> {
        let labels = [
            (Kind::Oauth, "OAuth logins"),
            (Kind::ApiKey, "API keys"),
            (Kind::Jwt, "JWTs"),
            (Kind::ClientCredentials, "Client credentials"),
        ];
        let mut out = Vec::new();
        for (kind, label) in labels {
            let Some(&count) = self.kinds.get(&kind) else { continue };
            let typed = filters.iter().any(|filter| matches!(filter, Filter::Kind(any) if any.contains(&kind)));
            let chosen = typed || input.kind == Some(kind);
            out.push(CountView { value: word(kind)?, label: label.to_owned(), monogram: None, count, chosen });
        }
        Ok(out)
    }

    pub(crate) fn environments(&self, input: &ListInput, filters: &[Filter]) -> Result<Vec<CountView>, Error> {
        let labels = [
            (Environment::Production, "Production"),
            (Environment::Staging, "Staging"),
            (Environment::Development, "Development"),
        ];
        let mut out = Vec::new();
        for (environment, label) in labels {
            let count = self.environments.get(&environment).copied().unwrap_or_default();
            let typed =
                filters.iter().any(|filter| matches!(filter, Filter::Environment(any) if any.contains(&environment)));
            let chosen = typed || input.environment == Some(environment);
            out.push(CountView { value: word(environment)?, label: label.to_owned(), monogram: None, count, chosen });
        }
        Ok(out)
    }

    /// The providers, most first; those of equal counts by name.
    pub(crate) fn providers(&self, input: &ListInput, filters: &[Filter]) -> Vec<CountView> {
        let typed = |id: &str, label: &str| {
            let holds = |part: &String| id.to_lowercase().contains(part) || label.to_lowercase().contains(part);
            filters.iter().any(|filter| matches!(filter, Filter::Provider(any) if any.iter().any(holds)))
        };
        let view = |(id, one): (&&str, &Provider<'_>)| CountView {
            value: (*id).to_owned(),
            label: one.label.to_owned(),
            monogram: Some(one.monogram.clone()),
            count: one.count,
            chosen: input.provider.as_deref() == Some(*id) || typed(id, one.label),
        };
        let mut out: Vec<CountView> = self.providers.iter().map(view).collect();
        out.sort_by(|one, other| (Reverse(one.count), &one.label).cmp(&(Reverse(other.count), &other.label)));
        out
    }
}
