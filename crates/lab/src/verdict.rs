//! Whether a client did well, from what was seen of it alone.
//!
//! A server can't see into a client: it sees requests. So a verdict of "nothing seen" says exactly that, and the
//! rest is for the person to look at.

use crate::module::{At, Ends, Module};
use crate::record::Record;

/// What can be said of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It did what a good client does, as far as requests show.
    Good,
    /// It never came as far as the change.
    NothingSeen,
    /// It did what no good client does.
    Failed(Vec<String>),
}

/// Judges what was seen of a client that met `module`.
#[must_use]
pub fn judge(module: &Module, record: &Record) -> Verdict {
    let mut faults: Vec<String> =
        record.complaints.iter().map(|complaint| format!("{} ({})", complaint.what, complaint.rule)).collect();
    faults.extend(record.trapped.iter().map(|where_to| format!("your client went to {where_to}")));
    let redeemed = record.count(At::Code);
    let sign_ins = record.count(At::Authorize).max(1);
    if redeemed > module.redeems * sign_ins {
        faults.push(match module.redeems {
            0 => "your client redeemed a code that it should have refused".to_owned(),
            most => format!("your client redeemed codes {redeemed} times; {most} is enough"),
        });
    }
    if module.refreshes.is_some_and(|most| record.count(At::Refresh) > most) {
        faults.push(format!("your client sent a refresh token {} times", record.count(At::Refresh)));
    }
    let used = record.count(At::UserInfo) + record.count(At::Refresh) + record.count(At::Introspection);
    if module.ends == Ends::Refused && used > 0 {
        faults.push("your client used a token of an answer that it should have refused".to_owned());
    }
    if !faults.is_empty() {
        return Verdict::Failed(faults);
    }
    let wanted = if module.ends == Ends::Refused { module.redeems } else { 1 };
    if redeemed < wanted || record.seen.is_empty() { Verdict::NothingSeen } else { Verdict::Good }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::module;
    use crate::record::Seen;

    fn of(places: &[At]) -> Record {
        Record { seen: places.iter().map(|at| Seen::bare(*at)).collect(), ..Record::default() }
    }

    #[test]
    fn a_code_that_should_be_refused_and_is_redeemed_is_a_fault() {
        let module = module("x", "x", &[]).refused(0, "refuses");
        assert_eq!(judge(&module, &of(&[At::Discovery, At::Authorize])), Verdict::Good);
        assert!(matches!(judge(&module, &of(&[At::Authorize, At::Code])), Verdict::Failed(_)));
    }

    #[test]
    fn a_refused_answer_whose_token_is_used_is_a_fault() {
        let module = module("x", "x", &[]).refused(1, "refuses");
        assert_eq!(judge(&module, &of(&[At::Authorize])), Verdict::NothingSeen);
        assert_eq!(judge(&module, &of(&[At::Authorize, At::Code])), Verdict::Good);
        assert!(matches!(judge(&module, &of(&[At::Authorize, At::Code, At::UserInfo])), Verdict::Failed(_)));
    }

    #[test]
    fn whoever_springs_the_trap_has_failed() {
        let record = Record { trapped: vec!["the trap".to_owned()], ..of(&[At::Authorize, At::Code]) };
        assert!(matches!(judge(&module("x", "x", &[]), &record), Verdict::Failed(_)));
    }
}
