//! Who used a credential: what the Access tab says. It is counted from the log, so it knows what the log knows: from
//! where a value was asked for, how often and when.

use crate::activity::By;
use crate::credential::CredentialId;
use crate::error::Error;
use crate::vault::Vault;
use crate::view::UserView;

impl Vault {
    /// Returns who used a credential, the latest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], or a storage error.
    pub async fn uses(&self, id: CredentialId) -> Result<Vec<UserView>, Error> {
        self.inner.entry(id).await?;
        let mut users: Vec<UserView> = Vec::new();
        for used in self.inner.catalog.uses(id).await? {
            let from = from(&used.by);
            let program = used.program;
            let at = users.iter().position(|user| user.from == from && user.program == program).unwrap_or(users.len());
            if at == users.len() {
                users.push(UserView { from, program, ..UserView::new(used.first, used.last) });
            }
            let Some(user) = users.get_mut(at) else { continue };
            user.first_at = user.first_at.min(used.first);
            user.last_at = user.last_at.max(used.last);
            match used.what.as_str() {
                "copied" => user.copied += used.times,
                "revealed" => user.revealed += used.times,
                _ => user.handed_out += used.times,
            }
        }
        users.sort_by_key(|user| std::cmp::Reverse(user.last_at));
        Ok(users)
    }
}

/// Names the place: `command_line` for the command, otherwise as the log has it.
fn from(by: &str) -> String {
    if by == By::Command.word() { "command_line".to_owned() } else { by.to_owned() }
}
