//! Passwords: which may be chosen, and how they are kept.
//!
//! Kept as argon2id with the parameters that OWASP recommends (19 MiB of memory, two passes, one lane), in the PHC format,
//! which says how each was made. A hash takes tens of milliseconds of a processor, so only a few are made at once, on
//! threads that may block; whoever cannot be served soon is told to come back. Whoever signs in costs one hash, whether
//! the account is known or not.
//!
//! Chosen by the rules of NIST 800-63B: long enough, not what others guess first, and nothing else.

use crate::{
    error::{Error, Result},
    platform::resilience::deadline,
};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

/// In kibibytes.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How long a password may be, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=256;

/// Hashes that are made at once.
const AT_ONCE: usize = 4;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes and checks the hashes of passwords; cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    places: Semaphore,
    /// How many hashes were begun.
    hashes: AtomicU64,
    /// Checked where there is no other.
    dummy: OnceLock<String>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Inner {
            places: Semaphore::new(AT_ONCE),
            hashes: AtomicU64::new(0),
            dummy: OnceLock::new(),
        }))
    }
}

/// A password as it is hashed: composed (NFC), so that it is the same from every keyboard.
fn composed(password: &str) -> String {
    password.nfc().collect()
}

/// Refuses a length that none has. Before anything is made of it: it may be as long as a request.
fn check_length(password: &str, field: &str) -> Result<()> {
    let count = password.nfc().take(LENGTHS.end() + 1).count();
    if LENGTHS.contains(&count) {
        return Ok(());
    }
    let (least, most) = (LENGTHS.start(), LENGTHS.end());
    Err(Error::invalid(
        field,
        format!("A password has {least} to {most} characters."),
    ))
}

/// Refuses what others would guess within a million tries: the passwords that leaked most often, words and names,
/// keyboard rows, dates, repetitions, and what the person is `known_by`. It takes a moment of a processor.
fn check_guessable(password: &str, known_by: &[&str], field: &str) -> Result<()> {
    let is_known = known_by
        .iter()
        .any(|known| known.to_lowercase() == password.to_lowercase());
    if is_known || zxcvbn(password, known_by).score() < Score::Two {
        return Err(Error::invalid(
            field,
            "This password is among the first that others would try. Choose another: a few words that nobody says together \
             are easy to remember.",
        ));
    }
    Ok(())
}

/// What came of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    Wrong,
    Right,
    /// Right, and kept in a way that is not today's.
    Outdated,
}

impl Passwords {
    /// How many hashes were begun, for tests: what takes the same number takes the same time.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.0.hashes.load(Ordering::Relaxed)
    }

    /// The hash of a new password in the input's `field`, of a person who is `known_by` these texts.
    ///
    /// # Errors
    /// Invalid when it may not be chosen; Unavailable when too many want the same at once.
    pub(super) async fn hash_new(
        &self,
        password: &str,
        known_by: &[&str],
        field: &'static str,
    ) -> Result<String> {
        check_length(password, field)?;
        let password = composed(password);
        let known_by: Vec<String> = known_by.iter().map(|&text| text.to_owned()).collect();
        self.in_turn(move |inner| {
            let known_by: Vec<&str> = known_by.iter().map(String::as_str).collect();
            check_guessable(&password, &known_by, field)?;
            inner.hash(&password)
        })
        .await
    }

    /// The hash of a password that was right, as it is made today.
    ///
    /// # Errors
    /// Unavailable when too many want the same at once.
    pub(super) async fn hash_again(&self, password: &str) -> Result<String> {
        let password = composed(password);
        self.in_turn(move |inner| inner.hash(&password)).await
    }

    /// Checks a password against what is kept. Where nothing is, it is wrong after the same work.
    ///
    /// # Errors
    /// Unavailable when too many want the same at once.
    pub(super) async fn check(&self, password: &str, kept: Option<String>) -> Result<Checked> {
        // Nobody has one of another length, and what is hashed should not be as long as a request.
        let password = check_length(password, "password").map(|()| composed(password));
        let is_possible = password.is_ok() && kept.is_some();
        let password = password.unwrap_or_default();
        self.in_turn(move |inner| {
            let kept = match kept {
                Some(kept) => kept,
                None => inner.dummy()?,
            };
            let kept = PasswordHash::new(&kept).map_err(broken)?;
            let is_right = inner.verify(&password, &kept);
            Ok(match (is_possible && is_right, is_of_today(&kept)) {
                (false, _) => Checked::Wrong,
                (true, false) => Checked::Outdated,
                (true, true) => Checked::Right,
            })
        })
        .await
    }

    /// Runs `work`, which hashes, when it is its turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = Arc::clone(&self.0);
        let place = deadline::within(PATIENCE, self.0.places.acquire()).await;
        // Places are never closed.
        let Ok(Ok(place)) = place else {
            metrics::counter!("password_hashes_refused_total").increment(1);
            return Err(Error::Unavailable);
        };
        // Given back by the thread: it goes on when nobody waits for it any more.
        place.forget();
        let done = tokio::task::spawn_blocking(move || {
            let _place = GivenBack(&inner.places);
            work(&inner)
        });
        done.await.map_err(Error::internal)?
    }
}

