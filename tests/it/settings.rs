//! `--help`, the settings and `.env.example` agree.

use clap::{Arg, CommandFactory};
use std::path::Path;
use tradewind::cli::Cli;

/// What only the tests read; the last in `.env.example`.
const FOR_TESTS: [(&str, &str, &str); 3] = [
    (
        "TEST_DATABASE_URL",
        "The PostgreSQL server that the tests make their databases on. Tests skip PostgreSQL where none answers, \
         unless CI=true.",
        "postgres://postgres@127.0.0.1:5432/postgres",
    ),
    (
        "TEST_REDIS_URL",
        "The Redis that the tests use. Tests skip Redis where none answers, unless CI=true.",
        "redis://127.0.0.1:6379",
    ),
    (
        "TEST_NATS_URL",
        "The NATS with JetStream that the tests use. Tests skip NATS where none answers.",
        "nats://127.0.0.1:4222",
    ),
];

fn settings() -> Vec<Arg> {
    let command = Cli::command();
    command
        .get_arguments()
        .filter(|argument| argument.get_env().is_some())
        .cloned()
        .collect()
}

fn name(setting: &Arg) -> &str {
    setting.get_env().and_then(|name| name.to_str()).unwrap()
}

/// `.env.example` as it must be: every setting in order, with its help and its default.
fn example() -> String {
    let mut text = String::from(
        "# Every setting of Tradewind. Copy this file to .env and take the # from the lines you change;\n\
         # what stays commented has the value shown. Each is a flag too: LISTEN is --listen.\n",
    );
    let mut add = |help: &str, name: &str, value: &str| {
        text.push('\n');
        for line in wrapped(help) {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str(&format!("#{name}={value}\n"));
    };
    for setting in settings() {
        let help = setting.get_help().expect("a setting has help").to_string();
        let default: Vec<_> = setting
            .get_default_values()
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        add(&help, name(&setting), &default.join(","));
    }
    for (name, help, value) in FOR_TESTS {
        add(help, name, value);
    }
    text
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.len() + 1 + word.len() > 110 {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[test]
fn the_example_lists_every_setting_in_order() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example");
    if std::env::var_os("UPDATE_ENV_EXAMPLE").is_some() {
        std::fs::write(&path, example()).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        example(),
        "UPDATE_ENV_EXAMPLE=1 cargo test settings rewrites .env.example"
    );
}

#[test]
fn the_help_names_every_setting() {
    let help = Cli::command().render_long_help().to_string();
    for setting in settings() {
        let flag = format!("--{}", setting.get_long().unwrap());
        assert_eq!(name(&setting), flag[2..].to_uppercase().replace('-', "_"));
        assert!(help.contains(&flag), "{flag}");
        assert!(
            help.contains(&format!("[env: {}", name(&setting))),
            "{flag}"
        );
    }
    for (name, ..) in FOR_TESTS {
        assert!(help.contains(name), "{name}");
    }
}

/// Scripts rely on these.
#[test]
fn the_fixed_names_are_there() {
    let settings = settings();
    for fixed in [
        "DATABASE_URL",
        "LISTEN",
        "TRADEWIND_ENV",
        "LOG_LEVEL",
        "REDIS_URL",
        "NATS_URL",
        "JWT_PRIVATE_KEY",
        "DATABASE_REPLICA_URLS",
    ] {
        assert!(
            settings.iter().any(|setting| name(setting) == fixed),
            "{fixed}"
        );
    }
}

/// What could hold a password is never printed by `--help`.
#[test]
fn the_help_shows_no_secret() {
    for setting in settings() {
        let name = name(&setting);
        // What is said of passkeys is for everyone.
        let is_key = name.contains("KEY") && !name.starts_with("PASSKEY");
        let is_named = name.ends_with("_SECRET") || name == "OIDC_PROVIDERS";
        let is_secret = name.contains("URL") || is_key || is_named;
        assert_eq!(setting.is_hide_env_values_set(), is_secret, "{name}");
    }
}
