//! The sentence that a person reads for an error, made once for window, tray and command: what happened, what it
//! means, what to do. The matches are exhaustive, so a new error can't be without one.

mod sign_in;

use crate::app_lock::NotAuthenticated;
use crate::error::{Error, StorageError, Verdict};
use crate::ports::KeychainError;
use crate::view::ErrorView;

use self::sign_in::{discovery, login};

/// What is said of one error.
struct Said {
    message: String,
    hint: String,
    provider_code: Option<String>,
}

impl Said {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), provider_code: None }
    }

    fn coded(mut self, code: &str) -> Self {
        self.provider_code = Some(code.to_owned());
        self
    }
}

/// Says what an error means. `name` is the credential it is about, for the hint.
#[must_use]
pub fn sentence(error: &Error, name: Option<&str>) -> ErrorView {
    let said = say(error, name);
    ErrorView {
        code: error.code().to_owned(),
        message: native(said.message),
        hint: native(said.hint),
        provider_code: said.provider_code,
    }
}

/// Says what a keychain that does not work means while renewed sign-ins wait to be saved in it.
#[must_use]
pub(crate) fn keychain_sentence(error: KeychainError, unsaved: usize) -> ErrorView {
    let locked = error == KeychainError::Locked;
    let mut said = sentence(&Error::Keychain(error), None);
    let waiting = match unsaved {
        0 => return said,
        1 => "a renewed sign-in is not saved yet".to_owned(),
        many => format!("{many} renewed sign-ins are not saved yet"),
    };
    let kept = "It is kept sealed in the vault until then; nothing is lost.";
    if locked {
        said.message = native(format!("Unlock your keychain: {waiting}."));
        kept.clone_into(&mut said.hint);
    } else {
        said.message = format!("{} Until it works, {waiting}.", said.message);
    }
    said
}

/// The store has another name on Linux.
fn native(text: String) -> String {
    if cfg!(target_os = "linux") { text.replace("keychain", "keyring") } else { text }
}

fn say(error: &Error, name: Option<&str>) -> Said {
    let called = name.map_or_else(|| "NAME".to_owned(), quoted);
    match error {
        Error::NotFound(what) => {
            Said::new(format!("There is no credential called “{what}”."), "fob list shows all names.")
        }
        Error::Ambiguous { name, choices } => {
            Said::new(format!("“{name}” may mean {}.", choices.join(", ")), "Use one of these, or the id.")
        }
        Error::NameTaken(name) => Said::new(
            format!("There is a credential called “{name}” already."),
            "Choose another name, or another account.",
        ),
        Error::Invalid { field, why } => Said::new(format!("{}: {why}.", spoken(field)), ""),
        Error::DuplicateValue { id, name, environment } => {
            Said::new(format!("This key is already stored as “{name}”, {environment}."), "Open it, or save it anyway.")
                .coded(id)
        }
        Error::WrongKind(why) => Said::new(format!("That can't be done: {why}."), ""),
        Error::Keychain(error) => keychain(error),
        Error::ItemLost => Said::new(
            "The keychain item of this credential is missing or damaged, so there is no value to use.",
            format!("Unlock or restore the keychain that holds it, or sign in again: fob login {called}"),
        ),
        Error::OtherDevice => Said::new(
            "This sign-in was stored by a copy of the vault on another computer. Two computers that share one refresh \
             token sign each other out.",
            format!("Sign in on this computer, or take it over: fob refresh {called} --force"),
        ),
        Error::Storage(error) => storage(error),
        Error::SignInNeeded(verdict) => sign_in_needed(verdict, &called),
        Error::Misconfigured(verdict) => misconfigured(verdict, &called),
        Error::Frozen(verdict) => frozen(verdict, &called),
        Error::Mismatch(why) => Said::new(
            format!("The provider's answer was put aside: {why}."),
            "Tell the server's operator, and sign in again if you trust it.",
        ),
        Error::TryAgain(verdict) => try_again(verdict),
        Error::Busy | Error::Fault => of_ours(error),
        Error::Login(error) => login(error),
        Error::Discovery(error) => discovery(error),
        Error::Clipboard(error) => Said::new(
            format!("The clipboard did not take the value ({}).", error.0),
            "Use fob token in a terminal or a script instead.",
        ),
        Error::NoSinglePaste => Said::new(
            "This desktop has no way to give a value for one paste only, so nothing was copied.",
            "Copy it without that: it is cleared as the settings say.",
        ),
        Error::Browser(error) => Said::new(format!("The page did not open: {error}."), ""),
        Error::Locked
        | Error::WrongPassphrase { .. }
        | Error::TooSoon { .. }
        | Error::PassphraseNeeded
        | Error::SystemUnlockOff
        | Error::NotAuthenticated(_)
        | Error::NoPassphrase => app_lock(error),
        Error::Expired { at } => expired(*at, &called),
        Error::NoValue => no_value(&called),
    }
}

