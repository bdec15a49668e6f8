//! Filters: what each of them asks of a credential.

use jiff::{SignedDuration, Timestamp};

use crate::credential::{Environment, Kind, Line, Tone};

/// A filter; where it holds several values, one of them must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    Environment(Vec<Environment>),
    Kind(Vec<Kind>),
    /// Parts of a provider's id or name, in lower case.
    Provider(Vec<String>),
    /// Parts of a scope, in lower case.
    Scope(Vec<String>),
    /// Parts of a tag, in lower case.
    Tag(Vec<String>),
    /// Parts of who used it.
    UsedBy(Vec<String>),
    Expires(Expires),
    Is(Vec<Is>),
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expires {
    Never,
    Past,
    Within(SignedDuration),
    Beyond(SignedDuration),
    Before(Timestamp),
    After(Timestamp),
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Is {
    Attention,
    Expired,
    Expiring,
    Failing,
    Renewing,
    Unused,
}

/// What filters look at.
pub(crate) struct Facts<'a> {
    pub(crate) provider: Option<&'a str>,
    pub(crate) provider_name: &'a str,
    pub(crate) scopes: &'a [String],
    pub(crate) tags: &'a [String],
    pub(crate) kind: Kind,
    pub(crate) environment: Environment,
    pub(crate) line: Line,
    pub(crate) tone: Tone,
    pub(crate) renews: bool,
    pub(crate) used: bool,
    /// When it stops working unless somebody acts: a login that renews itself ends with its sign-in.
    pub(crate) ends_at: Option<Timestamp>,
}

impl Filter {
    /// Tells whether a credential fits; `used_by` knows who used what.
    pub(crate) fn fits(&self, facts: &Facts<'_>, now: Timestamp, used_by: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Environment(any) => any.contains(&facts.environment),
            Self::Kind(any) => any.contains(&facts.kind),
            Self::Provider(any) => any
                .iter()
                .any(|part| facts.provider.is_some_and(|id| holds(id, part)) || holds(facts.provider_name, part)),
            Self::Scope(any) => any.iter().any(|part| facts.scopes.iter().any(|scope| holds(scope, part))),
            Self::Tag(any) => any.iter().any(|part| facts.tags.iter().any(|tag| holds(tag, part))),
            Self::UsedBy(any) => any.iter().any(|text| used_by(text)),
            Self::Expires(when) => when.fits(facts.ends_at, now),
            Self::Is(any) => any.iter().any(|is| is.fits(facts)),
        }
    }
}

impl Expires {
    fn fits(self, ends_at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(end) = ends_at else { return self == Self::Never };
        let left = end.duration_since(now);
        match self {
            Self::Never => false,
            Self::Past => left <= SignedDuration::ZERO,
            Self::Within(span) => left < span,
            Self::Beyond(span) => left > span,
            Self::Before(moment) => end < moment,
            Self::After(moment) => end > moment,
        }
    }
}

impl Is {
    fn fits(self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Attention => facts.tone > Tone::Neutral,
            Self::Expired => facts.line == Line::Expired,
            Self::Expiring => {
                matches!(facts.line, Line::EndsNow | Line::EndsSoon | Line::Rotate | Line::SignInBy)
            }
            Self::Failing => matches!(facts.line, Line::RefreshFailing | Line::Retrying),
            Self::Renewing => facts.renews,
            Self::Unused => !facts.used,
        }
    }
}

/// Whether `text` holds `part`, which is in lower case.
fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(part)
}