/// Gives a place back, also when the work panics.
struct GivenBack<'a>(&'a Semaphore);

impl Drop for GivenBack<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl Inner {
    fn hash(&self, password: &str) -> Result<String> {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let hash = hasher()?.hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(broken)
    }

    fn verify(&self, password: &str, kept: &PasswordHash) -> bool {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        // With the parameters that it says, whatever today's are.
        Argon2::default()
            .verify_password(password.as_bytes(), kept)
            .is_ok()
    }

    /// The hash of a password that nobody has, with today's parameters: the same work as any other.
    fn dummy(&self) -> Result<String> {
        if let Some(dummy) = self.dummy.get() {
            return Ok(dummy.clone());
        }
        // Not counted, since it is made once: whoever comes first waits twice as long.
        let made = hasher()?.hash_password(b"").map_err(broken)?.to_string();
        Ok(self.dummy.get_or_init(|| made).clone())
    }
}

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn is_of_today(kept: &PasswordHash) -> bool {
    let params = Params::try_from(kept);
    let is_same = |params: Params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES)
    };
    kept.algorithm.as_str() == "argon2id" && params.is_ok_and(is_same)
}

/// A hash that cannot be read or made. Its text may hold the hash, so it is not passed on.
fn broken(_: impl std::fmt::Display) -> Error {
    Error::internal(anyhow::anyhow!(
        "a password's hash is none, or could not be made"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        check_length(password, "password")
            .and_then(|()| {
                check_guessable(
                    &composed(password),
                    &["ada@example.com", "Ada Lovelace"],
                    "password",
                )
            })
            .is_err()
    }

    #[test]
    fn what_others_guess_first_is_refused() {
        for password in [
            "",
            "1234567",
            "password",
            "Password1",
            "p@ssw0rd",
            "qwertyuiop",
            "12345678",
            "iloveyou",
            "aaaaaaaaaaaaaaaa",
            "abcdefgh",
            "trustno1",
            "ada@example.com",
            "ADA@example.com",
            "Ada Lovelace",
            &"x".repeat(257),
            &"e\u{301}".repeat(7),
        ] {
            assert!(refused(password), "{password}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for password in [
            "harbour lantern seven",
            "tr0ub4dor&3x",
            "kqzvwmfj",
            "        seven spaces go first",
            "пароль с пробелами и буквами",
            "海辺の灯台と七つの鐘",
        ] {
            assert!(!refused(password), "{password}");
        }
        let longest: String = "harbour lantern ".chars().cycle().take(256).collect();
        assert!(check_length(&longest, "password").is_ok());
    }

    #[tokio::test]
    async fn kept_as_owasp_recommends() {
        let passwords = Passwords::default();
        let kept = passwords
            .hash_new("harbour lantern", &[], "password")
            .await
            .unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        let again = passwords
            .hash_new("harbour lantern", &[], "password")
            .await
            .unwrap();
        assert_ne!(kept, again, "each has a salt of its own");
        assert_eq!(
            passwords
                .check("harbour lantern", Some(kept))
                .await
                .unwrap(),
            Checked::Right
        );
    }

    #[tokio::test]
    async fn every_check_costs_one_hash() {
        let passwords = Passwords::default();
        let kept = passwords
            .hash_new("café au lait chaud", &[], "password")
            .await
            .unwrap();
        let long = "x".repeat(100_000);
        for (password, kept, expected) in [
            (
                "cafe\u{301} au lait chaud",
                Some(kept.clone()),
                Checked::Right,
            ),
            ("cafe au lait chaud", Some(kept.clone()), Checked::Wrong),
            ("", Some(kept.clone()), Checked::Wrong),
            (&long, Some(kept), Checked::Wrong),
            ("cafe au lait chaud", None, Checked::Wrong),
            ("", None, Checked::Wrong),
        ] {
            let before = passwords.hashes();
            assert_eq!(passwords.check(password, kept).await.unwrap(), expected);
            assert_eq!(passwords.hashes() - before, 1);
        }
    }

    #[tokio::test]
    async fn older_ways_are_known_and_told() {
        let params = Params::new(64, 1, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let kept = old.hash_password(b"harbour lantern").unwrap().to_string();
        let passwords = Passwords::default();
        let checked = passwords.check("harbour lantern", Some(kept.clone())).await;
        assert_eq!(checked.unwrap(), Checked::Outdated);
        let wrong = passwords.check("harbour lanterns", Some(kept)).await;
        assert_eq!(wrong.unwrap(), Checked::Wrong);
        let today = passwords.hash_again("harbour lantern").await.unwrap();
        assert_eq!(
            passwords
                .check("harbour lantern", Some(today))
                .await
                .unwrap(),
            Checked::Right
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_cannot_be_served_soon_is_told() {
        let passwords = Passwords::default();
        let held = passwords.0.places.acquire_many(4).await.unwrap();
        let refused = passwords.check("harbour lantern", None).await;
        assert!(matches!(refused, Err(Error::Unavailable)));
        assert_eq!(passwords.hashes(), 0);
        drop(held);
        assert!(passwords.check("harbour lantern", None).await.is_ok());
        assert_eq!(passwords.0.places.available_permits(), AT_ONCE);
    }
}