fn no_value(called: &str) -> Said {
    Said::new("There is no access token to use yet.", format!("Sign in again: fob login {called}"))
}

/// What went wrong on this side.
fn of_ours(error: &Error) -> Said {
    if *error == Error::Busy {
        return Said::new(
            "Another Fobwatch process has been at work on this credential for more than five minutes. Nothing was sent \
             twice.",
            "Look for a Fobwatch process that hangs and end it, then try again.",
        );
    }
    Said::new(
        "Fobwatch itself failed in the middle of this. What a provider gave is kept, and the next try goes on from there.",
        "Try again, and report what the log says of it.",
    )
}

/// The window has words of its own for these; here is what a log or a script gets.
fn app_lock(error: &Error) -> Said {
    match error {
        Error::WrongPassphrase { wait_seconds } => {
            Said::new("That is not the passphrase.", format!("Try again in {wait_seconds} s."))
        }
        Error::TooSoon { seconds } => {
            Said::new("A wrong passphrase was given a moment ago.", format!("Try again in {seconds} s."))
        }
        Error::PassphraseNeeded => Said::new("This makes Fobwatch less secure.", "Give the passphrase as well."),
        Error::NoPassphrase => Said::new("No passphrase is set, so nothing can be locked.", "Set one in the settings."),
        Error::NotAuthenticated(why) => not_authenticated(*why),
        Error::SystemUnlockOff => Said::new("The settings let only the passphrase unlock.", "Use the passphrase."),
        _ => Said::new(
            "Fobwatch is locked, and gives out no value.",
            "Unlock its window with the passphrase, or: fob unlock",
        ),
    }
}

/// Why the system's word did not open the lock. The passphrase always can.
fn not_authenticated(why: NotAuthenticated) -> Said {
    let message = match why {
        NotAuthenticated::NoService => {
            "This system has no authentication that could be asked: polkit does not run here."
        }
        NotAuthenticated::NoAction => {
            "The system does not know Fobwatch, so it can't be asked. The packages (.deb, .rpm) tell it; this program was \
             not installed by one."
        }
        NotAuthenticated::NoAgent => {
            "Nothing in this session asks for a password on behalf of the system (a polkit agent)."
        }
        NotAuthenticated::NobodyAsked => {
            "The system would say yes without asking anybody, so its word unlocks nothing here."
        }
        NotAuthenticated::Refused => "The system did not confirm that it is you.",
        NotAuthenticated::Dismissed => "The system’s question was closed.",
        NotAuthenticated::TimedOut => "Nobody answered the system’s question in time.",
    };
    Said::new(message, if why.may_pass() { "Try again, or use the passphrase." } else { "Use the passphrase." })
}

fn expired(at: jiff::Timestamp, called: &str) -> Said {
    let when = at.to_zoned(jiff::tz::TimeZone::system()).strftime("%-d %b %Y, %H:%M");
    Said::new(
        format!("This token ended on {when}, so it was not handed out: nobody would accept it."),
        format!("Get a new one where it came from, and put it in: fob rotate {called}"),
    )
}

