//! Keeps `ui/src/bindings.ts` equal to the types in [`crate::view`].

use std::fmt::Write as _;

use ts_rs::{Config, TS};

use crate::{activity, credential, generate, jwt, settings, view};

#[expect(clippy::too_many_lines, reason = "one line for each type")]
fn generated() -> String {
    let mut out = String::from(
        "// Generated from crates/core/src/view by `FOB_WRITE_BINDINGS=1 cargo test -p fobwatch-core bindings`. Do not edit.\n",
    );
    let config = Config::default();
    macro_rules! export {
        ($($ty:ty),* $(,)?) => {$(
            writeln!(out, "\nexport {}", <$ty>::decl(&config)).expect("a String takes it");
        )*};
    }
    export!(
        credential::Kind,
        credential::Environment,
        credential::Status,
        credential::Line,
        credential::Tone,
        jwt::SignatureStatus,
        jwt::Signature,
        jwt::Times,
        jwt::Severity,
        jwt::Finding,
        jwt::ClaimRow,
        jwt::Inspection,
        jwt::Change,
        jwt::Difference,
        jwt::Differences,
        view::ErrorView,
        view::MonogramView,
        view::RowView,
        view::CountView,
        view::ListView,
        view::ListInput,
        view::SectionView,
        view::ProblemCode,
        view::ProblemView,
        view::NearestView,
        view::FoundRowView,
        view::VariableView,
        view::SeveralView,
        activity::By,
        activity::Process,
        activity::Facts,
        view::ActivityView,
        view::LogEntryView,
        view::LogPageView,
        view::LogInput,
        view::LogWrong,
        view::LogCheckView,
        view::KeyVersionView,
        view::Why,
        view::GenerationView,
        view::HistoryView,
        view::NoticeKind,
        view::NoticeView,
        view::TwinView,
        view::OutlookView,
        view::TemplateView,
        view::ChosenView,
        view::ChangeInput,
        view::AddJwtInput,
        view::UserView,
        view::CredentialView,
        view::RevealedSecret,
        view::TokenProblemView,
        view::TokenView,
        view::KeysInput,
        view::TokenSource,
        view::ComparisonView,
        view::IntrospectedView,
        view::MadeWhat,
        generate::KeyFormat,
        view::GenerateInput,
        view::MadeKeyView,
        view::SignInput,
        view::SignedView,
        view::ProviderFieldView,
        view::ProviderScopeView,
        view::ProviderView,
        view::FoundView,
        view::DiscoveryView,
        view::AddApiKeyInput,
        view::LoginInput,
        view::LoginStep,
        view::QrView,
        view::DeviceView,
        crate::explain::NoteTone,
        crate::explain::Note,
        view::LoginView,
        view::KeychainView,
        view::OnClipboardState,
        view::ClipboardView,
        view::HotKeyState,
        view::LockReason,
        view::LockView,
        view::RemovedView,
        view::Revoked,
        view::RevokedView,
        crate::health::Rule,
        crate::health::Fix,
        view::AffectedView,
        view::HealthFindingView,
        view::AcceptedRiskView,
        view::HealthView,
        view::AcceptRiskInput,
        view::Ending,
        view::ExpiriesInput,
        view::LaneView,
        view::MarkView,
        view::GroupView,
        view::ExpirySectionView,
        view::BinView,
        view::NextView,
        view::ExpiriesView,
        settings::Theme,
        settings::RowHeight,
        settings::Order,
        settings::Settings,
    );
    out
}

#[test]
fn the_bindings_of_the_window_are_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/bindings.ts");
    let now = generated();
    if std::env::var_os("FOB_WRITE_BINDINGS").is_some() {
        std::fs::write(path, &now).expect("ui/src is there");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == now,
        "ui/src/bindings.ts is stale: run FOB_WRITE_BINDINGS=1 cargo test -p fobwatch-core bindings"
    );
}
