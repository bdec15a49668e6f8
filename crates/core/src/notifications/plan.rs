//! From what there is, what was told and what is on the screen: what to say and what to take back. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cause, Causes, Topic};

/// What is on the screen: the keys of the causes that each notification names.
pub type Open = BTreeMap<Topic, BTreeSet<String>>;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Say this, in the place of what is on the screen of the same topic.
    Show(Topic, Vec<Cause>),
    /// Take this back: it is not true any more.
    Close(Topic),
}

/// Returns what is to be done, in the order of the topics.
///
/// A cause is said once. What is new is said together with what still stands on the screen of its topic; what was said
/// before and is gone from the screen is not said again. A notification of which any part is over is taken back: what
/// is left of it was told.
#[must_use]
pub fn plan(causes: &Causes, told: &BTreeSet<String>, open: &Open) -> Vec<Step> {
    let mut topics: BTreeMap<&Topic, Vec<&Cause>> = open.keys().map(|topic| (topic, Vec::new())).collect();
    for cause in &causes.all {
        topics.entry(&cause.topic).or_default().push(cause);
    }
    let step = |(topic, now): (&Topic, Vec<&Cause>)| {
        let shown = open.get(topic);
        let stands = |cause: &Cause| shown.is_some_and(|shown| shown.contains(&cause.key));
        let is_new = |cause: &Cause| !told.contains(&cause.key);
        if !causes.quiet && now.iter().any(|cause| is_new(cause)) {
            let said = now.iter().filter(|cause| is_new(cause) || stands(cause));
            return Some(Step::Show(topic.clone(), said.map(|cause| (*cause).clone()).collect()));
        }
        let all_stand = shown?.len() == now.iter().filter(|cause| stands(cause)).count();
        (!all_stand).then(|| Step::Close(topic.clone()))
    };
    topics.into_iter().filter_map(step).collect()
}

/// What of `told` is still so: the rest may be told again when it comes again.
#[must_use]
pub fn still_told(causes: &Causes, told: &BTreeSet<String>) -> BTreeSet<String> {
    causes.all.iter().filter(|cause| told.contains(&cause.key)).map(|cause| cause.key.clone()).collect()
}
