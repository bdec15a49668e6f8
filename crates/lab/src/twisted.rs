//! The changes of a module that are due at one request, applied one after another.

use serde_json::Value;

use crate::answers::Reply;
use crate::authorize::{Asked, Visit};
use crate::id_token::Draft;
use crate::module::{At, Module, Place, Twist, What};
use crate::wire::Wire;

/// The changes that apply to one request.
pub(crate) struct Twisted<'a> {
    twists: Vec<&'a Twist>,
    place: &'a Place,
}

impl<'a> Twisted<'a> {
    /// Finds the changes for the request at `at` after `before` others.
    pub(crate) fn of(module: &'a Module, place: &'a Place, at: At, before: u32) -> Self {
        let due = |twist: &&Twist| twist.at == at && before >= twist.after && before - twist.after < twist.times;
        Self { twists: module.twists.iter().filter(due).collect(), place }
    }

    pub(crate) fn json(&self, value: &mut Value) {
        for twist in &self.twists {
            if let What::Json(change) = &twist.what {
                change(value, self.place);
            }
        }
    }

    pub(crate) fn visits(&self, visits: &mut Vec<Visit>, asked: &Asked) {
        for twist in &self.twists {
            if let What::Visits(change) = &twist.what {
                change(visits, self.place, asked);
            }
        }
    }

    pub(crate) fn id_token(&self, draft: &mut Draft) {
        for twist in &self.twists {
            if let What::IdToken(change) = &twist.what {
                change(draft, self.place);
            }
        }
    }

    pub(crate) fn reply(&self, reply: &mut Reply) {
        for twist in &self.twists {
            if let What::Reply(change) = &twist.what {
                change(reply, self.place);
            }
        }
    }

    /// Returns the answer that takes the place of doing what was asked, if one does.
    pub(crate) fn instead(&self) -> Option<Reply> {
        self.twists.iter().find_map(|twist| {
            let What::Instead(change) = &twist.what else { return None };
            let mut reply = Reply::json(http::StatusCode::OK, &Value::Null);
            change(&mut reply, self.place);
            Some(reply)
        })
    }

    /// Tells whether the answer before is given again.
    pub(crate) fn is_again(&self) -> bool {
        self.twists.iter().any(|twist| matches!(twist.what, What::Again))
    }

    /// Tells whether the answer is exchanged with another one.
    pub(crate) fn is_crossed(&self) -> bool {
        self.twists.iter().any(|twist| matches!(twist.what, What::Crossed))
    }

    pub(crate) fn wire(&self) -> Option<Wire> {
        self.twists.iter().find_map(|twist| if let What::Wire(wire) = &twist.what { Some(wire.clone()) } else { None })
    }
}
