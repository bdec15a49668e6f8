//! What ends when, drawn as a time line (DESIGN.md 6.5).
//!
//! The invariant: the answer is as large as the drawing, not as the vault. More than [`LANES`] lanes become one per
//! provider, and more than [`MARKS`] marks of a provider become fewer that each stand for several.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::catalog::Entry;
use crate::credential::{Line, Tone};
use crate::error::{Error, OrNone as _};
use crate::provider::Providers;
use crate::show::tile;
use crate::status::{self, State};
use crate::vault::Vault;
use crate::view::{
    BinView, Ending, ExpiriesInput, ExpiriesView, ExpirySectionView, GroupView, LaneView, MarkView, NextView,
};

/// More lanes than this are one per provider.
const LANES: usize = 200;
/// More marks of one provider than this stand for several each.
const MARKS: usize = 48;
/// What ends within this time and does not renew is urgent.
const URGENT: SignedDuration = SignedDuration::from_mins(5);

impl Vault {
    /// Returns what the time line shows of this range: stored facts only, nobody is asked and no value is read.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn expiries(&self, input: &ExpiriesInput) -> Result<ExpiriesView, Error> {
        let inner = &self.inner;
        let now = inner.ports.clock.now();
        let soon = SignedDuration::from_hours(i64::from(self.settings().await?.attention_days) * 24);
        let looked = Looked { input, now, soon };
        let entries = inner.catalog.entries().await?;
        let found: Vec<Found<'_>> = entries
            .iter()
            .filter(|entry| input.environment.is_none_or(|wanted| entry.credential.environment == wanted))
            .map(|entry| {
                looked.place(entry, status::of(entry, now, soon, inner.flights.is_flying(entry.credential.id)))
            })
            .collect();
        Ok(looked.answer(&inner.providers(), &found))
    }
}

/// Where a credential stands on the time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Somebody must do something.
    NeedsYou,
    /// It renews itself.
    Renews,
    /// No end is known.
    Undated,
}

/// A credential and its ends.
#[derive(Clone, Copy)]
struct Found<'a> {
    entry: &'a Entry,
    state: State,
    place: Place,
    ending: Ending,
    tone: Tone,
    ends_at: Option<Timestamp>,
    refresh_at: Option<Timestamp>,
    /// Where it stands in the order of time; what should have been is now.
    due_at: Timestamp,
    /// The last moment of it that is drawn.
    last_at: Timestamp,
}

/// The range, as it is looked at now.
#[derive(Clone, Copy)]
struct Looked<'a> {
    input: &'a ExpiriesInput,
    now: Timestamp,
    soon: SignedDuration,
}

