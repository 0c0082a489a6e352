//! What is written to people, and how it is set: the same words as text and as HTML.
//!
//! Nothing in a letter comes from whoever had it sent, names included: a letter to an address that is not verified would
//! carry anyone's words to anyone.

use super::SendMail;
use crate::{
    error::{Error, Result},
    ports::mailer::Mail,
};
use askama::Template;
use url::Url;

/// Why a letter is sent. Its name stands in the table of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Reason {
    /// Someone signed up with this address.
    SignedUp,
    /// Someone signed up with this address, and it has an account already.
    AddressTaken,
    /// Someone wants a new password.
    PasswordForgotten,
    /// The password is another now.
    PasswordChanged,
    /// The account has another factor now.
    FactorAdded,
    /// The account has a factor less.
    FactorRemoved,
    /// The recovery codes are others now.
    CodesReplaced,
    /// The person wants this address in the place of another: to the new one.
    EmailNew,
    /// The same, to the present one.
    EmailLeaving,
    /// Someone asks the person into a shop. Written by whoever knows the token, see `letter_of_invitation`.
    ShopInvitation,
    /// A key was made for a program.
    KeyMade,
}

/// Where a letter leads.
struct Link {
    label: &'static str,
    url: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    title: &'a str,
    paragraphs: &'a [&'a str],
    link: Option<&'a Link>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    title: &'a str,
    paragraphs: &'a [&'a str],
    link: Option<&'a Link>,
}

/// The letter of this reason to the address `to`; its link bears `token`.
///
/// # Errors
/// Internal when it cannot be set.
pub(super) fn letter(reason: Reason, to: String, token: Option<&str>, shop: &Url) -> Result<Mail> {
    let (title, paragraphs) = words(reason);
    let link = token.and_then(|token| Some(link(page(reason)?, token, shop)));
    let link = link.as_ref();
    let text = Text {
        title,
        paragraphs,
        link,
    };
    let html = Html {
        title,
        paragraphs,
        link,
    };
    Ok(Mail {
        to,
        subject: title.to_owned(),
        text: text.render().map_err(Error::internal)?,
        html: html.render().map_err(Error::internal)?,
    })
}

/// The page to which it leads, and what is done there.
fn page(reason: Reason) -> Option<(&'static str, &'static str)> {
    match reason {
        Reason::SignedUp => Some(("account/verify-email", "Confirm the address")),
        Reason::AddressTaken | Reason::PasswordForgotten => {
            Some(("account/reset-password", "Choose a new password"))
        }
        Reason::EmailNew => Some(("account/confirm-email", "Use this address")),
        Reason::ShopInvitation => Some(("shop/accept-invitation", "Work in the shop")),
        Reason::PasswordChanged
        | Reason::KeyMade
        | Reason::FactorAdded
        | Reason::FactorRemoved
        | Reason::CodesReplaced
        | Reason::EmailLeaving => None,
    }
}