/// `client_id` as a person reads it: "Client id".
fn spoken(field: &str) -> String {
    let words = field.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn quoted(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
    if plain { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

fn keychain(error: &KeychainError) -> Said {
    match error {
        KeychainError::Missing => Said::new("The keychain has no such item.", ""),
        KeychainError::Locked => Said::new(
            "The keychain is locked. Copying and refreshing wait; nothing is lost.",
            "Unlock it and try again.",
        ),
        KeychainError::Unavailable(why) => Said::new(
            format!("There is no keychain service ({why}). Fobwatch stores secrets nowhere else."),
            "Start one, for example gnome-keyring or KWallet, and try again.",
        ),
        KeychainError::Denied => {
            Said::new("The keychain refused Fobwatch.", "Allow Fobwatch in the keychain's own settings.")
        }
        KeychainError::TooLong { limit } => {
            Said::new(format!("The value is longer than this keychain takes ({limit} bytes)."), "")
        }
        KeychainError::NotPersistent(why) => Said::new(
            format!("This keychain would forget what it is given ({why}), so Fobwatch does not use it."),
            "Make a default keyring that is kept on disk.",
        ),
        KeychainError::Other(why) => Said::new(format!("The keychain failed: {why}."), "Try again."),
    }
}

/// Where a vault is safe.
const LOCAL_DISK: &str = "Keep the vault on a disk of this computer: set FOB_HOME to a folder there. A vault that is here \
                          already can be moved whole.";

fn storage(error: &StorageError) -> Said {
    match error {
        StorageError::Full => Said::new(
            "There is no space left on the disk, so Fobwatch sends and changes nothing.",
            "Free some space; nothing is lost.",
        ),
        StorageError::ReadOnly => Said::new(
            "The vault's files can't be written, so Fobwatch sends and changes nothing.",
            "Check the owner and mode of the vault's folder.",
        ),
        StorageError::InUse => Said::new("Another program keeps the vault's database busy.", "Try again in a moment."),
        StorageError::Damaged(_) => Said::new(
            "The vault's database is damaged. The secrets are in the keychain and were not touched.",
            "Restore vault.db from a backup.",
        ),
        StorageError::Newer => {
            Said::new("The vault was written by a newer Fobwatch.", "Install that version or a later one.")
        }
        StorageError::Network { place, kind } => Said::new(
            format!(
                "{place} is on a network file system ({kind}). Locks and memory there do not reach every computer, so \
                 two programs could use one refresh token and lose the sign-in. Nothing was written."
            ),
            LOCAL_DISK,
        ),
        StorageError::NoLocks => Said::new(
            "The disk of the vault's folder has no locks that keep programs apart, so two of them could use one \
             refresh token and lose the sign-in. Nothing was sent.",
            LOCAL_DISK,
        ),
        StorageError::Other(why) => Said::new(format!("The vault's files failed: {why}."), ""),
    }
}

fn sign_in_needed(verdict: &Verdict, called: &str) -> Said {
    let message = match verdict.code.as_str() {
        "answer_lost" => {
            "The connection broke while the provider was renewing the sign-in, and it did not allow a second try. \
             The stored token is kept but no longer works."
        }
        "keychain_older" => {
            "The keychain holds an older token than the vault knows of, as after the keychain was restored from a \
             backup, and the provider takes that one no more. The stored token is kept."
        }
        crate::revoke::REVOKED => "You revoked this sign-in at the provider, so its tokens work no more.",
        "no_refresh_token" => {
            "The access token has ended, and the provider gave no refresh token at sign-in. The scope offline_access \
             asks for one."
        }
        "interaction_required" | "login_required" | "consent_required" | "account_selection_required" => {
            "The provider wants to see you before it renews this sign-in."
        }
        _ => "The provider ended the sign-in, so Fobwatch stopped trying. The stored token is kept.",
    };
    Said::new(message, format!("Sign in once more to get a new refresh token: fob login {called}")).coded(&verdict.code)
}

fn misconfigured(verdict: &Verdict, called: &str) -> Said {
    let message = match verdict.code.as_str() {
        "redirected" => "The token endpoint answered with a redirect. Fobwatch does not send a token elsewhere.",
        "endpoint_changed" => "The refresh token was given for another address or client than the settings name now.",
        "invalid_scope" => "The provider refused the scopes.",
        _ => "The provider refused this client or its settings. The token is kept; asking again changes nothing.",
    };
    Said::new(message, format!("Check client id and secret, then sign in again: fob login {called}"))
        .coded(&verdict.code)
}

fn frozen(verdict: &Verdict, called: &str) -> Said {
    let message = match verdict.code.as_str() {
        "issuer_changed" | "subject_changed" | "audience_changed" | "nonce_changed" | "id_token_unreadable" => {
            "The provider renewed the sign-in for somebody else. The tokens are stored, but not handed out."
        }
        "scope_grew" => "The provider granted more than was asked for. The token is stored, but not handed out.",
        "token_type" => "The provider gave a token that is not a Bearer token. It is stored, but not handed out.",
        _ => "The renewed token does not match this credential. It is stored, but not handed out.",
    };
    Said::new(message, format!("Sign in again if you trust the provider: fob login {called}")).coded(&verdict.code)
}

fn try_again(verdict: &Verdict) -> Said {
    let message = match verdict.code.as_str() {
        "no_connection" => "The provider can't be reached. The sign-in itself is fine.",
        "timeout" => "The provider did not answer in time. The sign-in itself is fine.",
        "connection_broke" | "answer_too_large" | "bad_answer" => {
            "The provider's answer did not arrive whole. Fobwatch asks once more."
        }
        "forbidden_address" => {
            "The provider's name leads to this computer or into a private network. Nothing was sent."
        }
        "tls" => "There is no trusted connection to the provider. Nothing was sent.",
        "html_answer" => "A web page answered instead of the provider; a network that wants a sign-in, perhaps.",
        "http_429" => "The provider says that it is asked too often.",
        _ => "The provider could not renew the token just now. The sign-in itself is fine.",
    };
    Said::new(message, "Fobwatch tries again by itself. Nothing is lost.").coded(&verdict.code)
}
