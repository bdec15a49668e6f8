//! `fob add jwt` and `fob set`.

use std::time::Duration;

use clap::Args;

use super::{Env, duration};

/// `fob add jwt`.
#[derive(Debug, Args)]
pub(crate) struct AddJwt {
    /// What to call it.
    pub(crate) name: String,
    /// The account it belongs to.
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Where it is used.
    #[arg(long, value_enum, default_value_t = Env::Development)]
    pub(crate) env: Env,
    /// A tag; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// A note.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// How it is sent, with {} for the token.
    #[arg(long)]
    pub(crate) header: Option<String>,
    /// Who issued it: its signature is checked with the keys published there.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// Where the keys are that its signature is checked with.
    #[arg(long, value_name = "URL")]
    pub(crate) jwks: Option<String>,
    /// Check its signature with a shared secret, read from the second line of standard input or a prompt.
    #[arg(long, conflicts_with_all = ["issuer", "jwks"])]
    pub(crate) secret: bool,
    /// Store it although the same token is stored under another name.
    #[arg(long)]
    pub(crate) allow_twin: bool,
}

/// `fob set`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[command(group = clap::ArgGroup::new("changes").multiple(true).required(true))]
pub(crate) struct Set {
    /// The credential's name, name@account, or id.
    pub(crate) name: String,
    /// Call it this from now on.
    #[arg(long, value_name = "NEW", group = "changes")]
    pub(crate) rename: Option<String>,
    /// Its account; empty for none.
    #[arg(long, group = "changes")]
    pub(crate) account: Option<String>,
    /// Where it is used.
    #[arg(long, value_enum, group = "changes")]
    pub(crate) env: Option<Env>,
    /// A tag in place of those it has; may be given several times. One empty tag takes them all away.
    #[arg(long = "tag", value_name = "TAG", group = "changes")]
    pub(crate) tags: Vec<String>,
    /// Its note; empty for none.
    #[arg(long, group = "changes")]
    pub(crate) note: Option<String>,
    /// How it is sent, with {} for the value.
    #[arg(long, group = "changes")]
    pub(crate) header: Option<String>,
    /// The name of the .env variable; empty for the one made of its name.
    #[arg(long, value_name = "NAME", group = "changes")]
    pub(crate) variable: Option<String>,
    /// When to rotate a key or a client's secret: 90d, a date, or none.
    #[arg(long, value_name = "90d|DATE|none", group = "changes")]
    pub(crate) rotate_by: Option<String>,
    /// How long before its end an access token is renewed, such as 10m; 0 for the rule.
    #[arg(long, value_name = "TIME", value_parser = duration, group = "changes")]
    pub(crate) lead: Option<Duration>,
    /// Do not renew it by itself; who asks for a token still gets a fresh one.
    #[arg(long, group = "changes", conflicts_with = "resume")]
    pub(crate) pause: bool,
    /// Renew it by itself again.
    #[arg(long, group = "changes")]
    pub(crate) resume: bool,
    /// Let it expire: it needs no attention until it has another end.
    #[arg(long, group = "changes", conflicts_with = "watch")]
    pub(crate) let_expire: bool,
    /// Say again when it is about to end.
    #[arg(long, group = "changes")]
    pub(crate) watch: bool,
    /// Put it among the first of the list.
    #[arg(long, group = "changes", conflicts_with = "unpin")]
    pub(crate) pin: bool,
    /// Put it back where it was.
    #[arg(long, group = "changes")]
    pub(crate) unpin: bool,
}