fn link((path, label): (&str, &'static str), token: &str, shop: &Url) -> Link {
    let base = shop.as_str().trim_end_matches('/');
    Link {
        label,
        url: format!("{base}/{path}?token={token}"),
    }
}

fn words(reason: Reason) -> (&'static str, &'static [&'static str]) {
    const NOT_YOU: &str = "If this was not you, do nothing: without the link nothing comes of it.";
    match reason {
        Reason::SignedUp => (
            "Confirm your e-mail address",
            &[
                "Someone opened an account with this address. Open the link within 24 hours to confirm that it is yours; then you \
                 can sign in with the password that was chosen.",
                NOT_YOU,
            ],
        ),
        Reason::AddressTaken => (
            "You have an account already",
            &[
                "Someone wanted to open an account with this address, which has one. Sign in with it. If you do not know its \
                 password, or never confirmed the address, open the link within one hour to choose a new password.",
                NOT_YOU,
            ],
        ),
        Reason::PasswordForgotten => (
            "Choose a new password",
            &[
                "Someone asked for a new password for the account with this address. Open the link within one hour to choose one. \
                 You will be signed out everywhere.",
                NOT_YOU,
            ],
        ),
        Reason::PasswordChanged => (
            "Your password was changed",
            &[
                "If this was not you, ask for a new password at once: that signs everyone out who is signed in with your account.",
            ],
        ),
        Reason::KeyMade => (
            "A key to your account was made",
            &[
                "Someone who is signed in with your account made a key with which a program can use it. Your keys are listed in your \
                 account, and can be revoked there.",
                "If this was not you, ask for a new password at once: that revokes all keys and signs everyone out who is signed in \
                 with your account.",
            ],
        ),
        Reason::FactorAdded | Reason::FactorRemoved | Reason::CodesReplaced => {
            words_about_factors(reason)
        }
        Reason::EmailNew => (
            "Confirm your new e-mail address",
            &[
                "Someone wants to use this address for an account. Open the link within 24 hours to confirm that it is yours.",
                NOT_YOU,
            ],
        ),
        Reason::EmailLeaving => (
            "Your e-mail address is about to change",
            &[
                "Someone who is signed in with your account and knows its password wants to use another address for it. This one is \
                 no longer of use once the other is confirmed.",
                "If this was not you, change your password at once: that takes the link in the other letter its use.",
            ],
        ),
        Reason::ShopInvitation => (
            "You are asked to work in a shop",
            &[
                "Someone who runs a shop asks you to work in it with your account. Open the link within seven days and sign in, if you \
                 want to.",
                "If you do not know who this could be, do nothing: without the link nothing comes of it.",
            ],
        ),
    }
}

/// The same about second factors.
fn words_about_factors(reason: Reason) -> (&'static str, &'static [&'static str]) {
    const NOT_YOURS: &str = "If this was not you, ask for a new password at once, which signs everyone out who is signed in with \
                             your account, and then write to us.";
    match reason {
        Reason::FactorAdded => (
            "Your account has another second factor",
            &[
                "An authenticator app or a passkey was added to your account. Whoever signs in with your password is asked for it.",
                NOT_YOURS,
            ],
        ),
        Reason::FactorRemoved => (
            "Your account has a second factor less",
            &[
                "An authenticator app or a passkey was removed from your account. Without any, the password is enough to sign in.",
                NOT_YOURS,
            ],
        ),
        _ => (
            "Your recovery codes were replaced",
            &[
                "Your account has new recovery codes. Those that you wrote down before are good for nothing.",
                NOT_YOURS,
            ],
        ),
    }
}

impl SendMail {
    /// Of each reason and person one letter waits at a time, however often it is asked for.
    pub(super) fn key(&self) -> String {
        format!(
            "{:?} {:?}",
            self.reason,
            self.account.map(|account| account.0)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_shop() {
        let expected = "https://shop.example/en/account/verify-email?token=abc";
        for shop in ["https://shop.example/en", "https://shop.example/en/"] {
            let shop = Url::parse(shop).unwrap();
            let mail = letter(
                Reason::SignedUp,
                "ada@example.com".to_owned(),
                Some("abc"),
                &shop,
            )
            .unwrap();
            assert!(
                mail.text
                    .contains(&format!("Confirm the address: {expected}\n")),
                "{}",
                mail.text
            );
            assert!(
                mail.html.contains(&format!("<a href=\"{expected}\">")),
                "{}",
                mail.html
            );
            assert!(!format!("{mail:?}").contains("abc"));
        }
    }

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let paragraphs = ["<script>alert('&')</script>"];
        let link = Link {
            label: "Go",
            url: "https://shop.example/\"><script>".to_owned(),
        };
        let html = Html {
            title: "<b>",
            paragraphs: &paragraphs,
            link: Some(&link),
        }
        .render()
        .unwrap();
        assert!(
            !html.contains("<script>") && !html.contains("<b>"),
            "{html}"
        );
        let text = Text {
            title: "<b>",
            paragraphs: &paragraphs,
            link: None,
        }
        .render()
        .unwrap();
        assert!(
            text.starts_with("<b>\n\n<script>alert('&')</script>\n"),
            "{text}"
        );
    }
}
