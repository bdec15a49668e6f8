use super::*;

#[test]
fn words_and_filters_are_told_apart() {
    let parsed = parse("  stripe env:prod  kind:jwt,key provider:\"Microsoft Entra\" expires:<7d eu");
    assert_eq!(parsed.words, ["stripe", "eu"]);
    assert_eq!(
        parsed.filters,
        [
            Filter::Environment(vec![Environment::Production]),
            Filter::Kind(vec![Kind::Jwt, Kind::ApiKey]),
            Filter::Provider(vec!["microsoft entra".to_owned()]),
            Filter::Expires(Expires::Within(SignedDuration::from_hours(7 * 24))),
        ]
    );
    assert_eq!(parsed.problems, []);
}

#[test]
fn the_filters_of_the_design_are_all_known() {
    let all = "env:prod kind:jwt provider:stripe scope:admin expires:<7d used-by:gh is:failing";
    let parsed = parse(all);
    assert_eq!((parsed.filters.len(), parsed.words.len(), parsed.problems.len()), (7, 0, 0));
}

#[test]
fn a_beginning_is_enough_and_may_mean_both() {
    assert_eq!(parse("is:expir").filters, [Filter::Is(vec![Is::Expired, Is::Expiring])]);
    assert_eq!(parse("ENV:Dev").filters, [Filter::Environment(vec![Environment::Development])]);
    assert_eq!(parse("kind:client-credentials").filters, [Filter::Kind(vec![Kind::ClientCredentials])]);
}

#[test]
fn a_value_that_says_nothing_is_told_with_what_would() {
    let parsed = parse("env:prdo expires:soon is:happy");
    assert!(parsed.filters.is_empty() && parsed.words.is_empty() && parsed.wrong());
    let told: Vec<_> = parsed.problems.iter().map(|problem| (problem.filter.as_str(), problem.code)).collect();
    assert_eq!(
        told,
        [
            ("env:prdo", ProblemCode::UnknownValue),
            ("expires:soon", ProblemCode::NoTime),
            ("is:happy", ProblemCode::UnknownValue)
        ]
    );
    assert_eq!(parsed.problems[0].choices, ["production", "staging", "development"]);
}

#[test]
fn what_is_still_being_typed_is_no_mistake() {
    for text in ["env:", "provider:", "expires:", "is:", "scope:\""] {
        let parsed = parse(text);
        assert!(!parsed.wrong(), "{text}");
        assert_eq!(parsed.problems.len(), 1, "{text}");
    }
}

#[test]
fn a_colon_alone_makes_no_filter() {
    let parsed = parse("orders:read https://id.northwind.example :x :");
    assert_eq!(parsed.words, ["orders:read", "https://id.northwind.example", ":x", ":"]);
    assert!(parsed.filters.is_empty());
}

#[test]
fn times_are_spans_or_dates() {
    let within = |hours| Some(Expires::Within(SignedDuration::from_hours(hours)));
    assert_eq!(expires("<12h"), within(12));
    assert_eq!(expires("2w"), within(14 * 24));
    assert_eq!(expires(">=1y"), Some(Expires::Beyond(SignedDuration::from_hours(365 * 24))));
    assert_eq!(expires("<2026-01-31"), Some(Expires::Before("2026-01-31T00:00:00Z".parse().unwrap())));
    for wrong in ["d", "-1d", "7", "7x", "99999999999999999999d", "<", "<2026-02-31", "<<7d"] {
        assert_eq!(expires(wrong), None, "{wrong}");
    }
}

/// Any text is a query, and each of its pieces is a word, a filter or a problem: nothing is dropped.
#[test]
fn whatever_is_typed_nothing_is_lost() {
    let pieces = [
        "env",
        "kind",
        "is",
        "expires",
        "used-by",
        "scope",
        ":",
        ":",
        "\"",
        " ",
        " ",
        ",",
        "<",
        ">",
        "=",
        "7d",
        "prod",
        "é",
        "\u{202e}",
        "😀",
        "\u{a0}",
        "0",
        "99999999999",
        "-",
        "y",
        "past",
        "a",
        "\\",
        "%",
        "\t",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let text: String = (0..random.usize(0..12)).map(|_| pieces[random.usize(0..pieces.len())]).collect();
        let parsed = parse(&text);
        let told = parsed.words.len() + parsed.filters.len() + parsed.problems.len();
        let empty = tokens(&text).iter().filter(|token| token.chars().all(|c| c == '"')).count();
        assert_eq!(told + empty, tokens(&text).len(), "{text:?}");
        for problem in &parsed.problems {
            assert!(text.contains(&problem.filter), "{text:?}");
        }
    }
}
