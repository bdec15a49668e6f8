//! Tests of what can be typed.

use clap::CommandFactory as _;

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split(' '))
}

fn refused(line: &str) -> bool {
    parse(line).is_err_and(|error| error.exit_code() == 2)
}

#[test]
fn the_commands_hang_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_an_example() {
    fn without_example(command: &clap::Command) -> Vec<String> {
        let inner: Vec<&clap::Command> = command.get_subcommands().collect();
        if !inner.is_empty() {
            return inner.into_iter().flat_map(without_example).collect();
        }
        let shown = command.get_after_help().is_some_and(|help| help.to_string().contains("fob "));
        if shown || command.is_hide_set() { Vec::new() } else { vec![command.get_name().to_owned()] }
    }
    let none: Vec<String> = Vec::new();
    assert_eq!(without_example(&Cli::command()), none);
}

#[test]
fn no_option_takes_a_secret() {
    for line in [
        "fob login n --client-secret hunter2",
        "fob jwt - --secret hunter2",
        "fob add client n --issuer https://id.test --client-id c --client-secret hunter2",
        "fob login n --paste http://127.0.0.1:1/callback?code=c",
    ] {
        assert!(refused(line), "{line}");
    }
    let login = |command| matches!(command, Command::Login(Login { client_secret: true, .. }));
    assert!(login(parse("fob login n --client-secret").unwrap().command));
}

#[test]
fn a_sign_in_goes_one_way() {
    for line in
        ["--device --paste", "--device --no-browser", "--client-secret --client-key k.pem", "--register --client-id c"]
    {
        assert!(refused(&format!("fob login n {line}")), "{line}");
    }
    assert!(refused("fob token n --as dpop-proof"), "a proof is for one address");
    assert!(refused("fob add client n --client-id c"), "a client needs a server");
}

#[test]
fn keys_come_from_one_place() {
    assert!(refused("fob jwt - --issuer https://id.test --jwks keys.json"));
    assert!(refused("fob jwt - --secret --key k.pem"));
    let Command::Jwt(jwt) = parse("fob jwt").unwrap().command else { panic!("not jwt") };
    assert_eq!(jwt.name, "-");
}

#[test]
fn times_are_read_as_people_write_them() {
    for (text, seconds) in [("60", 60), ("60s", 60), ("5m", 300), ("1h30m", 5_400), ("0", 0)] {
        assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "-5s", "soon", "5 parsecs"] {
        assert!(duration(text).is_err(), "{text}");
    }
    assert_eq!(moment("1300819380"), moment("2011-03-22T18:43:00Z"));
    assert!(moment("noon").is_err());
}

#[test]
fn json_may_stand_anywhere() {
    for line in ["fob --json list", "fob list --json", "fob add key n --json"] {
        assert!(parse(line).unwrap().json, "{line}");
    }
}

#[test]
fn environments_are_three() {
    let Command::Add(Add::Key(key)) = parse("fob add key n --env production --tag a --tag b").unwrap().command else {
        panic!("not add key")
    };
    assert_eq!((key.env, key.tags), (Env::Production, vec!["a".to_owned(), "b".to_owned()]));
    assert!(refused("fob add key n --env prod"));
}
