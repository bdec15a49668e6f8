//! How all credentials stand at one moment, what passes the filters, and the sidebar's counts.
//!
//! None of it depends on the words of a search, so it is kept from one letter to the next: until something changed, a
//! filter is another one, or the first state changes by time alone.

use jiff::{SignedDuration, Timestamp};

use super::counts::{self, Counts, ENVIRONMENT, KIND, OTHER, PROVIDER};
use super::{Index, Item, Look, UsedBy};
use crate::credential::{Environment, Kind, Tone};
use crate::error::Error;
use crate::search::{Facts, Parsed};
use crate::status::{self, State};
use crate::view::{ListInput, ListView};

/// When somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) now: Timestamp,
    /// What ends within this time needs attention.
    pub(super) soon: SignedDuration,
}

impl Moment {
    pub(super) fn look<'a>(&self, item: &'a Item) -> Look<'a> {
        // That a refresh is under way no row shows.
        Look { item, state: status::of(&item.entry, self.now, self.soon, false) }
    }
}

/// The filters that were clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clicked {
    attention_only: bool,
    kind: Option<Kind>,
    environment: Option<Environment>,
    provider: Option<String>,
}

impl Clicked {
    fn of(input: &ListInput) -> Self {
        Self {
            attention_only: input.attention_only,
            kind: input.kind,
            environment: input.environment,
            provider: input.provider.clone(),
        }
    }
}

/// How everything stands.
pub(super) struct Survey {
    edition: u64,
    moment: Moment,
    /// None where filters were typed, which may ask for more than is compared here.
    clicked: Option<Clicked>,
    states: Vec<State>,
    /// What passes the filters, by its places in the index.
    pub(super) fitting: Vec<usize>,
    /// The counts.
    pub(super) view: ListView,
}

impl Survey {
    pub(super) fn look<'a>(&self, index: &'a Index, at: usize) -> Look<'a> {
        Look { item: &index.items[at], state: self.states[at] }
    }

    /// Whether all that it says is still so.
    fn holds(&self, index: &Index, moment: Moment, clicked: Option<&Clicked>) -> bool {
        let before_next = self.view.next_change_at.is_none_or(|next| moment.now < next);
        self.edition == index.edition
            && self.clicked.is_some()
            && self.clicked.as_ref() == clicked
            && self.moment.soon == moment.soon
            && self.moment.now <= moment.now
            && before_next
    }
}

/// Returns how everything stands: as it was found before where that still holds.
pub(super) fn of<'a>(
    before: &'a mut Option<Survey>,
    index: &Index,
    moment: Moment,
    input: &ListInput,
    parsed: &Parsed,
    used_by: &UsedBy,
) -> Result<&'a Survey, Error> {
    let clicked = (parsed.filters.is_empty() && !parsed.wrong()).then(|| Clicked::of(input));
    let survey = match before.take() {
        Some(before) if before.holds(index, moment, clicked.as_ref()) => before,
        _ => make(index, moment, clicked, input, parsed, used_by)?,
    };
    Ok(before.insert(survey))
}

fn make(
    index: &Index,
    moment: Moment,
    clicked: Option<Clicked>,
    input: &ListInput,
    parsed: &Parsed,
    used_by: &UsedBy,
) -> Result<Survey, Error> {
    let mut view = ListView { total: index.items.len(), ..ListView::default() };
    let mut counts = Counts::default();
    let (mut states, mut fitting) = (Vec::with_capacity(index.items.len()), Vec::new());
    for (at, item) in index.items.iter().enumerate() {
        let look = moment.look(item);
        let fails = fails(&look, input, parsed, used_by, moment.now);
        counts.add(&look, fails);
        view.attention += usize::from(look.state.tone > Tone::Neutral);
        view.attention_tone = view.attention_tone.max(look.state.tone);
        view.next_change_at = [view.next_change_at, look.state.changes_at].into_iter().flatten().min();
        states.push(look.state);
        if fails == 0 {
            fitting.push(at);
        }
    }
    view.kinds = counts.kinds(input, &parsed.filters)?;
    view.environments = counts.environments(input, &parsed.filters)?;
    view.providers = counts.providers(input, &parsed.filters);
    Ok(Survey { edition: index.edition, moment, clicked, states, fitting, view })
}

/// Which filters a credential does not pass, by the group of the sidebar that they belong to.
fn fails(look: &Look<'_>, input: &ListInput, parsed: &Parsed, used_by: &UsedBy, now: Timestamp) -> u8 {
    let row = &look.item.entry.credential;
    let mut fails = 0;
    let mut fail = |bit: u8, fails_it: bool| fails |= if fails_it { bit } else { 0 };
    fail(KIND, input.kind.is_some_and(|kind| kind != row.kind));
    fail(ENVIRONMENT, input.environment.is_some_and(|environment| environment != row.environment));
    fail(PROVIDER, input.provider.is_some() && input.provider != row.provider);
    fail(OTHER, input.attention_only && look.state.tone == Tone::Neutral);
    fail(OTHER, parsed.wrong());
    if !parsed.filters.is_empty() {
        let facts = facts(look);
        let used = |text: &str| used_by.get(text).is_some_and(|ids| ids.contains(&row.id));
        for filter in &parsed.filters {
            fail(counts::group(filter), !filter.fits(&facts, now, &used));
        }
    }
    fails
}

fn facts<'a>(look: &Look<'a>) -> Facts<'a> {
    let row = &look.item.entry.credential;
    let login = look.item.entry.login.as_deref();
    Facts {
        provider: row.provider.as_deref(),
        provider_name: &look.item.provider_name,
        scopes: login.map(|login| login.granted_scopes.as_slice()).unwrap_or_default(),
        tags: &row.tags,
        kind: row.kind,
        environment: row.environment,
        line: look.state.line,
        tone: look.state.tone,
        renews: login.is_some_and(|login| login.renews),
        used: row.last_used_at.is_some(),
        ends_at: match login {
            Some(login) if login.renews => login.sign_in_ends_at,
            Some(login) => login.access_expires_at,
            None => look.state.lifetime.map(|life| life.until),
        },
    }
}