impl Looked<'_> {
    fn place<'a>(&self, entry: &'a Entry, state: State) -> Found<'a> {
        let (place, ending, ends_at, refresh_at) = self.ends(entry, &state);
        let tone = match place {
            Place::NeedsYou => self.tone(&state, ending, ends_at),
            // What is tried again by itself is no failure yet.
            Place::Renews => state.tone.min(Tone::Warn),
            Place::Undated => Tone::Neutral,
        };
        // A refused sign-in is for now, however long its last token goes on.
        let dated = refresh_at.or(ends_at).filter(|_| state.line != Line::RefreshFailing);
        let due_at = dated.unwrap_or(self.now).max(self.now);
        let last_at = ends_at.map_or(due_at, |end| end.max(due_at));
        Found { entry, state, place, ending, tone, ends_at, refresh_at, due_at, last_at }
    }

    fn ends(&self, entry: &Entry, state: &State) -> (Place, Ending, Option<Timestamp>, Option<Timestamp>) {
        let Some(login) = &entry.login else {
            let end = entry.credential.rotate_by;
            return (end.map_or(Place::Undated, |_| Place::NeedsYou), Ending::Rotate, end, None);
        };
        let token_ends_at = login.access_expires_at;
        match state.line {
            Line::RefreshFailing => {
                return (Place::NeedsYou, Ending::SignIn, token_ends_at.or(login.failing_since), None);
            }
            Line::Expired => return (Place::NeedsYou, Ending::Token, token_ends_at, None),
            _ => {}
        }
        if !login.renews {
            return (token_ends_at.map_or(Place::Undated, |_| Place::NeedsYou), Ending::Token, token_ends_at, None);
        }
        // With a lane each it would otherwise be nowhere: its sign-in ends beyond the range, its refresh does not.
        let moves_up = |end: &Timestamp| {
            end.duration_since(self.now) <= self.soon && (!self.input.each || *end <= self.input.until)
        };
        match login.sign_in_ends_at.filter(moves_up) {
            Some(end) => (Place::NeedsYou, Ending::SignIn, Some(end), None),
            None if !self.input.each => (Place::Renews, Ending::SignIn, login.sign_in_ends_at, None),
            None if login.refresh_at.or(token_ends_at).is_none() => (Place::Undated, Ending::Renewal, None, None),
            None => (Place::Renews, Ending::Renewal, token_ends_at, login.refresh_at),
        }
    }

    fn tone(&self, state: &State, ending: Ending, ends_at: Option<Timestamp>) -> Tone {
        let left = ends_at.map(|end| end.duration_since(self.now));
        match (state.line, left) {
            (Line::RefreshFailing | Line::Expired, _) => Tone::Bad,
            (_, Some(left)) if ending == Ending::Token && left <= URGENT => Tone::Bad,
            (_, Some(left)) if left <= self.soon => Tone::Warn,
            _ => Tone::Neutral,
        }
    }

    fn answer(&self, known: &Providers, found: &[Found<'_>]) -> ExpiriesView {
        let of = |place| {
            let mut all: Vec<&Found<'_>> = found.iter().filter(|one| one.place == place).collect();
            // What is due now stands in the order in which it began to be; a stable sort keeps names in order.
            all.sort_by_key(|one| (one.due_at, one.refresh_at.or(one.ends_at).unwrap_or(Timestamp::MIN)));
            all
        };
        let (needs, renews) = (of(Place::NeedsYou), of(Place::Renews));
        let next = needs.iter().find(|one| one.due_at > self.input.until).map(|one| NextView {
            id: one.entry.credential.id.to_string(),
            name: one.entry.credential.name.clone(),
            at: one.due_at,
        });
        ExpiriesView {
            density: self.density(needs.iter().chain(&renews)),
            needs_you: self.lanes(known, &needs),
            renews: if self.input.each { self.lanes(known, &renews) } else { self.per_provider(known, &renews) },
            undated: found.iter().filter(|one| one.place == Place::Undated).count(),
            next,
        }
    }

    /// One lane each for what lies in the range, unless that is too many.
    fn lanes(&self, known: &Providers, all: &[&Found<'_>]) -> ExpirySectionView {
        let earlier = all.iter().filter(|one| one.last_at < self.input.from).count();
        let later = all.iter().filter(|one| one.due_at > self.input.until).count();
        let inside: Vec<&Found<'_>> = all
            .iter()
            .copied()
            .filter(|one| one.last_at >= self.input.from && one.due_at <= self.input.until)
            .collect();
        let total = inside.len();
        let (lanes, groups) = if total > LANES {
            (Vec::new(), self.groups(known, &inside))
        } else {
            (inside.into_iter().map(|one| lane(known, one)).collect(), Vec::new())
        };
        ExpirySectionView { total, earlier, later, lanes, groups }
    }

    /// One lane per provider, also for those of which nothing lies in the range.
    fn per_provider(&self, known: &Providers, all: &[&Found<'_>]) -> ExpirySectionView {
        let later = all.iter().filter(|one| self.is_later(one)).count();
        ExpirySectionView { total: all.len(), earlier: 0, later, lanes: Vec::new(), groups: self.groups(known, all) }
    }

    fn is_later(&self, one: &Found<'_>) -> bool {
        one.ends_at.is_some() && one.due_at > self.input.until
    }

    fn groups(&self, known: &Providers, all: &[&Found<'_>]) -> Vec<GroupView> {
        let mut by_provider: BTreeMap<Option<&str>, Vec<&Found<'_>>> = BTreeMap::new();
        for one in all {
            by_provider.entry(one.entry.credential.provider.as_deref()).or_default().push(one);
        }
        let mut groups: Vec<GroupView> = by_provider
            .into_iter()
            .map(|(provider, members)| {
                let face = provider.and(members.first()).map(|one| {
                    let (name, monogram) = tile(known, &one.entry.credential, one.entry.login.as_deref());
                    (name, Some(monogram))
                });
                let (name, monogram) = face.unwrap_or_default();
                let later = members.iter().filter(|one| self.is_later(one)).count();
                let marks = self.marks(&members);
                GroupView { provider: provider.map(str::to_owned), name, monogram, count: members.len(), later, marks }
            })
            .collect();
        groups.sort_by_key(|group| (group.provider.is_none(), group.name.to_lowercase()));
        groups
    }

    /// The ends in the range. Too many are put together where they lie close; each keeps the moment of its first.
    fn marks(&self, members: &[&Found<'_>]) -> Vec<MarkView> {
        let drawn = |one: &&&Found<'_>| {
            let dated = one.ends_at.is_some() || one.refresh_at.is_some() || one.tone == Tone::Bad;
            dated && one.last_at >= self.input.from && one.due_at <= self.input.until
        };
        let inside: Vec<&Found<'_>> = members.iter().filter(drawn).copied().collect();
        let span = self.input.until.duration_since(self.input.from);
        let apart = if inside.len() > MARKS {
            span / i32::try_from(MARKS).ok_or_none().unwrap_or(i32::MAX)
        } else {
            SignedDuration::ZERO
        };
        let mut marks: Vec<MarkView> = Vec::new();
        for one in inside {
            match marks.last_mut() {
                Some(last) if one.due_at.duration_since(last.at) < apart => {
                    last.count += 1;
                    last.tone = last.tone.max(one.tone);
                    (last.id, last.name, last.environment) = (None, None, None);
                }
                _ => marks.push(MarkView {
                    at: one.due_at,
                    count: 1,
                    tone: one.tone,
                    id: Some(one.entry.credential.id.to_string()),
                    name: Some(one.entry.credential.name.clone()),
                    environment: Some(one.entry.credential.environment),
                }),
            }
        }
        marks
    }

    fn density<'a, 'b: 'a>(&self, all: impl Iterator<Item = &'a &'a Found<'b>>) -> Vec<BinView> {
        let edges = &self.input.edges;
        let mut bins = vec![BinView { count: 0, tone: Tone::Neutral }; edges.len().saturating_sub(1)];
        for one in all {
            let dated = one.ends_at.is_some() || one.refresh_at.is_some() || one.tone == Tone::Bad;
            // The first edge after it is the end of its bar.
            let after = edges.partition_point(|edge| *edge <= one.due_at);
            if let (true, Some(bin)) = (dated, after.checked_sub(1).and_then(|index| bins.get_mut(index))) {
                bin.count += 1;
                bin.tone = bin.tone.max(one.tone);
            }
        }
        bins
    }
}

fn lane(known: &Providers, one: &Found<'_>) -> LaneView {
    let row = &one.entry.credential;
    let (provider_name, monogram) = tile(known, row, one.entry.login.as_deref());
    LaneView {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind,
        environment: row.environment,
        provider_name,
        monogram,
        ending: one.ending,
        status: one.state.status,
        line: one.state.line,
        tone: one.tone,
        ends_at: one.ends_at,
        refresh_at: one.refresh_at,
    }
}

#[cfg(test)]
#[path = "expiries_test.rs"]
mod tests;
